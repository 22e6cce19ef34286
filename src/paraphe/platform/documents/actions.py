"""The verbs of the documents room."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.errors import AlreadyBeingSigned, FileTooLarge, MayNot
from paraphe.platform.documents.models import Document, Version
from paraphe.platform.documents.queries import DocumentView, get, row
from paraphe.platform.documents.rules import title_of
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing

PURPOSE = "document"


def add(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, filename: str, chunks: Iterable[bytes]
) -> DocumentView:
    """Keep a PDF that ``person`` brought. Raises MayNot, FileTooLarge, PdfRefused; then nothing is kept."""
    if not accounts.rights(person, firm) & {"sign", "prepare"}:
        raise MayNot(right="prepare")
    data = _bounded(chunks)
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
            delete_on=timezone.localdate(now) + timedelta(days=settings.DOCUMENT_DAYS),
        )
        Version.objects.create(
            document=document, number=0, file_id=stored.id, sha256=stored.sha256, size=stored.size, created_at=now
        )
        _note(document, actor, "document:added", sha256=stored.sha256, pages=len(found.pages))
    return get(person, firm, document.pk)


def begin_signature(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    document_id: uuid.UUID,
    appearance: pdf.SignatureSettings,
    locale: str,
) -> str:
    """Prepare the signature of a document by ``person`` and return the address where he authorises it.

    Raises MayNot, NotFound, PdfRefused and what ``signing.begin`` raises.
    """
    if "sign" not in accounts.rights(person, firm):
        raise MayNot(right="sign")
    view = get(person, firm, document_id)
    request_id = signing.begin(
        actor=actor,
        person_id=person.pk,
        documents=[signing.ToSign(label=view.title, file_id=view.file_id, settings=appearance)],
        purpose=PURPOSE,
        reference=str(view.id),
        locale=locale,
    )
    return signing.authorisation_address(request_id, person_id=person.pk)


def settle(outcome: signing.Outcome) -> None:
    """Take the result of a completed request as the new version of its document; doing it again changes nothing."""
    if outcome.state != "completed" or outcome.purpose != PURPOSE:
        return
    result = outcome.results[0]
    with transaction.atomic():
        document = Document.objects.select_for_update().filter(pk=outcome.reference).first()
        if document is None:
            # Deleted meanwhile: its signed version goes the same way.
            files.destroy(result.file_id)
            return
        if Version.objects.filter(signing_request_id=outcome.id).exists():
            return
        latest = document.versions.order_by("-number").first()
        if latest is None or latest.sha256 != result.source_sha256:
            # Another signature came first. A result made from older bytes would drop it: it is not taken.
            return
        Version.objects.create(
            document=document,
            number=latest.number + 1,
            file_id=result.file_id,
            sha256=result.sha256,
            size=result.size,
            signing_request_id=outcome.id,
            created_at=timezone.now(),
        )
        _note(document, SYSTEM, "document:signed", sha256=result.sha256, signing_request=str(outcome.id))


def settle_recent() -> None:
    """Take every result of the last two days that was not taken: the browser never came back, or a process died."""
    for outcome in signing.completed_since(timezone.now() - timedelta(days=2), PURPOSE):
        settle(outcome)


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
        _note(document, actor, "document:deleted")
        document.delete()


def _bounded(chunks: Iterable[bytes]) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > settings.MAX_PDF_BYTES:
            raise FileTooLarge(limit=settings.MAX_PDF_BYTES)
    return bytes(data)


def _note(document: Document, actor: Actor, tag: str, **data: object) -> None:
    evidence.record(
        tag, actor=actor, subjects={"document": str(document.pk), "firm": str(document.firm_id)}, data=dict(data)
    )
