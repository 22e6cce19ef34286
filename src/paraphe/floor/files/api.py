"""The door of the store of files: store, open, read, destroy.

Bytes are written and synced before the row that makes them visible, and removed after the commit that takes the row
away: whatever is killed when, there is either a whole file or none. What stays behind without a row is removed by
``sweep``.
"""

import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import BinaryIO, Literal, cast
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from paraphe.floor import secrets
from paraphe.floor.files import sealed
from paraphe.floor.files.errors import (
    FileBroken,
    FileUnknown,
    StorageAway,
    StorageFailed,
    StorageFull,
    SweepDoubtful,
)
from paraphe.floor.files.models import StoredFile
from paraphe.floor.files.sealed import Readable
from paraphe.floor.files.shelf import Shelf
from paraphe.floor.files.shelves import shelf, shelf_called
from paraphe.kernel.ids import new_id

__all__ = [
    "FileBroken",
    "FileRef",
    "FileUnknown",
    "Moved",
    "Shelf",
    "StorageAway",
    "StorageFailed",
    "StorageFull",
    "SweepDoubtful",
    "destroy",
    "find",
    "move",
    "open",
    "read",
    "shelf",
    "shelf_called",
    "store",
    "sweep",
]

KEY_PURPOSE = "files.data-key"
# An orphan may belong to a transaction that has not ended: nothing here takes a day.
ORPHAN_SECONDS = 24 * 3600
MOST_ORPHANS = 1_000
COPIED = 1 << 20


@dataclass(frozen=True)
class FileRef:
    """A stored file: its identifier, the SHA-256 of its content in hexadecimal, its size in octets."""

    id: UUID
    sha256: str
    size: int


@dataclass(frozen=True)
class Moved:
    """What became of one file that was to move: ``gone`` was destroyed meanwhile, ``broken`` is so at its source."""

    id: UUID
    status: Literal["copied", "there", "gone", "broken"]
    reason: str = ""


def store(content: bytes | Readable, *, purpose: str) -> FileRef:
    """Seal ``content`` into the store and write its row in the caller's transaction.

    A stream is read from where it stands to its end, 64 KiB at a time. Raises StorageFull, StorageAway or
    StorageFailed, and lets errors of the stream itself through; in each case nothing is kept.
    """
    stream: Readable = io.BytesIO(content) if isinstance(content, bytes | bytearray | memoryview) else content
    file_id, key = new_id(), os.urandom(32)
    written = sealed.write(shelf(), file_id, key, stream)
    try:
        StoredFile.objects.create(
            id=file_id,
            purpose=purpose,
            sha256=written.sha256,
            size=written.size,
            wrapped_key=secrets.seal(file_id.bytes + key, KEY_PURPOSE),
            created_at=timezone.now(),
        )
    except BaseException:
        _remove(file_id)
        raise
    return FileRef(id=file_id, sha256=written.sha256, size=written.size)


def find(file_id: UUID) -> FileRef:
    """Return what is known of a file without opening it. Raises FileUnknown."""
    row = _row(file_id)
    return FileRef(id=row.id, sha256=row.sha256, size=row.size)


def open(file_id: UUID) -> BinaryIO:
    """Open a file for reading, from any position, with little memory. The caller closes it.

    Raises FileUnknown, and FileBroken at once or while reading: each byte is authenticated before it is given.
    StorageAway, at once or while reading, when the store cannot be reached.
    """
    return _opened(shelf(), _row(file_id))


def _opened(place: Shelf, row: StoredFile) -> BinaryIO:
    reader = sealed.SealedReader(place, row.id, _key(row), row.size)
    try:
        reader.check()
    except FileBroken:
        reader.close()
        raise
    return cast(BinaryIO, io.BufferedReader(reader, buffer_size=sealed.CHUNK))


def read(file_id: UUID) -> bytes:
    """Return the whole content. Raises FileUnknown, FileBroken and StorageAway."""
    row = _row(file_id)
    with open(file_id) as file:
        data = file.read()
    if len(data) != row.size or hashlib.sha256(data).hexdigest() != row.sha256:
        raise FileBroken(file=str(file_id), reason="changed")
    return data


