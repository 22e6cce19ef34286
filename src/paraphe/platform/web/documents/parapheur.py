"""The parapheur: many documents of one's own, signed together with one code."""

import uuid
from collections.abc import Mapping
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paraphe.kernel.errors import DomainError
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.documents import api as documents
from paraphe.platform.signing import api as signing
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.answers import trust_problem
from paraphe.platform.web.documents.appearance import appearance_of, choices_of, reason_of
from paraphe.platform.web.documents.filters import KINDS
from paraphe.platform.web.documents.forms import TogetherForm
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.documents.sentences import sentence

THUMBNAIL_WIDTH: Final = 180
WRONG: Final[Mapping[str, Promise]] = {
    "nothing_chosen": gettext_lazy("Choisissez au moins un document."),
    "being_signed": gettext_lazy("Un de ces documents est en cours de signature. Attendez la fin, puis recommencez."),
    "wrong_state": gettext_lazy("Cette signature a été commencée dans un autre onglet. Recommencez ici ou là-bas."),
    "documents_refused": gettext_lazy(
        "Certains documents ne peuvent pas être signés ainsi : voyez pourquoi, décochez-les ou changez de place."
    ),
}


@require_http_methods(["GET", "POST"])
@in_private_space
def sign_many(request: FirmRequest) -> HttpResponse:
    """List what is to be signed; sign what is ticked, with one code at the trust site."""
    if "sign" not in accounts.rights(request.person, request.firm):
        return render(request, "platform_web/documents/may_not_sign.html", status=403)
    form = TogetherForm(request.POST or None, **choices_of(request))
    refused: Mapping[uuid.UUID, DomainError] = {}
    chosen = _chosen(request)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_begin(request, form, chosen))
        except (signing.TrustUnavailable, signing.TrustRefused, signing.NoCredential) as error:
            return trust_problem(request, error, back=request.path)
        except documents.TooMany as error:
            limit = error.params["limit"]
            form.add_error(None, _("Signez au plus {limit} documents à la fois.").format(limit=limit))
        except credit.CreditTooLow as error:
            form.add_error(None, sentence(error))
        except signing.DocumentsRefused as error:
            refused = documents.refusals_of(error)
            form.add_error(None, str(WRONG[error.code]))
        except documents.MayNot as error:
            form.add_error(None, sentence(error))
        except (documents.NothingChosen, documents.AlreadyBeingSigned, signing.WrongState) as error:
            form.add_error(None, str(WRONG[error.code]))
    kind = request.GET.get("nature", "")
    kind = kind if kind in dict(KINDS) else ""
    listed = documents.unsigned(request.person, request.firm, kind)
    context = {
        "form": form,
        "rows": [_row(document, chosen, refused) for document in listed],
        "firm": request.firm,
        "thumbnail_width": THUMBNAIL_WIDTH,
        "most": documents.MOST_AT_ONCE,
        "more": len(listed) == documents.UNSIGNED,
        "kinds": KINDS,
        "kind": kind,
    }
    return render(request, "platform_web/documents/parapheur.html", context, status=422 if form.errors else 200)


def _begin(request: FirmRequest, form: TogetherForm, chosen: list[uuid.UUID]) -> str:
    return documents.begin_signatures(
        actor=actor_of(request),
        person=request.person,
        firm=request.firm,
        document_ids=chosen,
        rule=documents.Rule(
            form.cleaned_data["place"], form.cleaned_data["text"], form.cleaned_data["side"] or "right", form.exact
        ),
        appearance=appearance_of(request, form.cleaned_data),
        label=_label,
        reasons=reason_of,
        locale=get_language() or "fr",
    )


def _label(document: documents.DocumentView) -> str:
    """Return what the holder reads at the trust site beside the digest: title and number of pages."""
    count = len(document.pages)
    pages = ngettext("{count} page", "{count} pages", count).format(count=count)
    return f"{document.title} ({pages})"


def _chosen(request: FirmRequest) -> list[uuid.UUID]:
    found = []
    for value in (request.POST if request.method == "POST" else request.GET).getlist("document"):
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found


def _row(
    document: documents.Row, chosen: list[uuid.UUID], refused: Mapping[uuid.UUID, DomainError]
) -> dict[str, object]:
    error = refused.get(document.id)
    return {
        "document": document,
        # Nothing is ticked for the person: what he signs he has chosen.
        "ticked": document.id in chosen,
        "reason": sentence(error) if error else "",
    }
