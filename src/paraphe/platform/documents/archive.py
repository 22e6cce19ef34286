"""Many documents as one ZIP that is written while it is sent: little memory, no waiting, no file to forget."""

import csv
import io
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.listing import Filters, filtered
from paraphe.platform.documents.models import Document, Version
from paraphe.platform.documents.rules import download_name
from paraphe.platform.documents.sight import seen_by
from paraphe.platform.evidence import api as evidence

PIECE: Final = 1 << 18
AT_ONCE: Final = 200


@dataclass(frozen=True)
class Words:
    """The words of an archive in the reader's language; ``columns`` of its list: name, digest, state."""

    signed: str
    unreadable: str
    list_name: str
    columns: tuple[str, str, str]


def packed(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    filters: Filters,
    document_ids: Sequence[uuid.UUID],
    words: Words,
) -> Iterator[bytes]:
    """Yield a ZIP of what ``person`` sees under ``filters``, or of these documents only, and of a list of it.

    What was deleted meanwhile is left out; what cannot be read is named in the list. The evidence knows who took how
    many. Nothing happens before the first piece is asked for.
    """
    found = filtered(seen_by(person, firm), filters)
    if document_ids:
        found = found.filter(pk__in=list(document_ids))
    numbers = list(found.order_by("-added_at", "-id").values_list("pk", flat=True))
    subjects = {"firm": str(firm.pk), "person": str(person.pk)}
    evidence.record("document:packed", actor=actor, subjects=subjects, data={"count": len(numbers)})
    return _written(numbers, words)


def _written(numbers: Sequence[uuid.UUID], words: Words) -> Iterator[bytes]:
    sink, names, lines = _Sink(), _Names(), list[tuple[str, str, str]]()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for start in range(0, len(numbers), AT_ONCE):
            for document, version in _present(numbers[start : start + AT_ONCE]):
                name = names.free(download_name(document.title, signed=version.number > 0, suffix=words.signed))
                state = words.signed if version.number > 0 else ""
                try:
                    for _ in _entry(archive, name, document.added_at, version.file_id):
                        yield from sink.taken()
                except files.FileUnknown:
                    continue
                except files.FileBroken:
                    state = words.unreadable
                lines.append((name, version.sha256, state))
                yield from sink.taken()
        archive.writestr(words.list_name, _listed(words, lines))
    yield from sink.taken()


def _present(numbers: Sequence[uuid.UUID]) -> Iterator[tuple[Document, Version]]:
    rows = Document.objects.filter(pk__in=list(numbers)).only("title", "added_at").prefetch_related("versions")
    by_number = {row.pk: row for row in rows}
    for number in numbers:
        if (row := by_number.get(number)) is not None:
            yield row, max(row.versions.all(), key=lambda version: version.number)


def _entry(archive: zipfile.ZipFile, name: str, at: datetime, file_id: uuid.UUID) -> Iterator[None]:
    """Write one file piece by piece. PDFs are compressed inside: they are stored as they are."""
    with files.open(file_id) as source:
        info = zipfile.ZipInfo(name, timezone.localtime(at).timetuple()[:6])
        with archive.open(info, "w", force_zip64=True) as target:
            while piece := source.read(PIECE):
                target.write(piece)
                yield


def _listed(words: Words, lines: Sequence[tuple[str, str, str]]) -> str:
    target = io.StringIO()
    target.write("\ufeff")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(words.columns)
    for line in lines:
        # A spreadsheet takes what begins so for a formula.
        writer.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell for cell in line])
    return target.getvalue()


class _Names:
    """File names of an archive: two documents of one title have two names."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def free(self, name: str) -> str:
        """Return ``name``, with a number where it is taken; upper and lower case are alike on some systems."""
        key = name.casefold()
        count = self._taken[key] = self._taken.get(key, 0) + 1
        return name if count == 1 else self.free(f"{name.removesuffix('.pdf')} ({count}).pdf")


class _Sink(io.RawIOBase):
    """Where the archive is written to, and taken from at once; it cannot go back, and need not."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Keep ``data`` until it is taken."""
        self._held.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        """Yield what was written since."""
        held, self._held = self._held, []
        yield from held
