"""Pages as images, documents and archives to take away."""

import uuid
from typing import cast

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.answers import pdf_answer
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.envelopes.gate import in_envelopes


@require_GET
@in_envelopes
def page(request: FirmRequest, envelope_id: uuid.UUID, document_id: uuid.UUID, page: int, width: int) -> HttpResponse:
    """Give one page as an image; the address names the page from 1."""
    try:
        image = envelopes.page_image(request.person, request.firm, envelope_id, document_id, page - 1, width)
    except envelopes.PdfRefused:
        # The page cannot be drawn, or not in time; the document itself can be downloaded.
        return HttpResponse(status=503)
    answer = HttpResponse(image, content_type="image/png")
    answer["Cache-Control"] = "private, max-age=600"
    return answer


@require_GET
@in_envelopes
def preview_page(
    request: FirmRequest, envelope_id: uuid.UUID, recipient_id: uuid.UUID, document_id: uuid.UUID, page: int, width: int
) -> HttpResponse:
    """Give one page of a draft as one of its signers will leave it; the address names the page from 1."""
    try:
        image = envelopes.preview_image(
            request.person, request.firm, envelope_id, recipient_id, document_id, page - 1, width
        )
    except envelopes.PdfRefused:
        return HttpResponse(status=503)
    answer = HttpResponse(image, content_type="image/png")
    # Boxes are moved and looked at again.
    answer["Cache-Control"] = "private, no-cache"
    return answer


@require_GET
@in_envelopes
def download(request: FirmRequest, envelope_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """Give a document as it stands now."""
    envelope = envelopes.get(request.person, request.firm, envelope_id)
    data = envelopes.content(request.person, request.firm, envelope_id, document_id)
    found = next(one for one in envelope.documents if one.id == document_id)
    signed = found.version > 0 or (found.final_file is not None and found.to_sign)
    envelopes.note_download(actor=actor_of(request), envelope=envelope, document_id=document_id)
    return pdf_answer(data, documents.download_name(found.title, signed=signed, suffix=_("signé")))


@require_GET
@in_envelopes
def bundle(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Give everything of a collection in one ZIP."""
    envelope = envelopes.get(request.person, request.firm, envelope_id)
    archive = envelopes.bundle(
        request.person,
        request.firm,
        envelope_id,
        signed=_("signé"),
        attachments=_("annexes"),
        evidence_name=_("dossier de preuve"),
    )
    envelopes.note_download(actor=actor_of(request), envelope=envelope)
    name = documents.download_name(envelope.title or _("Collecte"), signed=False, suffix="").removesuffix(".pdf")
    answer = FileResponse(archive, as_attachment=True, filename=f"{name}.zip", content_type="application/zip")
    answer["Cache-Control"] = "private, no-store"
    return cast(HttpResponse, answer)


@require_GET
@in_envelopes
def proof(request: FirmRequest, envelope_id: uuid.UUID, proof_id: uuid.UUID) -> HttpResponse:
    """Give the evidence file of a collection that ended, or an attestation about one signer and document."""
    envelope = envelopes.get(request.person, request.firm, envelope_id)
    found, data = envelopes.proof_content(request.person, request.firm, envelope_id, proof_id)
    envelopes.note_download(actor=actor_of(request), envelope=envelope)
    if found.kind == "evidence":
        title = _("{title} – dossier de preuve").format(title=envelope.title)
    else:
        who = next((one.name for one in envelope.recipients if str(one.id) == found.recipient), "")
        title = _("{title} – attestation de {name}").format(title=envelope.title, name=who)
    return pdf_answer(data, documents.download_name(title, signed=False, suffix=""))
