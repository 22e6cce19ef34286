"""One's own documents: bring, look, name, take away, keep longer, delete."""

import uuid
from collections.abc import Sequence
from typing import Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.firms import api as firms
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.answers import pdf_answer
from paraphe.platform.web.documents.filters import KINDS
from paraphe.platform.web.documents.forms import ChangeForm, HoldForm, UploadForm
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.documents.lists import list_context, rights_of
from paraphe.platform.web.documents.sentences import sentence, warnings_of

VIEW_WIDTH: Final = 900
#: A signed file of more octets is examined after its page is shown, not before.
EXAMINED_AT_ONCE: Final = 3_000_000
LIST: Final = "platform_web/documents/list.html"


@require_GET
@in_private_space
def listing(request: FirmRequest) -> HttpResponse:
    """Show the documents that the person sees, and the place to bring others."""
    return render(request, LIST, list_context(request, UploadForm()))


@require_http_methods(["GET", "POST"])
@in_private_space
def add(request: FirmRequest) -> HttpResponse:
    """Take PDFs; one that is refused costs none of the others, and says why."""
    if request.method == "GET":
        return redirect("documents")
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        added, refused = _taken(request, form.cleaned_data["file"])
        if len(added) == 1 and not refused:
            target = "document-sign" if "sign" in accounts.rights(request.person, request.firm) else "document"
            return redirect(target, document_id=added[0].id)
        if added:
            words = ngettext("{n} document est ajouté.", "{n} documents sont ajoutés.", len(added))
            messages.success(request, words.format(n=len(added)))
        for name, error in refused:
            alone = not added and len(refused) == 1
            form.add_error("file", sentence(error) if alone else f"{name} : {sentence(error)}")
        if not refused:
            return redirect("documents")
    return render(request, LIST, list_context(request, form), status=422)


def _taken(
    request: FirmRequest, uploaded: Sequence[UploadedFile[bytes]]
) -> tuple[list[documents.DocumentView], list[tuple[str, DomainError]]]:
    added, refused = list[documents.DocumentView](), list[tuple[str, DomainError]]()
    for one in uploaded:
        name = one.name or ""
        try:
            added.append(
                documents.add(
                    actor=actor_of(request),
                    person=request.person,
                    firm=request.firm,
                    filename=name,
                    chunks=one.chunks(),
                )
            )
        except NotFound:
            raise
        except DomainError as error:
            refused.append((name, error))
    return added, refused


