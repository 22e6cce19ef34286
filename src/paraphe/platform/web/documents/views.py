"""One's own documents: bring, look, take away, delete."""

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.firms import api as firms
from paraphe.platform.signing import api as signing
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.answers import pdf_answer
from paraphe.platform.web.credit.summary import summary
from paraphe.platform.web.documents.forms import UploadForm
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.documents.sentences import sentence
from paraphe.platform.web.firm.banner import banner

VIEW_WIDTH = 900
THUMBNAIL_WIDTH = 180
KINDS = (
    ("engagement_letter", gettext_lazy("Lettre de mission")),
    ("annual_accounts", gettext_lazy("Comptes annuels")),
    ("payslip", gettext_lazy("Bulletin de paie")),
    ("attestation", gettext_lazy("Attestation")),
    ("other", gettext_lazy("Autre")),
)


@require_GET
@in_private_space
def home(request: FirmRequest) -> HttpResponse:
    """Show the person's documents, his certificate, and the place to bring another document."""
    return render(request, "platform_web/documents/home.html", _home_context(request, UploadForm()))


@require_http_methods(["GET", "POST"])
@in_private_space
def add(request: FirmRequest) -> HttpResponse:
    """Take a PDF; on refusal say why, beside the field."""
    if request.method == "GET":
        return redirect("private-space")
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        uploaded: UploadedFile[bytes] = form.cleaned_data["file"]
        try:
            added = documents.add(
                actor=actor_of(request),
                person=request.person,
                firm=request.firm,
                filename=uploaded.name or "",
                chunks=uploaded.chunks(),
            )
        except NotFound:
            raise
        except DomainError as error:
            form.add_error("file", sentence(error))
        else:
            target = "document-sign" if "sign" in accounts.rights(request.person, request.firm) else "document"
            return redirect(target, document_id=added.id)
    return render(request, "platform_web/documents/home.html", _home_context(request, form), status=422)


@require_GET
@in_private_space
def show(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Show a document: its pages, its signatures, what can be done with it."""
    document = documents.get(request.person, request.firm, document_id)
    documents.note_opened(actor=actor_of(request), document=document)
    rights = _rights(request)
    return render(
        request,
        "platform_web/documents/document.html",
        {
            "document": document,
            "pages": page_list(document),
            "signatures": _signatures(request, document_id),
            "may_sign": "sign" in rights,
            "may_sort": bool(rights & {"sign", "prepare"}),
            "kinds": KINDS,
        },
    )


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
def set_kind(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Say what the document is."""
    try:
        documents.set_kind(
            actor=actor_of(request),
            person=request.person,
            firm=request.firm,
            document_id=document_id,
            kind=request.POST.get("kind", ""),
        )
    except (documents.UnknownKind, documents.MayNot):
        messages.error(request, _("La nature du document n'a pas été changée. Choisissez-en une dans la liste."))
    else:
        messages.success(request, _("La nature du document est enregistrée."))
    return redirect("document", document_id=document_id)


@require_POST
@in_private_space
def delete(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Delete a document for good."""
    try:
        documents.delete(actor=actor_of(request), person=request.person, firm=request.firm, document_id=document_id)
    except documents.AlreadyBeingSigned as error:
        messages.error(request, sentence(error))
        return redirect("document", document_id=document_id)
    messages.success(request, _("Le document est supprimé."))
    return redirect("private-space")


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


def _rights(request: FirmRequest) -> frozenset[accounts.Right]:
    """Return what the person may do here: nothing more in a firm that left."""
    return frozenset() if firms.is_closed(request.firm) else accounts.rights(request.person, request.firm)


def _signatures(request: FirmRequest, document_id: uuid.UUID) -> Sequence[documents.SignatureView] | None:
    """Return the signatures, None when they could not be examined: that is not the same as none."""
    try:
        return documents.signatures(request.person, request.firm, document_id)
    except documents.PdfRefused:
        return None


def _home_context(request: FirmRequest, form: UploadForm) -> dict[str, object]:
    try:
        holder = signing.holder_of(request.person.pk)
    except signing.NoCredential:
        holder = None
    rights = _rights(request)
    listed = documents.listing(request.person, request.firm)
    return {
        "form": form,
        "documents": listed,
        "to_sign": sum(not document.signed for document in listed) if "sign" in rights else 0,
        "holder": holder,
        "firm": request.firm,
        "may_sign": "sign" in rights,
        "may_add": bool(rights & {"sign", "prepare"}),
        "thumbnail_width": THUMBNAIL_WIDTH,
        "credit": summary(request.person, request.firm),
        "accountant": firms.may_change(request.person, request.firm),
        "banner": banner(request.person, request.firm),
    }
