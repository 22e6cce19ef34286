"""The membership of the firm: since when, by which terms; new versions, further firms."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.api import PdfRefused
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.firms import api as firms
from paraphe.platform.signing import api as signing
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.answers import pdf_answer, trust_problem
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.firm.gate import for_accountants
from paraphe.platform.web.registration.forms import TermsForm


@require_GET
@for_accountants
def show(request: FirmRequest) -> HttpResponse:
    """Show since when the firm is a member, who signed which terms, what waits, and the way out."""
    own = accounts.own_firms(request.person)
    return render(
        request,
        "platform_web/firm/membership.html",
        {
            "firm": request.firm,
            "terms": enrolment.terms_state(request.firm),
            "open": enrolment.is_open(request.firm),
            "closing": firms.closing(request.firm),
            "others": [(firm, enrolment.is_open(firm)) for firm in own if firm.pk != request.firm.pk],
            "person": request.person,
            "exports": firms.exports(request.person, request.firm),
        },
    )


@require_http_methods(["GET", "POST"])
@for_accountants
def accept(request: FirmRequest) -> HttpResponse:
    """Two texts to read, two boxes, the firms; then the signature at the trust site."""
    own = accounts.own_firms(request.person)
    waiting = [firm for firm in own if not enrolment.is_open(firm) or enrolment.terms_state(firm).to_accept]
    locale = get_language() or "fr"
    form = TermsForm(request.POST if request.method == "POST" else None, firms=waiting or own)
    # Before, the boxes of all firms were ticked: here only the one that is meant.
    chosen = request.GET.get("cabinet", str(request.firm.pk))
    form.fields["firms"].initial = [str(firm.pk) for firm in waiting if str(firm.pk) == chosen]
    if request.method == "POST" and form.is_valid():
        answer = _to_signature(request, form, locale)
        if answer is not None:
            return answer
    return render(
        request,
        "platform_web/firm/terms.html",
        {"form": form, "texts": {text.kind: text for text in enrolment.legal_texts(locale)}, "nothing": not waiting},
        status=422 if form.errors else 200,
    )


@require_GET
@for_accountants
def signed(request: FirmRequest, adhesion_id: uuid.UUID) -> HttpResponse:
    """Give terms that the person signed after his registration."""
    return pdf_answer(enrolment.signed_adhesion(request.person, adhesion_id), _("Conditions Paraphe signées.pdf"))


def _to_signature(request: FirmRequest, form: TermsForm, locale: str) -> HttpResponse | None:
    """Lead to the trust site; None when the page is to be shown again, with what is wrong."""
    try:
        return redirect(
            enrolment.join(
                actor=actor_of(request),
                person=request.person,
                terms=form.cleaned_data["terms"],
                policy=form.cleaned_data["privacy"],
                firm_ids=[int(number) for number in form.cleaned_data["firms"]],
                locale=locale,
            )
        )
    except (signing.TrustUnavailable, signing.TrustRefused, signing.NoCredential) as error:
        return trust_problem(request, error, back="firm-terms")
    except enrolment.NoFirmChosen:
        form.add_error("firms", _("Choisissez au moins un cabinet."))
    except (signing.BeingSigned, signing.WrongState):
        messages.info(request, _("Votre signature est en cours. Attendez quelques instants, puis rechargez la page."))
        return redirect("firm-membership")
    except PdfRefused:
        form.add_error(None, _("Les conditions n'ont pas pu être préparées. Réessayez dans un instant."))
    return None
