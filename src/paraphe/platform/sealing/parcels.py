"""A ZIP unpacked into a batch, a PDF split into one: in the background, within bounds, again without harm.

A ZIP says of itself how large it becomes; what it really becomes is counted while it is unpacked. Names go through the
same rule as those of single files: nothing leads out of its folder.
"""

import re
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.files.sealed import Readable
from paraphe.kernel.errors import DomainError
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.sealing import intake, rules
from paraphe.platform.sealing.batches import row
from paraphe.platform.sealing.errors import ArchiveRefused, BadOptions, FileTooLarge, WrongBatchState
from paraphe.platform.sealing.models import Batch, Parcel
from paraphe.platform.sealing.queueing import enqueue

PURPOSE: Final = "sealing.parcel"
MOST_TOLD: Final = 200
#: A ZIP of PDFs hardly shrinks: what unpacks to a hundred times its size is a bomb.
MOST_RATIO: Final = 100
PIECE: Final = 1 << 16
#: What programs leave in a ZIP and nobody means.
LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|\.|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


def bring_zip(
    *, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID, name: str, stream: Readable
) -> uuid.UUID:
    """Keep a ZIP and have it unpacked into a draft. Raises NotFound, WrongBatchState, ArchiveRefused, FileTooLarge."""
    return _bring(row(person, firm, batch_id), Parcel.Kind.ZIP, name, stream, {}, settings.SEALING_ZIP_BYTES)


def bring_to_split(
    *,
    person: accounts.Person,
    firm: accounts.Firm,
    batch_id: uuid.UUID,
    name: str,
    stream: Readable,
    pages: int | None,
    text: str,
) -> uuid.UUID:
    """Keep a PDF and have it split into a draft: every ``pages`` pages, or where ``text`` stands; that names each part.

    Raises NotFound, WrongBatchState, BadOptions, FileTooLarge.
    """
    if pages is None and not 1 <= len("".join(text.split())) <= 200:
        raise BadOptions(field="text")
    if pages is not None and not 1 <= pages <= 500:
        raise BadOptions(field="pages")
    rule: dict[str, object] = {"pages": pages} if pages is not None else {"text": text.strip()}
    return _bring(row(person, firm, batch_id), Parcel.Kind.SPLIT, name, stream, rule, settings.SEALING_SPLIT_BYTES)


def unpack(parcel_id: uuid.UUID) -> None:
    """Unpack or split what was brought; again goes on where it stopped, since a file that is there is there."""
    parcel = Parcel.objects.select_related("batch__firm").filter(pk=parcel_id, state=Parcel.State.WAITING).first()
    if parcel is None or parcel.file is None:
        return
    try:
        brought = _of_zip(parcel) if parcel.kind == Parcel.Kind.ZIP else _of_pdf(parcel)
        taken, left_out = _put(parcel.batch, brought)
    except (ArchiveRefused, pdf.PdfRefused, pdf.RenderFailed, WrongBatchState, files.FileBroken) as error:
        reason = error.params.get("reason")
        _end(parcel, Parcel.State.FAILED, f"{error.code}:{reason}" if reason else error.code, 0, [])
    else:
        _end(parcel, Parcel.State.DONE, "", taken, left_out)
    intake.look_at(parcel.batch_id)


def _bring(batch: Batch, kind: str, name: str, stream: Readable, rule: dict[str, object], most: int) -> uuid.UUID:
    if batch.state != Batch.State.DRAFT:
        raise WrongBatchState(state=batch.state)
    with transaction.atomic():
        stored = files.store(_Bounded(stream, most), purpose=PURPOSE)
        parcel = Parcel.objects.create(
            batch=batch, kind=kind, name=name[-200:], file=stored.id, rule=rule, created_at=timezone.now()
        )
        enqueue("unpack_parcel", parcel.pk)
    return parcel.pk


