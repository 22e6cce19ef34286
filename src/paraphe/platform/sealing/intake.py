"""Files that come into a draft: one by one, from a ZIP, from a PDF that is split; then each is looked at."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.errors import DomainError
from paraphe.pdf import api as pdf
from paraphe.pdf.bulk.document import read_document
from paraphe.pdf.bulk.syntax import Unusual
from paraphe.platform.accounts import api as accounts
from paraphe.platform.firms import api as firms
from paraphe.platform.sealing import rules
from paraphe.platform.sealing.batches import row
from paraphe.platform.sealing.errors import BadName, BatchFull, FileTooLarge, NameTaken, WrongBatchState
from paraphe.platform.sealing.models import Batch, Item
from paraphe.platform.sealing.queueing import enqueue

PURPOSE: Final = "sealing.item"
INSPECTED_AT_ONCE = 50
LEASE = timedelta(seconds=60)
State = Batch.State


@dataclass(frozen=True)
class Brought:
    """A file that comes: its name with folders, and its bytes in pieces."""

    name: str
    chunks: Iterable[bytes]


@dataclass(frozen=True)
class Taken:
    """What became of a file: its path, or the error for which it was left out."""

    name: str
    error: DomainError | None


def add(
    *, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID, brought: Iterable[Brought]
) -> list[Taken]:
    """Take files into a draft; each that cannot be taken costs itself. The same file again is there already.

    Raises NotFound, WrongBatchState, StorageFull, StorageFailed.
    """
    batch = row(person, firm, batch_id)
    found = put(batch, brought, limit_of(firm))
    look_at(batch.pk)
    return found


def put(batch: Batch, brought: Iterable[Brought], limit: int) -> list[Taken]:
    """Take files into a draft, for the verbs of this room only; ``limit`` in bytes of a file."""
    found = []
    for one in brought:
        try:
            path = rules.clean_path(one.name)
            _keep(batch, path, _bounded(one.chunks, limit))
        except (BadName, NameTaken, FileTooLarge, BatchFull, pdf.Empty) as error:
            found.append(Taken(one.name, error))
        else:
            found.append(Taken(path, None))
    return found


def limit_of(firm: accounts.Firm) -> int:
    """Return the most bytes of a file in ``firm``."""
    return min(firms.options(firm).max_pdf_mb * 1_000_000, settings.MAX_PDF_BYTES)


def look_at(batch_id: uuid.UUID) -> None:
    """Have the files that were added looked at, unless somebody is at it."""
    now = timezone.now()
    free = Q(inspecting_until=None) | Q(inspecting_until__lt=now)
    with transaction.atomic():
        if Batch.objects.filter(free, pk=batch_id, state=State.DRAFT).update(inspecting_until=now + LEASE):
            enqueue("inspect_items", batch_id)


def inspect(batch_id: uuid.UUID) -> None:
    """Look at every file of a draft that was added; say of each whether it can be sealed, or why not."""
    while True:
        rows = Batch.objects.filter(pk=batch_id, state=State.DRAFT)
        if not rows.update(inspecting_until=timezone.now() + LEASE):
            return
        waiting = list(
            Item.objects.filter(batch_id=batch_id, state=Item.State.ADDED).order_by("pk")[:INSPECTED_AT_ONCE]
        )
        if not waiting:
            rows.update(inspecting_until=None)
            # What came between the two steps found somebody at it.
            if not Item.objects.filter(batch_id=batch_id, state=Item.State.ADDED).exists():
                return
            continue
        _record(batch_id, [(one.pk, *_looked_at(one)) for one in waiting])


def _looked_at(item: Item) -> tuple[str, int]:
    """Return why a file cannot be sealed, empty where it can, and its number of pages where that was counted."""
    if item.file is None:
        return "file_unknown", 0
    try:
        data = files.read(item.file)
    except (files.FileUnknown, files.FileBroken) as error:
        return error.code, 0
    try:
        # What the fast path takes, the general inspection takes too (``pdf.bulk.document``).
        read_document(data)
    except Unusual:
        try:
            found = pdf.inspect(data)
        except pdf.PdfRefused as error:
            return error.code, 0
        return "", len(found.pages)
    return "", 0


def _record(batch_id: uuid.UUID, found: Sequence[tuple[int, str, int]]) -> None:
    with transaction.atomic():
        checked = refused = 0
        for number, code, pages in found:
            state = Item.State.REFUSED if code else Item.State.READY
            rows = Item.objects.filter(pk=number, state=Item.State.ADDED)
            if rows.update(state=state, code=code[:64], pages=pages):
                checked += 1
                refused += bool(code)
        Batch.objects.filter(pk=batch_id).update(checked=F("checked") + checked, refused=F("refused") + refused)


def _keep(batch: Batch, path: str, data: bytes) -> None:
    """Keep one file under ``path``. Raises NameTaken, BatchFull, WrongBatchState, Empty."""
    if not data:
        raise pdf.Empty()
    digest = hashlib.sha256(data).hexdigest()
    known = Item.objects.filter(batch_id=batch.pk, path=path).values_list("sha256", flat=True).first()
    if known is not None:
        if known != digest:
            raise NameTaken(path=path)
        return
    try:
        with transaction.atomic():
            stored = files.store(data, purpose=PURPOSE)
            Item.objects.create(batch_id=batch.pk, path=path, file=stored.id, sha256=digest, size=len(data))
            rows = Batch.objects.filter(pk=batch.pk, state=State.DRAFT, total__lt=rules.MOST_ITEMS)
            if not rows.update(total=F("total") + 1, size=F("size") + len(data)):
                state = Batch.objects.values_list("state", flat=True).get(pk=batch.pk)
                raise WrongBatchState(state=state) if state != State.DRAFT else BatchFull(most=rules.MOST_ITEMS)
    except IntegrityError:
        # Sent twice at the same moment: whoever came first is there.
        if Item.objects.filter(batch_id=batch.pk, path=path).exclude(sha256=digest).exists():
            raise NameTaken(path=path) from None


def _bounded(chunks: Iterable[bytes], limit: int) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > limit:
            raise FileTooLarge(megabytes=limit // 1_000_000)
    return bytes(data)