@require_GET
@in_private_space
def show(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Show a document: its pages, its signatures, what can be done with it."""
    document = documents.get(request.person, request.firm, document_id)
    documents.note_opened(actor=actor_of(request), person=request.person, document=document)
    return render(request, "platform_web/documents/document.html", _shown(request, document))


@require_GET
@in_private_space
def signatures(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Show the signatures of a document alone: of a large one they are examined after its page is there."""
    document = documents.get(request.person, request.firm, document_id)
    context = {"document": document, "signatures": _signatures(request, document_id)}
    part = "platform_web/documents/signatures.html"
    return render(request, part if request.htmx else "platform_web/documents/signatures_page.html", context)


@require_GET
@in_private_space
def page(request: FirmRequest, document_id: uuid.UUID, page: int, width: int) -> HttpResponse:
    """Give one page as an image; the address names the page from 1."""
    try:
        image = documents.page_image(request.person, request.firm, document_id, page - 1, width)
    except documents.PdfRefused:
        # The page cannot be drawn, or not in time; the document itself can be downloaded and signed.
        return HttpResponse(status=503)
    answer = HttpResponse(image, content_type="image/png")
    answer["Cache-Control"] = "private, max-age=600"
    return answer


@require_GET
@in_private_space
def download(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Give the present version of a document."""
    document = documents.get(request.person, request.firm, document_id)
    data = documents.content(request.person, request.firm, document_id)
    documents.note_download(actor=actor_of(request), document=document)
    return pdf_answer(data, documents.download_name(document.title, signed=document.signed, suffix=_("signé")))


@require_POST
@in_private_space
def change(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Give a document another title, say what it is, note something about it: whatever of these was sent."""
    document = documents.get(request.person, request.firm, document_id)
    given = {"title": document.title, "kind": document.kind, "notes": document.notes, **request.POST.dict()}
    form = ChangeForm(given)
    if form.is_valid():
        try:
            documents.change(
                actor=actor_of(request),
                person=request.person,
                firm=request.firm,
                document_id=document_id,
                **form.cleaned_data,
            )
        except NotFound:
            raise
        except DomainError as error:
            form.add_error(None, sentence(error))
        else:
            messages.success(request, _("C'est enregistré."))
            return redirect("document", document_id=document_id)
    context = {**_shown(request, document), "form": form}
    return render(request, "platform_web/documents/document.html", context, status=422)


@require_POST
@in_private_space
def prolong(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Keep a document longer, as long as the operator allows."""
    before = documents.get(request.person, request.firm, document_id).delete_on
    try:
        day = documents.prolong(
            actor=actor_of(request), person=request.person, firm=request.firm, document_id=document_id
        )
    except (documents.MayNot, firms.FirmClosed) as error:
        messages.error(request, sentence(error))
    else:
        words = (
            _("Le document reste jusqu'au {day}.")
            if day > before
            else _("Le document reste déjà jusqu'au {day}, le plus tard possible.")
        )
        messages.success(request, words.format(day=date_format(day, "j F Y")))
    return redirect("document", document_id=document_id)


@require_POST
@in_private_space
def hold(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Put a document under legal hold."""
    document = documents.get(request.person, request.firm, document_id)
    form = HoldForm(request.POST)
    if form.is_valid():
        try:
            documents.hold(
                actor=actor_of(request),
                person=request.person,
                firm=request.firm,
                document_id=document_id,
                reason=form.cleaned_data["reason"],
            )
        except (documents.MayNot, documents.ReasonMissing, documents.TooLong) as error:
            form.add_error("reason", sentence(error))
        else:
            messages.success(request, _("Le document est gelé : personne ne peut le supprimer."))
            return redirect("document", document_id=document_id)
    context = {**_shown(request, document), "hold_form": form}
    return render(request, "platform_web/documents/document.html", context, status=422)


@require_POST
@in_private_space
def release(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """End the legal hold of a document."""
    try:
        documents.release(actor=actor_of(request), person=request.person, firm=request.firm, document_id=document_id)
    except (documents.HeldTogether, documents.MayNot) as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("Le gel est levé : le document peut de nouveau être supprimé."))
    return redirect("document", document_id=document_id)


@require_POST
@in_private_space
def delete(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Delete a document for good."""
    try:
        documents.delete(actor=actor_of(request), person=request.person, firm=request.firm, document_id=document_id)
    except (documents.AlreadyBeingSigned, documents.Held, documents.MayNot) as error:
        messages.error(request, sentence(error))
        return redirect("document", document_id=document_id)
    messages.success(request, _("Le document est supprimé."))
    return redirect("documents")


def page_list(document: documents.DocumentView, width: int = VIEW_WIDTH) -> list[dict[str, object]]:
    """Return what the page viewer needs: address, size in points, number of each page."""
    return [
        {
            "url": f"{reverse('document-page', args=[document.id, number, width])}?v={document.version}",
            "width": page_width,
            "height": page_height,
            "number": number,
        }
        for number, (page_width, page_height) in enumerate(document.pages, 1)
    ]


def _shown(request: FirmRequest, document: documents.DocumentView) -> dict[str, object]:
    rights = rights_of(request)
    later = document.size > EXAMINED_AT_ONCE
    return {
        "document": document,
        "pages": page_list(document),
        "warnings": warnings_of(document.warnings),
        "later": later,
        "signatures": None if later else _signatures(request, document.id),
        "may_sign": "sign" in rights,
        "may_sort": bool(rights & {"sign", "prepare"}),
        "may_hold": firms.may_change(request.person, request.firm),
        "may_delete": documents.may_destroy(request.person, request.firm, document.owner_id),
        "longest": documents.longest_day(document.added_at),
        "mine": document.owner_id == request.person.pk,
        "kind": dict(KINDS).get(document.kind, document.kind),
        "form": ChangeForm({"title": document.title, "kind": document.kind, "notes": document.notes}),
        "hold_form": HoldForm(),
    }


def _signatures(request: FirmRequest, document_id: uuid.UUID) -> Sequence[documents.SignatureView] | None:
    """Return the signatures, None when they could not be examined: that is not the same as none."""
    try:
        return documents.signatures(request.person, request.firm, document_id)
    except documents.PdfRefused:
        return None
