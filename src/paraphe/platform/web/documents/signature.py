"""Signing one's own document: place the box, authorise at the trust site, come back to a valid file."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paraphe.kernel.errors import NotFound
from paraphe.pdf.api import Box
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.documents import api as documents
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.mandates import api as mandates
from paraphe.platform.signing import api as signing
from paraphe.platform.web.account.access import PersonRequest, actor_of, signed_in
from paraphe.platform.web.answers import not_found, trust_problem
from paraphe.platform.web.documents.appearance import appearance_of, choices_of, reason_of
from paraphe.platform.web.documents.forms import PlaceForm
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.documents.sentences import sentence, sentence_of, warnings_of
from paraphe.platform.web.documents.views import page_list

NOT_SIGNED = {
    "prepared": gettext_lazy("Vous n'avez pas encore autorisé cette signature. Recommencez."),
    "pushed": gettext_lazy("Vous n'avez pas encore autorisé cette signature. Recommencez."),
    "refused": gettext_lazy("Vous avez renoncé à signer : rien n'a été signé."),
    "failed": gettext_lazy("La signature n'a pas pu être faite : rien n'a été signé. Recommencez."),
}
NOT_TAKEN = {
    "superseded": gettext_lazy(
        "Une autre signature a été ajoutée entre-temps : celle-ci n'est pas gardée. Recommencez."
    ),
    "deleted": gettext_lazy("Le document a été supprimé entre-temps."),
}


@require_http_methods(["GET", "POST"])
@in_private_space
def place(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Choose where the signature stands, then go to the trust site with exactly this document."""
    document = documents.get(request.person, request.firm, document_id)
    if "sign" not in accounts.rights(request.person, request.firm):
        messages.error(request, _("Vous n'avez pas le droit de signer pour ce cabinet."))
        return redirect("document", document_id=document_id)
    if not document.pages:
        raise NotFound(kind="page")
    form = PlaceForm(request.POST or None, **choices_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(
                documents.begin_signature(
                    actor=actor_of(request),
                    person=request.person,
                    firm=request.firm,
                    document_id=document_id,
                    appearance=_appearance(request, document, form.cleaned_data),
                    reasons=reason_of,
                    locale=get_language() or "fr",
                )
            )
        except (signing.TrustUnavailable, signing.TrustRefused, signing.NoCredential) as error:
            return trust_problem(request, error, back=request.path)
        except (documents.PdfRefused, documents.AlreadyBeingSigned, documents.MayNot, credit.CreditTooLow) as error:
            form.add_error(None, sentence(error))
        except signing.WrongState:
            # Another tab began anew between the two halves of this request: that one counts.
            form.add_error(None, _("Cette signature a été commencée dans un autre onglet. Recommencez ici ou là-bas."))
    return render(
        request,
        "platform_web/documents/sign.html",
        {
            "document": document,
            "pages": page_list(document),
            "form": form,
            "box": _shown_box(document, form),
            "name": request.person.full_name,
            "warnings": warnings_of(document.warnings),
        },
        status=422 if form.errors else 200,
    )


@require_GET
@signed_in
def returned(request: PersonRequest) -> HttpResponse:
    """Take the browser back from the trust site, with an authorisation or a refusal; finish the documents."""
    state, person_id, actor = request.GET.get("state", ""), request.person.pk, actor_of(request)
    try:
        if "code" in request.GET:
            outcome = signing.complete_authorisation(
                state=state, code=request.GET["code"], person_id=person_id, actor=actor
            )
        else:
            outcome = signing.refuse(state=state, person_id=person_id, actor=actor)
    except signing.AuthorisationMismatch:
        messages.error(
            request,
            _(
                "Cette demande de signature n'est plus valable : rien n'a été signé. "
                "Si le document est encore là, recommencez."
            ),
        )
        return redirect("documents")
    except signing.TrustUnavailable as error:
        return trust_problem(request, error, back=request.get_full_path())
    _settle(outcome)
    return redirect("signature-progress", request_id=outcome.id)


@require_GET
@signed_in
def progress(request: PersonRequest, request_id: uuid.UUID) -> HttpResponse:
    """Lead on when the signature is finished; show that it is being finished until then."""
    try:
        outcome = signing.outcome(request_id, person_id=request.person.pk)
    except NotFound:
        return not_found(request)
    if outcome.open and outcome.count <= signing.FINISHED_AT_ONCE:
        outcome = signing.complete(request_id)
    _settle(outcome)
    if outcome.state == "completed":
        return _completed(request, outcome)
    if outcome.state in ("authorised", "signed"):
        return render(request, "platform_web/documents/progress.html", {"outcome": outcome})
    messages.warning(request, str(NOT_SIGNED.get(outcome.state, NOT_SIGNED["failed"])))
    return _not_signed(outcome)


def _not_signed(outcome: signing.Outcome) -> HttpResponse:
    """Lead back to where one begins again."""
    if outcome.purpose == "terms":
        return redirect("registration-sign")
    if outcome.purpose == "mandate":
        return redirect("mandate", mandate_id=outcome.reference)
    if outcome.purpose == "membership":
        return redirect("firm-terms")
    return redirect("sign-many") if outcome.count > 1 else redirect("document", document_id=outcome.reference)


def _completed(request: PersonRequest, outcome: signing.Outcome) -> HttpResponse:
    if outcome.purpose == "terms":
        return redirect("registration-done")
    if outcome.purpose == "mandate":
        messages.success(request, _("Le mandat est signé : il vaut dès son premier jour."))
        return redirect("mandate", mandate_id=outcome.reference)
    if outcome.purpose == "membership":
        messages.success(request, _("Les conditions sont signées."))
        return redirect("firm-membership")
    results = documents.results_of(request.person, outcome)
    if outcome.count == 1:
        return _alone(request, outcome, results)
    again = [one.reference for one in results if one.state in ("failed", "superseded")]
    context = {
        "results": [_told(one) for one in results],
        "again": urlencode([("document", number) for number in again]),
        "again_count": len(again),
        "all_signed": all(one.state == "signed" for one in results),
    }
    return render(request, "platform_web/documents/results.html", context)


def _alone(
    request: PersonRequest, outcome: signing.Outcome, results: Sequence[documents.SignedDocument]
) -> HttpResponse:
    """Tell what came of the only document: it may be gone, or another signature may have come first."""
    state = results[0].state if results else "signed"
    if state == "signed":
        messages.success(request, _("Votre document est signé."))
    else:
        messages.warning(request, str(NOT_TAKEN.get(state, NOT_SIGNED["failed"])))
    return redirect("documents") if state == "deleted" else redirect("document", document_id=outcome.reference)


def default_box(document: documents.DocumentView) -> dict[str, float]:
    """Return the box at the foot of the last page, as the form of the page has it: pages count from 1."""
    box = documents.foot_of(document.pages, len(document.pages) - 1)
    return {"page": box.page + 1, "x": box.x, "y": box.y, "w": box.width, "h": box.height}


def _shown_box(document: documents.DocumentView, form: PlaceForm) -> dict[str, float]:
    """Return where the box is shown: where the person put it before something went wrong, else the default."""
    given = getattr(form, "cleaned_data", {})
    return {name: given.get(name) or default for name, default in default_box(document).items()}


def _appearance(
    request: FirmRequest, document: documents.DocumentView, given: dict[str, float | int | bool | None]
) -> signing.SignatureSettings:
    box = None
    if given["visible"]:
        chosen = {
            name: value if (value := given[name]) is not None else default
            for name, default in default_box(document).items()
        }
        asked = Box(int(chosen["page"]) - 1, chosen["x"], chosen["y"], chosen["w"], chosen["h"])
        box = documents.inside(document.pages, asked)
    return replace(appearance_of(request, given), box=box)


def _told(result: documents.SignedDocument) -> dict[str, object]:
    """Return a result with the sentence that says why a document is not signed."""
    reason = NOT_TAKEN.get(result.state, "")
    if result.state == "failed":
        reason = sentence_of(result.code)
    return {"result": result, "reason": reason}


def _settle(outcome: signing.Outcome) -> None:
    documents.settle(outcome)
    enrolment.settle(outcome)
    mandates.settle(outcome)
