"""The verbs of the documents room: keep, name, sort, delete."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.errors import (
    AlreadyBeingSigned,
    FileTooLarge,
    Held,
    MayNot,
    TitleEmpty,
    TooLong,
    UnknownKind,
)
from paraphe.platform.documents.keeping import last_day
from paraphe.platform.documents.models import Document, Opening, Version
from paraphe.platform.documents.orders import hold_if_ordered
from paraphe.platform.documents.queries import DocumentView, get, note, row
from paraphe.platform.documents.rules import MAX_TITLE, folded, renamed, title_of
from paraphe.platform.documents.sight import may_destroy
from paraphe.platform.documents.signature import PURPOSE
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.signing import api as signing

MAX_NOTES = 2000


def add(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, filename: str, chunks: Iterable[bytes]
) -> DocumentView:
    """Keep a PDF that ``person`` brought, within the limits and for the days that the firm set.

    Raises MayNot, FirmClosed, FileTooLarge, PdfRefused; then nothing is kept.
    """
    data = _bounded(chunks, limit_of(person, firm))
    document = keep(actor=actor, person=person, firm=firm, filename=filename, data=data)
    return get(person, firm, document.pk)


def limit_of(person: accounts.Person, firm: accounts.Firm) -> int:
    """Return the octets that a document brought by ``person`` may have. Raises MayNot, FirmClosed."""
    if not accounts.rights(person, firm) & {"sign", "prepare"}:
        raise MayNot(right="prepare")
    if firms.is_closed(firm):
        raise firms.FirmClosed()
    return largest(firm)


def largest(firm: accounts.Firm) -> int:
    """Return the octets that a document of ``firm`` may have."""
    most = firms.options(firm).max_pdf_mb
    # Whole megabytes: a firm that allows as many as the operator does allows what he does to the byte.
    own = most < settings.MAX_PDF_BYTES // 1_000_000
    return most * 1_000_000 if own else settings.MAX_PDF_BYTES


def keep(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    filename: str,
    data: bytes,
    with_it: Callable[[Document], None] = lambda document: None,
) -> Document:
    """Keep ``data``, whose size was looked at, as a document; ``with_it`` writes in the same transaction.

    For the verbs of this room only. Raises PdfRefused.
    """
    found = pdf.inspect(data)
    with transaction.atomic():
        kept = stored(person, firm, filename, data, found)
        kept.document.save(force_insert=True)
        kept.version.save(force_insert=True)
        with_it(kept.document)
        note_added(kept, actor)
    return kept.document


@dataclass(frozen=True)
class Kept:
    """A document whose bytes are stored and whose rows are not written yet."""

    document: Document
    version: Version


def stored(owner: accounts.Person, firm: accounts.Firm, filename: str, data: bytes, found: pdf.Inspection) -> Kept:
    """Store ``data``, which was inspected, in the caller's transaction, which writes the rows. Of this room only."""
    now, title, file = timezone.now(), title_of(filename), files.store(data, purpose=PURPOSE)
    document = Document(
        firm_id=firm.pk,
        owner_id=owner.pk,
        title=title,
        title_folded=folded(title),
        pages=[[page.width_pt, page.height_pt] for page in found.pages],
        page_count=len(found.pages),
        size=file.size,
        warnings=[*found.warnings, *(["signed"] if found.signed_fields else [])],
        added_at=now,
        delete_on=last_day(firm, now),
    )
    about = {"file_id": file.id, "sha256": file.sha256, "size": file.size, "created_at": now}
    return Kept(document, Version(document=document, number=0, **about))


def note_added(kept: Kept, actor: Actor) -> None:
    """Write into the evidence that a document was added, last in the transaction. Of this room only."""
    note(kept.document, actor, "document:added", sha256=kept.version.sha256, pages=kept.document.page_count)


def same_unsigned(person: accounts.Person, firm: accounts.Firm, data: bytes) -> Document | None:
    """Return the document that ``person`` brought before with exactly these bytes and that nobody signed here."""
    mine = Document.objects.filter(owner_id=person.pk, firm_id=firm.pk, current=0, size=len(data))
    return mine.filter(versions__number=0, versions__sha256=sha256_hex(data)).first()


