"""The verbs of the documents room."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.errors import AlreadyBeingSigned, FileTooLarge, MayNot, UnknownKind
from paraphe.platform.documents.models import Document, Version
from paraphe.platform.documents.queries import DocumentView, get, note, row
from paraphe.platform.documents.rules import title_of
from paraphe.platform.documents.signature import PURPOSE
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.signing import api as signing


def add(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, filename: str, chunks: Iterable[bytes]
) -> DocumentView:
    """Keep a PDF that ``person`` brought, within the limits and for the days that the firm set.

    Raises MayNot, FirmClosed, FileTooLarge, PdfRefused; then nothing is kept.
    """
    if not accounts.rights(person, firm) & {"sign", "prepare"}:
        raise MayNot(right="prepare")
    if firms.is_closed(firm):
        raise firms.FirmClosed()
    options = firms.options(firm)
    # Whole megabytes: a firm that allows as many as the operator does allows what he does to the byte.
    own = options.max_pdf_mb < settings.MAX_PDF_BYTES // 1_000_000
    data = _bounded(chunks, options.max_pdf_mb * 1_000_000 if own else settings.MAX_PDF_BYTES)
    found = pdf.inspect(data)
    now = timezone.now()
    with transaction.atomic():
        stored = files.store(data, purpose=PURPOSE)
        document = Document.objects.create(
            firm_id=firm.pk,
            owner_id=person.pk,
            title=title_of(filename),
            pages=[[page.width_pt, page.height_pt] for page in found.pages],
            warnings=list(found.warnings),
            added_at=now,
            delete_on=timezone.localdate(now) + timedelta(days=min(settings.DOCUMENT_DAYS, options.retention_days)),
        )
        Version.objects.create(
            document=document, number=0, file_id=stored.id, sha256=stored.sha256, size=stored.size, created_at=now
        )
        note(document, actor, "document:added", sha256=stored.sha256, pages=len(found.pages))
    return get(person, firm, document.pk)


def set_kind(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID, kind: str) -> None:
    """Say what a document is. Raises NotFound, MayNot without right ``sign`` or ``prepare``, UnknownKind."""
    if not accounts.rights(person, firm) & {"sign", "prepare"}:
        raise MayNot(right="prepare")
    document = row(person, firm, document_id)
    if kind not in Document.Kind.values:
        raise UnknownKind(kind=kind)
    with transaction.atomic():
        if Document.objects.filter(pk=document.pk).exclude(kind=kind).update(kind=kind):
            note(document, actor, "document:kind-set", kind=kind)


def note_opened(*, actor: Actor, document: DocumentView) -> None:
    """Record, once for each version, that the owner opened the document."""
    unread = Q(opened_version=None) | Q(opened_version__lt=document.version)
    with transaction.atomic():
        if Document.objects.filter(unread, pk=document.id).update(opened_version=document.version):
            evidence.record(
                "document:opened",
                actor=actor,
                subjects={"document": str(document.id), "firm": str(document.firm_id)},
                data={"sha256": document.sha256},
            )


def note_download(*, actor: Actor, document: DocumentView) -> None:
    """Record that the owner took the present version away."""
    evidence.record(
        "document:downloaded",
        actor=actor,
        subjects={"document": str(document.id), "firm": str(document.firm_id)},
        data={"sha256": document.sha256},
    )


def delete(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID) -> None:
    """Delete a document with all its versions. Raises NotFound, AlreadyBeingSigned."""
    document = row(person, firm, document_id)
    if signing.busy(purpose=PURPOSE, reference=str(document.pk)):
        raise AlreadyBeingSigned()
    signing.withdraw(purpose=PURPOSE, reference=str(document.pk))
    _destroy(document, actor)


def delete_due() -> int:
    """Delete the documents whose day has come; return how many."""
    due = list(Document.objects.filter(delete_on__lte=timezone.localdate()).prefetch_related("versions")[:500])
    for document in due:
        _destroy(document, SYSTEM)
    return len(due)


def _destroy(document: Document, actor: Actor) -> None:
    with transaction.atomic():
        for version in document.versions.all():
            files.destroy(version.file_id)
        note(document, actor, "document:deleted")
        document.delete()


def _bounded(chunks: Iterable[bytes], limit: int) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > limit:
            raise FileTooLarge(limit=limit)
    return bytes(data)
