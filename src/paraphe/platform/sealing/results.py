"""What comes out of a batch: a ZIP with the same names, made while it is sent; one file; the manifest."""

import io
import uuid
import zipfile
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.sealing.batches import note, row
from paraphe.platform.sealing.models import Batch, Item

PIECE = 1 << 18


class _Pipe(io.RawIOBase):
    """Takes what the ZIP writes and gives it away: nothing is kept but the piece under way."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._parts.append(piece)
        self._at += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._at

    def take(self) -> bytes:
        """Return what was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def archive(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> Iterator[bytes]:
    """Return the ZIP of what is sealed, folders kept, with the manifest, in pieces; bounded memory. Raises NotFound."""
    batch = row(person, firm, batch_id)
    if not batch.sealed or batch.emptied_at is not None:
        raise NotFound(kind="result")
    note(batch, actor, "batch:downloaded", sealed=batch.sealed)
    return _zipped(batch)


def one_file(person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID, item_id: int) -> tuple[str, bytes]:
    """Return name and bytes of one sealed file. Raises NotFound."""
    batch = row(person, firm, batch_id)
    item = batch.items.filter(pk=item_id, state=Item.State.SEALED).first()
    if item is None or item.result is None:
        raise NotFound(kind="result")
    return item.path.rsplit("/", 1)[-1], files.read(item.result)


def manifest_file(person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID, kind: str) -> bytes:
    """Return the manifest, ``pdf`` or ``csv``. Raises NotFound before the batch has ended."""
    batch = row(person, firm, batch_id)
    ended = batch.state in (Batch.State.DONE, Batch.State.CANCELLED)
    file = batch.manifest_pdf if kind == "pdf" else batch.manifest_csv
    if not ended or file is None:
        raise NotFound(kind="manifest")
    return files.read(file)


def _zipped(batch: Batch) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as target:
        for item in _sealed(batch).iterator(chunk_size=500):
            if item.result is None:
                continue
            yield from _entry(target, pipe, item.path, item.result)
        for name, file in (("bordereau.csv", batch.manifest_csv), ("bordereau.pdf", batch.manifest_pdf)):
            if file is not None and batch.ended_at is not None:
                yield from _entry(target, pipe, name, file)
    yield pipe.take()


def _entry(target: zipfile.ZipFile, pipe: _Pipe, name: str, file: uuid.UUID) -> Iterator[bytes]:
    moment = timezone.localtime().timetuple()[:6]
    entry = zipfile.ZipInfo(name, moment)
    entry.external_attr = 0o644 << 16
    with files.open(file) as source, target.open(entry, "w", force_zip64=True) as sink:
        while piece := source.read(PIECE):
            sink.write(piece)
            yield pipe.take()
    yield pipe.take()


def _sealed(batch: Batch) -> QuerySet[Item]:
    return batch.items.filter(state=Item.State.SEALED).order_by("path")
