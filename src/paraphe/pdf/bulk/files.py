"""From files to files: written whole under another name, then renamed; spread over processes where that helps.

Keys of a PKCS#11 token do not survive a fork: every process is started anew and opens its own signer through a factory.
"""

import errno
import os
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

from paraphe.kernel.errors import DomainError
from paraphe.pdf.bulk.memory import keep_memory
from paraphe.pdf.bulk.sealer import GROUP, Made, Outcome, Sealer
from paraphe.pdf.errors import PdfRefused

Pair = tuple[Path, Path]
"""A file to seal, and where the sealed one is to be."""
Factory = Callable[[], Sealer]
_UNNAMED: int | None = getattr(os, "O_TMPFILE", None) if os.path.isdir("/proc/self/fd") else None


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file. ``code`` and ``params`` are those of the error; ``refused`` when the document is why."""

    source: Path
    target: Path
    status: Literal["ok", "refused", "error"]
    path: Literal["fast", "general"] = "fast"
    code: str = ""
    params: dict[str, str] = field(default_factory=dict)


def seal_files(
    pairs: Iterable[Pair], factory: Factory, *, jobs: int = 1, overwrite: bool = False, durable: bool = True
) -> Iterator[FileOutcome]:
    """Yield one outcome per pair, in order; a target is there whole or not at all.

    ``factory`` makes a sealer in each of ``jobs`` processes and must be picklable when there are several. ``durable``:
    every file is on the disk before its outcome is told, its name before the next group of 64. An existing target is an
    error unless ``overwrite``.
    """
    chunks = _chunks(pairs)
    if jobs == 1:
        keep_memory()
        sealer = factory()
        for chunk in chunks:
            yield from _seal(sealer, chunk, overwrite, durable)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(factory,)) as pool:
        waiting: deque[tuple[list[Pair], Future[list[FileOutcome]]]] = deque()
        for chunk in chunks:
            waiting.append((chunk, pool.submit(_seal_there, chunk, overwrite, durable)))
            if len(waiting) > 2 * jobs:
                yield from _collected(*waiting.popleft())
        while waiting:
            yield from _collected(*waiting.popleft())


def write_whole(target: Path, parts: Sequence[bytes], *, overwrite: bool, durable: bool) -> None:
    """Write ``parts`` one after another as a new file. Raises OSError; FileExistsError unless ``overwrite``."""
    if overwrite or not _write_unnamed(os.fspath(target), parts, durable):
        _emerge(target, lambda temporary: _write(temporary, parts, durable), overwrite)


def _write_unnamed(final: str, parts: Sequence[bytes], durable: bool) -> bool:
    """Write a file that has no name before it is whole: a process that is killed leaves nothing at all.

    Returns False where the system or the file system knows no such thing.
    """
    if _UNNAMED is None:
        return False
    folder = os.path.dirname(final) or "."
    try:
        descriptor = os.open(folder, _UNNAMED | os.O_WRONLY | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL):
            return False
        raise
    try:
        _fill(descriptor, parts, durable)
        # With a folder before it, the link is followed: that is how a file without a name gets one (open(2)).
        os.link(f"/proc/self/fd/{descriptor}", final, src_dir_fd=descriptor, follow_symlinks=True)
    finally:
        os.close(descriptor)
    return True


def _write(temporary: str, parts: Sequence[bytes], durable: bool) -> None:
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        _fill(descriptor, parts, durable)
    finally:
        os.close(descriptor)


def _fill(descriptor: int, parts: Sequence[bytes], durable: bool) -> None:
    for part in parts:
        written = os.write(descriptor, part)
        while written < len(part):
            written += os.write(descriptor, memoryview(part)[written:])
    if durable:
        os.fsync(descriptor)


def _emerge(target: Path, write: Callable[[str], None], overwrite: bool) -> None:
    """Have a file written under another name in the same folder, then give it its own. Raises OSError."""
    final = os.fspath(target)
    temporary = os.path.join(os.path.dirname(final), f".{secrets.token_hex(6)}.part")
    try:
        write(temporary)
        if overwrite:
            os.replace(temporary, final)
        else:
            _name(temporary, final)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def _name(temporary: str, final: str) -> None:
    """Give the file its name, unless another has it."""
    try:
        os.link(temporary, final)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: the look and the renaming are two steps there.
        if os.path.lexists(final):
            raise FileExistsError(final) from None
        os.replace(temporary, final)
    else:
        os.unlink(temporary)


def _chunks(pairs: Iterable[Pair]) -> Iterator[list[Pair]]:
    waiting = iter(pairs)
    while chunk := list(islice(waiting, GROUP)):
        yield chunk


def _seal(sealer: Sealer, chunk: list[Pair], overwrite: bool, durable: bool) -> Iterator[FileOutcome]:
    """Yield the outcomes of a chunk; what stops the signer stops the rest of the chunk, and is told of each."""
    outcomes = sealer.seal(source for source, _ in chunk)
    stopped: DomainError | None = None
    folders = set()
    for source, target in chunk:
        if stopped is None:
            try:
                found = _written(next(outcomes), source, target, overwrite, durable)
            except DomainError as error:
                stopped = error
        if stopped is not None:
            found = _failed(source, target, stopped)
        elif found.status == "ok":
            folders.add(target.parent)
        yield found
    if durable:
        _keep_names(folders)


def _written(outcome: Outcome, source: Path, target: Path, overwrite: bool, durable: bool) -> FileOutcome:
    if outcome.tail is None:
        return _failed(source, target, outcome.error or DomainError())
    try:
        if outcome.made is not None:
            _emerge(target, partial(_made, outcome.made, source), overwrite)
        else:
            write_whole(target, (outcome.whole(),), overwrite=overwrite, durable=durable)
    except FileExistsError:
        return FileOutcome(source, target, "error", outcome.path, "output_exists")
    except OSError as error:
        return FileOutcome(source, target, "error", outcome.path, "output_failed", {"reason": str(error.strerror)})
    except DomainError as error:
        return _failed(source, target, error)
    return FileOutcome(source, target, "ok", outcome.path)


def _made(made: Made, source: Path, temporary: str) -> None:
    made.write(source, Path(temporary))


def _failed(source: Path, target: Path, error: DomainError) -> FileOutcome:
    params = {name: str(value) for name, value in error.params.items()}
    status: Literal["refused", "error"] = "refused" if isinstance(error, PdfRefused) else "error"
    return FileOutcome(source, target, status, code=error.code, params=params)


def _keep_names(folders: Iterable[Path]) -> None:
    for folder in folders:
        # Some file systems know no such thing as a folder on the disk.
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _collected(chunk: list[Pair], future: Future[list[FileOutcome]]) -> Iterator[FileOutcome]:
    try:
        yield from future.result()
    except BrokenProcessPool:
        for source, target in chunk:
            yield FileOutcome(source, target, "error", code="worker_died")


_factory: Factory | None = None
_sealer: Sealer | None = None


def _start(factory: Factory) -> None:
    global _factory  # noqa: PLW0603 - one sealer a process, made by what the parent sent
    _factory = factory
    keep_memory()


def _seal_there(chunk: list[Pair], overwrite: bool, durable: bool) -> list[FileOutcome]:
    global _sealer  # noqa: PLW0603 - the same
    try:
        if _sealer is None and _factory is not None:
            _sealer = _factory()
    except DomainError as error:
        return [_failed(source, target, error) for source, target in chunk]
    assert _sealer is not None  # noqa: S101 - made above
    return list(_seal(_sealer, chunk, overwrite, durable))
