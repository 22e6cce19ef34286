"""Several documents at once: take them away, delete them, keep them longer."""

import uuid
from typing import Final, cast

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.documents import api as documents
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.filters import filters_of
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.documents.sentences import sentence

MOST: Final = 200
VERBS: Final = ("delete", "prolong")


@require_GET
@in_private_space
def archive(request: FirmRequest) -> HttpResponse:
    """Give the ticked documents, or all under the filters of the address, as a ZIP that is written while it is sent."""
    pieces = documents.packed(
        actor=actor_of(request),
        person=request.person,
        firm=request.firm,
        filters=filters_of(request.GET.dict()),
        document_ids=chosen_in(request),
        words=documents.Words(
            signed=_("signé"),
            unreadable=_("illisible"),
            list_name=_("liste") + ".csv",
            columns=(_("Fichier"), "SHA-256", _("État")),
        ),
    )
    name = f"{request.firm.name} {timezone.localdate():%Y-%m-%d}.zip"
    answer = StreamingHttpResponse(pieces, content_type="application/zip")
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    # A streamed answer is no HttpResponse for the type checker; everything around treats it as one.
    return cast("HttpResponse", answer)


@require_http_methods(["GET", "POST"])
@in_private_space
def together(request: FirmRequest) -> HttpResponse:
    """Ask once more, then delete or keep longer what was ticked; what cannot be is told, the rest is done."""
    words = request.POST if request.method == "POST" else request.GET
    verb, chosen = words.get("do", ""), chosen_in(request)
    if verb not in VERBS:
        raise NotFound(kind="verb")
    if not chosen:
        messages.warning(request, _("Cochez d'abord des documents."))
        return redirect("documents")
    if request.method == "POST":
        refused = _delete(request, chosen) if verb == "delete" else _prolong(request, chosen)
        _tell(request, verb, len(chosen) - len(refused), refused)
        return redirect("documents")
    listed = [one for one in (_seen(request, number) for number in chosen) if one is not None]
    return render(request, "platform_web/documents/together.html", {"documents": listed, "verb": verb})


def chosen_in(request: FirmRequest) -> list[uuid.UUID]:
    """Return the numbers of the documents that were ticked, MOST at most; what is no number is left out."""
    found: dict[uuid.UUID, None] = {}
    for value in (request.POST if request.method == "POST" else request.GET).getlist("document")[:MOST]:
        try:
            found[uuid.UUID(value)] = None
        except ValueError:
            continue
    return list(found)


def _seen(request: FirmRequest, number: uuid.UUID) -> documents.DocumentView | None:
    try:
        return documents.get(request.person, request.firm, number)
    except NotFound:
        return None


def _delete(request: FirmRequest, chosen: list[uuid.UUID]) -> list[DomainError]:
    refused = documents.delete_many(
        actor=actor_of(request), person=request.person, firm=request.firm, document_ids=chosen
    )
    return list(refused.values())


def _prolong(request: FirmRequest, chosen: list[uuid.UUID]) -> list[DomainError]:
    refused = []
    for number in chosen:
        try:
            documents.prolong(actor=actor_of(request), person=request.person, firm=request.firm, document_id=number)
        except DomainError as error:
            refused.append(error)
    return refused


def _tell(request: FirmRequest, verb: str, done: int, refused: list[DomainError]) -> None:
    if done and verb == "delete":
        words = ngettext("{n} document est supprimé.", "{n} documents sont supprimés.", done)
        messages.success(request, words.format(n=done))
    elif done:
        words = ngettext(
            "La conservation de {n} document est prolongée, autant que possible.",
            "La conservation de {n} documents est prolongée, autant que possible.",
            done,
        )
        messages.success(request, words.format(n=done))
    for reason in dict.fromkeys(_sentence(error) for error in refused):
        count = sum(_sentence(error) == reason for error in refused)
        words = ngettext(
            "{n} document est resté tel quel : {why}", "{n} documents sont restés tels quels : {why}", count
        )
        messages.warning(request, words.format(n=count, why=reason))


def _sentence(error: DomainError) -> str:
    return _("il n'existe plus.") if isinstance(error, NotFound) else sentence(error)
