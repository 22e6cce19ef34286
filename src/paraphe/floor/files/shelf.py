"""Where sealed bytes lie: a folder here, a bucket in ``bucket``. What is there is whole."""

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar, cast
from uuid import UUID

from paraphe.floor.files.errors import FileBroken, StorageAway, StorageFailed, StorageFull

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
T = TypeVar("T")


class Place(Protocol):
    """The sealed bytes of one file, to read from anywhere."""

    size: int

    def read_at(self, start: int, length: int) -> bytes:
        """Return at most ``length`` bytes from ``start``. Raises FileBroken, StorageAway."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Shelf(Protocol):
    """Keeps sealed bytes by the identifier of their file."""

    name: str
    """What people call it: a folder, a bucket."""

    def put(self, file_id: UUID, write: Callable[[BinaryIO], T]) -> T:
        """Keep what ``write`` writes, all or nothing: on return a power cut loses nothing.

        Returns what ``write`` returns, lets its errors through. Raises StorageFull, StorageAway, StorageFailed.
        """
        ...

    def open(self, file_id: UUID) -> Place:
        """Open what is kept. Raises FileBroken when there is nothing, StorageAway."""
        ...

    def remove(self, file_id: UUID) -> None:
        """Remove what is kept, if anything. Raises StorageAway, StorageFailed."""
        ...

    def old(self, older_than_seconds: float) -> Iterator[UUID]:
        """Yield the files that are older. Raises StorageAway, StorageFailed."""
        ...

    def clear_drafts(self, older_than_seconds: float) -> int:
        """Remove what was begun, never finished and is older; return how many. Raises StorageAway, StorageFailed."""
        ...


class Folder:
    """Sealed bytes in a folder of the data folder, spread over 256 folders in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = str(path)

    def path_of(self, file_id: UUID) -> Path:
        """Return where file ``file_id`` lies."""
        return self._path / file_id.hex[:2] / file_id.hex

    def put(self, file_id: UUID, write: Callable[[BinaryIO], T]) -> T:
        """Write aside, sync, move into place, sync the folders."""
        final, draft = self.path_of(file_id), self._path / "draft" / file_id.hex
        # The errors of the source are not ours: only what this folder says is told as such.
        _told(lambda: _make_folders(draft.parent, final.parent))
        try:
            output = _told(lambda: os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"))
            try:
                written = write(cast(BinaryIO, Guarded(output)))
                _told(lambda: _synced(output))
            finally:
                # Closing writes what is left of what failed before, and fails again.
                with suppress(OSError):
                    output.close()
            _told(partial(self._keep, draft, final))
        except BaseException:
            draft.unlink(missing_ok=True)
            final.unlink(missing_ok=True)
            raise
        return written

    def open(self, file_id: UUID) -> "Place":
        """Open the file."""
        try:
            return _Opened(self.path_of(file_id).open("rb"))
        except FileNotFoundError:
            raise FileBroken(file=str(file_id), reason="missing") from None
        except OSError as error:
            raise StorageAway(reason=_reason(error)) from error

    def remove(self, file_id: UUID) -> None:
        """Unlink the file."""
        _told(lambda: self.path_of(file_id).unlink(missing_ok=True))

    def old(self, older_than_seconds: float) -> Iterator[UUID]:
        """Yield what was last written before that."""
        for path in self._older(older_than_seconds):
            if path.parent.name != "draft" and (found := identifier(path.name)) is not None:
                yield found

    def clear_drafts(self, older_than_seconds: float) -> int:
        """Unlink what a killed process left in the folder of drafts."""
        drafts = [path for path in self._older(older_than_seconds) if path.parent.name == "draft"]
        for path in drafts:
            path.unlink(missing_ok=True)
        return len(drafts)

    def _older(self, seconds: float) -> Iterator[Path]:
        limit = time.time() - seconds
        for path in self._path.glob("*/*"):
            with suppress(FileNotFoundError):
                if path.is_file() and path.stat().st_mtime < limit:
                    yield path

    def _keep(self, draft: Path, final: Path) -> None:
        draft.rename(final)
        for place in (final.parent, self._path):
            _sync_folder(place)


class Guarded:
    """A file whose errors are told as those of the store, whatever else fails around it."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output

    def write(self, data: bytes) -> int:
        """Write. Raises StorageFull, StorageFailed."""
        return _told(lambda: self._output.write(data))


class _Opened:
    """An open file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = os.fstat(file.fileno()).st_size

    def read_at(self, start: int, length: int) -> bytes:
        try:
            return os.pread(self._file.fileno(), length, start)
        except OSError as error:
            raise StorageAway(reason=_reason(error)) from error

    def close(self) -> None:
        self._file.close()


def identifier(name: str) -> UUID | None:
    """Return the file that bytes of this name are of, None when they are none of ours."""
    try:
        return UUID(hex=name)
    except ValueError:
        return None


def _told(act: Callable[[], T]) -> T:
    try:
        return act()
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StorageFull from error
        raise StorageFailed(reason=_reason(error)) from error


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _make_folders(*places: Path) -> None:
    for place in places:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)


def _synced(output: BinaryIO) -> None:
    output.flush()
    os.fsync(output.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
