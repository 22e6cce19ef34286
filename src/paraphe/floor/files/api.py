"""The door of the store of files: store, open, read, destroy.

Bytes are written and synced before the row that makes them visible, and removed after the commit that takes the row
away: whatever is killed when, there is either a whole file or none. What stays behind without a row is removed by
``sweep``.
"""

import errno
import hashlib
import io
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.floor import secrets
from paraphe.floor.files import sealed
from paraphe.floor.files.errors import FileBroken, FileUnknown, StorageFailed, StorageFull
from paraphe.floor.files.models import StoredFile
from paraphe.floor.files.sealed import Readable
from paraphe.kernel.ids import new_id

__all__ = [
    "FileBroken",
    "FileRef",
    "FileUnknown",
    "StorageFailed",
    "StorageFull",
    "destroy",
    "find",
    "open",
    "read",
    "store",
    "sweep",
]

KEY_PURPOSE = "files.data-key"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# An orphan may belong to a transaction that has not ended: nothing here takes a day.
ORPHAN_SECONDS = 24 * 3600


@dataclass(frozen=True)
class FileRef:
    """A stored file: its identifier, the SHA-256 of its content in hexadecimal, its size in octets."""

    id: UUID
    sha256: str
    size: int


def store(content: bytes | Readable, *, purpose: str) -> FileRef:
    """Seal ``content`` on disk and write its row in the caller's transaction.

    A stream is read from where it stands to its end, 64 KiB at a time. Raises StorageFull or StorageFailed, and lets
    errors of the stream itself through; in each case nothing is kept.
    """
    stream: Readable = io.BytesIO(content) if isinstance(content, bytes | bytearray | memoryview) else content
    file_id, key = new_id(), os.urandom(32)
    try:
        written = sealed.write(_folder(), file_id, key, stream)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StorageFull from error
        raise StorageFailed(reason=error.strerror or type(error).__name__) from error
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
    """
    row = _row(file_id)
    reader = sealed.SealedReader(_folder(), file_id, _key(row), row.size)
    try:
        reader.check()
    except FileBroken:
        reader.close()
        raise
    return cast(BinaryIO, io.BufferedReader(reader, buffer_size=sealed.CHUNK))


def read(file_id: UUID) -> bytes:
    """Return the whole content. Raises FileUnknown and FileBroken."""
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


def sweep(older_than_seconds: float = ORPHAN_SECONDS) -> int:
    """Remove bytes that no row knows and that are older than a day; return how many files that were."""
    limit = time.time() - older_than_seconds
    removed = 0
    orphans = _old_files(limit)
    while batch := list(islice(orphans, 500)):
        known = set(StoredFile.objects.filter(pk__in=[_id_of(path) for path in batch]).values_list("pk", flat=True))
        for path in batch:
            if path.parent.name == "draft" or _id_of(path) not in known:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _old_files(limit: float) -> Iterator[Path]:
    for path in _folder().glob("*/*"):
        try:
            old = path.is_file() and path.stat().st_mtime < limit
        except FileNotFoundError:
            continue
        if old and _id_of(path):
            yield path


def _id_of(path: Path) -> UUID | None:
    try:
        return UUID(hex=path.name)
    except ValueError:
        return None


def _folder() -> Path:
    return Path(settings.SITE_DIR) / "files"


def _remove(file_id: UUID) -> None:
    # If this fails or is never reached, the bytes cannot be opened any more and the sweep removes them.
    try:
        sealed.path_of(_folder(), file_id).unlink(missing_ok=True)
    except OSError:
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