def destroy(file_id: UUID) -> None:
    """Destroy a file for ever: its key now, in the caller's transaction, its bytes after the commit.

    What is not there is already destroyed: nothing is raised.
    """
    StoredFile.objects.filter(pk=file_id).delete()
    transaction.on_commit(lambda: _remove(file_id))


def sweep(older_than_seconds: float = ORPHAN_SECONDS, *, however_many: bool = False) -> int:
    """Remove bytes that no row knows and that are older than a day; return how many files that were.

    Raises SweepDoubtful, and removes nothing, when more than a tenth of what is there (and more than 1,000 files) would
    go, unless ``however_many``: then the database is rather not that of these files. Raises StorageAway.
    """
    place = shelf()
    orphans, seen = 0, 0
    for batch in _batches(place.old(older_than_seconds)):
        seen += len(batch)
        orphans += len(_unknown(batch))
    if orphans > max(MOST_ORPHANS, seen // 10) and not however_many:
        raise SweepDoubtful(orphans=orphans, files=seen)
    removed = place.clear_drafts(older_than_seconds)
    for batch in _batches(place.old(older_than_seconds)) if orphans else ():
        for file_id in _unknown(batch):
            place.remove(file_id)
            removed += 1
    return removed


def move(source: Shelf, target: Shelf) -> Iterator[Moved]:
    """Copy every file of this site from one shelf to another, and read each copy whole; yield one outcome each.

    What is there already is only read. Nothing is removed at the source, and a file that was destroyed meanwhile is
    left out. Raises StorageFull, StorageAway, StorageFailed of either shelf.
    """
    for row in StoredFile.objects.order_by("id").iterator(chunk_size=500):
        yield _moved(source, target, row)


def _moved(source: Shelf, target: Shelf, row: StoredFile) -> Moved:
    try:
        _verify(target, row)
    except FileBroken:
        try:
            target.put(row.id, partial(_copy, source, row))
            _verify(target, row)
        except FileBroken as broken:
            gone = not StoredFile.objects.filter(pk=row.id).exists()
            return Moved(row.id, "gone" if gone else "broken", str(broken.params.get("reason", "")))
        return Moved(row.id, "copied")
    return Moved(row.id, "there")


def _copy(source: Shelf, row: StoredFile, output: BinaryIO) -> None:
    place = source.open(row.id)
    try:
        start = 0
        while part := place.read_at(start, COPIED):
            output.write(part)
            start += len(part)
    finally:
        place.close()


def _verify(place: Shelf, row: StoredFile) -> None:
    """Read a file to its end. Raises FileBroken when it is not what its row says, StorageAway."""
    with _opened(place, row) as file:
        digest = hashlib.sha256()
        while part := file.read(COPIED):
            digest.update(part)
        if digest.hexdigest() != row.sha256:
            raise FileBroken(file=str(row.id), reason="changed")


def _unknown(file_ids: list[UUID]) -> list[UUID]:
    known = set(StoredFile.objects.filter(pk__in=file_ids).values_list("pk", flat=True))
    return [one for one in file_ids if one not in known]


def _batches(file_ids: Iterator[UUID]) -> Iterator[list[UUID]]:
    while batch := list(islice(file_ids, 500)):
        yield batch


def _remove(file_id: UUID) -> None:
    # If this fails or is never reached, the bytes cannot be opened any more and the sweep removes them.
    try:
        shelf().remove(file_id)
    except (StorageFailed, StorageFull):
        return


def _row(file_id: UUID) -> StoredFile:
    row = StoredFile.objects.filter(pk=file_id).first()
    if row is None:
        raise FileUnknown(file=str(file_id))
    return row


def _key(row: StoredFile) -> bytes:
    try:
        opened = secrets.unseal(bytes(row.wrapped_key), KEY_PURPOSE)
    except secrets.SealBroken:
        raise FileBroken(file=str(row.id), reason="key") from None
    if opened[:16] != row.id.bytes:
        raise FileBroken(file=str(row.id), reason="key")
    return opened[16:]