class _Bounded:
    """A stream that refuses to be longer than ``most`` bytes. Raises FileTooLarge."""

    def __init__(self, stream: Readable, most: int) -> None:
        self._stream, self._left, self._most = stream, most, most

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise FileTooLarge(megabytes=self._most // 1_000_000)
        return data


def _put(batch: Batch, brought: Iterator[intake.Brought | intake.Taken]) -> tuple[int, list[dict[str, str]]]:
    """Put everything into the batch; return how many were taken and what was left out, with its reason."""
    limit, taken, left_out = intake.limit_of(batch.firm), 0, []
    for one in brought:
        result = one if isinstance(one, intake.Taken) else intake.put(batch, [one], limit)[0]
        if result.error is None:
            taken += 1
        else:
            reason = result.error.params.get("reason")
            code = f"{result.error.code}:{reason}" if reason else result.error.code
            left_out.append({"name": result.name[:200], "code": code})
    return taken, left_out


def _of_zip(parcel: Parcel) -> Iterator[intake.Brought | intake.Taken]:
    assert parcel.file is not None  # noqa: S101 - looked at before
    with files.open(parcel.file) as stream:
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, RuntimeError, OverflowError):
            raise ArchiveRefused(reason="damaged") from None
        entries = [one for one in archive.infolist() if not one.is_dir() and not LITTER.search(one.filename)]
        if not entries:
            raise ArchiveRefused(reason="empty")
        if len(entries) > rules.MOST_ITEMS:
            raise ArchiveRefused(reason="too_many")
        size = files.find(parcel.file).size
        budget = [max(size * MOST_RATIO, intake.limit_of(parcel.batch.firm))]
        for entry in entries:
            try:
                rules.clean_path(entry.filename)
            except DomainError as error:
                yield intake.Taken(entry.filename, error)
                continue
            yield _entry(archive, entry, budget, intake.limit_of(parcel.batch.firm))


def _entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: list[int], limit: int
) -> intake.Brought | intake.Taken:
    """Return one file of a ZIP, read within what is left of the budget. Raises ArchiveRefused for a bomb."""
    if entry.flag_bits & 1:
        return intake.Taken(entry.filename, ArchiveRefused(reason="password"))
    data = bytearray()
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(PIECE):
                data += piece
                budget[0] -= len(piece)
                if budget[0] < 0:
                    raise ArchiveRefused(reason="too_large")
                if len(data) > limit:
                    return intake.Taken(entry.filename, FileTooLarge(megabytes=limit // 1_000_000))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError):
        return intake.Taken(entry.filename, ArchiveRefused(reason="damaged"))
    return intake.Brought(entry.filename, [bytes(data)])


def _of_pdf(parcel: Parcel) -> Iterator[intake.Brought | intake.Taken]:
    assert parcel.file is not None  # noqa: S101 - looked at before
    source = files.read(parcel.file)
    pages = parcel.rule.get("pages")
    rule = pdf.EveryPages(int(pages)) if pages else pdf.AtText(str(parcel.rule.get("text", "")), label="line")
    found = pdf.parts(source, rule)
    stem = re.sub(r"\.pdf$", "", parcel.name.replace("\\", "/").rsplit("/", 1)[-1], flags=re.IGNORECASE) or "document"
    width = max(3, len(str(len(found))))
    for number, (part, data) in enumerate(zip(found, pdf.split(source, found), strict=True), 1):
        label = " ".join(re.sub(r"[^\w .'()-]+", " ", part.label).split())[:80].strip(" .")
        yield intake.Brought(f"{stem} {number:0{width}d}{' ' + label if label else ''}.pdf", [data])


def _end(parcel: Parcel, state: str, code: str, taken: int, left_out: list[dict[str, str]]) -> None:
    with transaction.atomic():
        rows = Parcel.objects.filter(pk=parcel.pk, state=Parcel.State.WAITING)
        if rows.update(state=state, code=code[:64], taken=taken, left_out=left_out[:MOST_TOLD], file=None):
            assert parcel.file is not None  # noqa: S101 - looked at before
            files.destroy(parcel.file)
