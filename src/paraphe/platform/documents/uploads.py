"""Files on their way here, in parts: an interrupted one goes on where it stopped, and none is half here.

The browser names a file by a key of its own and sends its bytes in order, each part with the offset at which it begins.
Bytes for another place than the next one are refused with the right offset, and a part that is sent again changes
nothing: whatever is lost on the way, asking where to go on is enough. The last part makes the document, once.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import actions
from paraphe.platform.documents.errors import FileTooLarge, PdfRefused, TooBusy, WrongOffset
from paraphe.platform.documents.models import Document, Upload, UploadPart

PURPOSE: Final = "documents.part"
#: Octets that one part has at most.
PART: Final = 4_000_000
#: Files that one person sends at the same moment.
MOST_AT_ONCE: Final = 8
#: Files that one person may have begun and not finished, in a firm.
MOST_BEGUN: Final = 60
MOVING: Final = timedelta(minutes=2)
CHECKED_WITHIN: Final = timedelta(minutes=2)
KEPT: Final = timedelta(days=1)
WAIT_SECONDS: Final = 3
State = Upload.State


@dataclass(frozen=True)
class UploadView:
    """How far a file came: ``receiving`` from ``offset`` on, ``checking``, ``done`` or ``refused``.

    ``refusal`` and ``limit`` say why; ``known`` when exactly this file was here already, as ``document_id``.
    """

    id: uuid.UUID
    state: str
    offset: int
    size: int
    refusal: str
    limit: int
    document_id: uuid.UUID | None
    known: bool


def begin(*, person: accounts.Person, firm: accounts.Firm, key: uuid.UUID, filename: str, size: int) -> UploadView:
    """Begin to take a file of ``size`` octets, or return how far the one of this ``key`` came.

    A file that cannot be taken is ``refused`` at once, before a byte of it is sent. Raises MayNot, FirmClosed, TooBusy.
    """
    limit = actions.limit_of(person, firm)
    known = Upload.objects.filter(person_id=person.pk, firm_id=firm.pk, key=key).first()
    if known is not None:
        return view(known)
    _expect_room(person, firm)
    refusal = "empty" if size <= 0 else "file_too_large" if size > limit else ""
    try:
        with transaction.atomic():
            made = Upload.objects.create(
                firm_id=firm.pk,
                person_id=person.pk,
                key=key,
                filename=filename[:500],
                size=max(size, 0),
                state=State.REFUSED if refusal else State.RECEIVING,
                refusal=refusal,
                refusal_limit=limit if refusal == "file_too_large" else 0,
                changed_at=timezone.now(),
            )
    except IntegrityError:
        # The same file, twice at the same moment.
        made = Upload.objects.get(person_id=person.pk, firm_id=firm.pk, key=key)
    return view(made)


def progress(person: accounts.Person, firm: accounts.Firm, upload_id: uuid.UUID) -> UploadView:
    """Return how far a file came. Raises NotFound for that of anybody else."""
    return view(_mine(person, firm, upload_id))


def receive(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    upload_id: uuid.UUID,
    offset: int,
    read: Callable[[int], bytes],
) -> UploadView:
    """Take the bytes that ``read`` gives, PART at most, which begin at ``offset``; with the last of them, the document.

    Without bytes at the end of a file that is complete: goes on with the check that stopped. Raises NotFound, MayNot,
    FirmClosed, WrongOffset (with the place to go on from), FileTooLarge for a part or file that is longer than said,
    StorageFull, StorageFailed; nothing of the part is kept then.
    """
    actions.limit_of(person, firm)
    upload = _mine(person, firm, upload_id)
    if upload.state not in (State.RECEIVING, State.CHECKING):
        return view(upload)
    if offset != upload.received:
        raise WrongOffset(offset=upload.received)
    if upload.received < upload.size:
        data = read(PART + 1)
        if len(data) > min(PART, upload.size - offset):
            raise FileTooLarge(limit=min(PART, upload.size - offset))
        if data:
            _store(upload, offset, data)
            upload.refresh_from_db()
    if upload.received == upload.size:
        _finish(upload, actor, person, firm)
        upload.refresh_from_db()
    return view(upload)


def abandon(*, person: accounts.Person, firm: accounts.Firm, upload_id: uuid.UUID) -> None:
    """Forget a file that is not here yet. Raises NotFound. One that is being checked stays."""
    _forget(_mine(person, firm, upload_id), (State.RECEIVING, State.REFUSED))


def sweep() -> int:
    """Go on with files that were complete when something stopped, forget those that nobody goes on with."""
    now, touched = timezone.now(), 0
    stopped = Upload.objects.filter(state=State.CHECKING, changed_at__lt=now - CHECKED_WITHIN)
    for upload in stopped.select_related("person", "firm")[:200]:
        _finish(upload, Actor("person", str(upload.person_id)), upload.person, upload.firm)
        touched += 1
    for upload in Upload.objects.filter(changed_at__lt=now - KEPT)[:5000]:
        _forget(upload, tuple(State))
        touched += 1
    return touched


def _store(upload: Upload, offset: int, data: bytes) -> None:
    with transaction.atomic():
        # The row is claimed before anything is written: of two tabs that send the same part one writes it.
        if not Upload.objects.filter(pk=upload.pk, state=State.RECEIVING, received=offset).update(
            received=offset + len(data), changed_at=timezone.now()
        ):
            present = Upload.objects.filter(pk=upload.pk).first()
            if present is None:
                raise NotFound(kind="upload")
            raise WrongOffset(offset=present.received)
        stored = files.store(data, purpose=PURPOSE)
        UploadPart.objects.create(upload_id=upload.pk, offset=offset, file_id=stored.id)


def _finish(upload: Upload, actor: Actor, person: accounts.Person, firm: accounts.Firm) -> None:
    """Make the document of a complete upload, once, or write why it cannot be one."""
    now = timezone.now()
    complete = Upload.objects.filter(pk=upload.pk, received=upload.size)
    claimed = complete.filter(state=State.RECEIVING) | complete.filter(
        state=State.CHECKING, changed_at__lt=now - CHECKED_WITHIN
    )
    if not claimed.update(state=State.CHECKING, changed_at=now):
        return
    try:
        _make(upload, now, actor, person, firm)
    except PdfRefused as error:
        _refuse(upload, now, error.code, 0)
    except (files.FileUnknown, files.FileBroken):
        _refuse(upload, now, "not_readable", 0)
    except DomainError:
        # No room on the disk, say: what was received stays, the browser asks again.
        Upload.objects.filter(pk=upload.pk, state=State.CHECKING, changed_at=now).update(state=State.RECEIVING)
        raise


def _make(upload: Upload, claimed_at: datetime, actor: Actor, person: accounts.Person, firm: accounts.Firm) -> None:
    data = b"".join(files.read(part.file_id) for part in upload.parts.all())
    if (same := actions.same_unsigned(person, firm, data)) is not None:
        with transaction.atomic():
            _done(upload, claimed_at, same, known=True)
        return
    actions.keep(
        actor=actor,
        person=person,
        firm=firm,
        filename=upload.filename or "",
        data=data,
        with_it=lambda document: _done(upload, claimed_at, document, known=False),
    )


def _done(upload: Upload, claimed_at: datetime, document: Document, *, known: bool) -> None:
    mine = Upload.objects.filter(pk=upload.pk, state=State.CHECKING, changed_at=claimed_at)
    if not mine.update(state=State.DONE, document_id=document.pk, known=known, changed_at=timezone.now()):
        # Another worker took over after a long wait: its document counts, this one is undone with the transaction.
        raise TooBusy(seconds=WAIT_SECONDS)
    _drop_parts(upload)


def _refuse(upload: Upload, claimed_at: datetime, code: str, limit: int) -> None:
    with transaction.atomic():
        mine = Upload.objects.filter(pk=upload.pk, state=State.CHECKING, changed_at=claimed_at)
        if mine.update(state=State.REFUSED, refusal=code[:64], refusal_limit=limit, changed_at=timezone.now()):
            _drop_parts(upload)


def _forget(upload: Upload, states: tuple[State, ...]) -> None:
    with transaction.atomic():
        if Upload.objects.filter(pk=upload.pk, state__in=states).update(changed_at=timezone.now()):
            _drop_parts(upload)
            Upload.objects.filter(pk=upload.pk).delete()


def _drop_parts(upload: Upload) -> None:
    for file_id in UploadPart.objects.filter(upload_id=upload.pk).values_list("file_id", flat=True):
        files.destroy(file_id)
    UploadPart.objects.filter(upload_id=upload.pk).delete()


def _expect_room(person: accounts.Person, firm: accounts.Firm) -> None:
    """Raise TooBusy when the person sends too many files at this moment; forget his oldest that stand still."""
    begun = Upload.objects.filter(person_id=person.pk, firm_id=firm.pk, state__in=(State.RECEIVING, State.CHECKING))
    moving = timezone.now() - MOVING
    if begun.filter(changed_at__gte=moving).count() >= MOST_AT_ONCE:
        raise TooBusy(seconds=WAIT_SECONDS)
    standing = begun.filter(state=State.RECEIVING, changed_at__lt=moving).order_by("-changed_at")
    for upload in standing[MOST_BEGUN:]:
        _forget(upload, (State.RECEIVING,))


def _mine(person: accounts.Person, firm: accounts.Firm, upload_id: uuid.UUID) -> Upload:
    found = Upload.objects.filter(pk=upload_id, person_id=person.pk, firm_id=firm.pk).first()
    if found is None:
        raise NotFound(kind="upload")
    return found


def view(upload: Upload) -> UploadView:
    """Return how far an upload came, for the verbs of this room only."""
    return UploadView(
        id=upload.pk,
        state=str(upload.state),
        offset=upload.received,
        size=upload.size,
        refusal=upload.refusal,
        limit=upload.refusal_limit,
        document_id=upload.document_id,
        known=upload.known,
    )