def change(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    document_id: uuid.UUID,
    title: str | None = None,
    kind: str | None = None,
    notes: str | None = None,
) -> None:
    """Give a document another title or kind, or other notes (sealed; empty to forget them); None leaves what is there.

    All of it or nothing. Raises NotFound, MayNot without right ``sign`` or ``prepare``, TitleEmpty, TooLong,
    UnknownKind.
    """
    document = row(person, firm, document_id)
    if not accounts.rights(person, firm) & {"sign", "prepare"}:
        raise MayNot(right="prepare")
    wanted = _changes(document, title, kind, notes)
    if not wanted:
        return
    with transaction.atomic():
        if not Document.objects.filter(pk=document.pk).update(**wanted):
            raise NotFound(kind="document")
        if "title" in wanted:
            note(document, actor, "document:renamed")
        if "kind" in wanted:
            note(document, actor, "document:kind-set", kind=wanted["kind"])
        if "notes" in wanted:
            note(document, actor, "document:noted")


def _changes(document: Document, title: str | None, kind: str | None, notes: str | None) -> dict[str, str | None]:
    """Return the columns that differ from what is there. Raises what ``change`` raises."""
    found: dict[str, str | None] = {}
    if title is not None and (name := _title(title)) != document.title:
        found |= {"title": name, "title_folded": folded(name)}
    if kind is not None and kind not in Document.Kind.values:
        raise UnknownKind(kind=kind)
    if kind is not None and kind != document.kind:
        found["kind"] = kind
    if notes is not None and (text := _notes(notes)) != document.notes:
        found["notes"] = text
    return found


def _title(text: str) -> str:
    if len(text) > MAX_TITLE:
        raise TooLong(limit=MAX_TITLE)
    if not (name := renamed(text)):
        raise TitleEmpty()
    return name


def _notes(text: str) -> str | None:
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MAX_NOTES:
        raise TooLong(limit=MAX_NOTES)
    return text or None


def note_opened(*, actor: Actor, person: accounts.Person, document: DocumentView) -> None:
    """Record, once for each version, that ``person`` opened the document."""
    mine = Opening.objects.filter(document_id=document.id, person_id=person.pk)
    if mine.filter(version__gte=document.version).exists():
        return
    with transaction.atomic():
        newer = mine.filter(version__lt=document.version).update(version=document.version)
        row = Opening(document_id=document.id, person_id=person.pk, version=document.version)
        # Two tabs at the same moment, or a document that was deleted meanwhile: nothing is written twice or alone.
        if newer or (not mine.exists() and Opening.objects.bulk_create([row], ignore_conflicts=True)):
            _record("document:opened", actor, document)


def note_download(*, actor: Actor, document: DocumentView) -> None:
    """Record that somebody took the present version away."""
    _record("document:downloaded", actor, document)


def delete(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID) -> None:
    """Delete a document with all its versions.

    Who brought it may, and accountants of the firm. Raises NotFound, MayNot, Held, AlreadyBeingSigned.
    """
    document = row(person, firm, document_id)
    if not may_destroy(person, firm, document.owner_id):
        raise MayNot(right="delete")
    if document.held_at is not None or hold_if_ordered(document):
        raise Held()
    if signing.busy(purpose=PURPOSE, reference=str(document.pk)):
        raise AlreadyBeingSigned()
    signing.withdraw(purpose=PURPOSE, reference=str(document.pk))
    destroy(document, actor)


def delete_many(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, document_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, DomainError]:
    """Delete each of these documents on its own, and return why some of them stay."""
    refused: dict[uuid.UUID, DomainError] = {}
    for document_id in dict.fromkeys(document_ids):
        try:
            delete(actor=actor, person=person, firm=firm, document_id=document_id)
        except DomainError as error:
            refused[document_id] = error
    return refused


def destroy(document: Document, actor: Actor) -> None:
    """Destroy a document and its versions, unless somebody put it under legal hold a moment ago. Raises Held.

    For the verbs of this room only. Doing it again changes nothing.
    """
    with transaction.atomic():
        # Locks the row: whoever holds, signs or deletes it at this moment comes before or after, never in between.
        if not Document.objects.filter(pk=document.pk, held_at=None).update(delete_on=timezone.localdate()):
            if Document.objects.filter(pk=document.pk).exists():
                raise Held()
            return
        for file_id in Version.objects.filter(document_id=document.pk).values_list("file_id", flat=True):
            files.destroy(file_id)
        Document.objects.filter(pk=document.pk).delete()
        note(document, actor, "document:deleted")


def _record(tag: str, actor: Actor, document: DocumentView) -> None:
    subjects = {"document": str(document.id), "firm": str(document.firm_id)}
    evidence.record(tag, actor=actor, subjects=subjects, data={"sha256": document.sha256})


def _bounded(chunks: Iterable[bytes], limit: int) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > limit:
            raise FileTooLarge(limit=limit)
    return bytes(data)
