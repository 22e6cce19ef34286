"""Everything a firm has here, as one ZIP: asked for by an accountant, made by a job, taken away within some days."""

import json
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import BinaryIO, Final

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms.errors import MayNotChange
from paraphe.platform.firms.models import FirmExport
from paraphe.platform.firms.queries import decides, expect_accountant, logo, options

PURPOSE: Final = "firms.export"
KEPT_DAYS: Final = 7
PIECE: Final = 1 << 18
UNREADABLE: Final = "Ce fichier est abîmé là où il est gardé. Prévenez l'assistance de la plateforme.\n"
# Who asks again while one is being made is shown that one.
STILL_AT_WORK: Final = timedelta(hours=1)
State = FirmExport.State


@dataclass(frozen=True)
class Entry:
    """One file of the ZIP, in pieces that are read while it is written."""

    path: str
    pieces: Iterable[bytes]


# Each reads one thing when its turn comes, one file after the other; nothing when it was deleted meanwhile.
Reader = Callable[[], Iterable[Entry]]
# What the firm has in other rooms, read for the person who takes it away.
Finder = Callable[[accounts.Firm, accounts.Person], Sequence[Reader]]


@dataclass(frozen=True)
class ExportView:
    """How far an export is: ``waiting``, ``running``, ``done``, ``failed``."""

    id: uuid.UUID
    firm_id: int
    person_id: int
    state: str
    written: int
    total: int
    size: int
    asked_at: datetime
    delete_on: date


def entry_of_file(path: str, file_id: uuid.UUID) -> Iterator[Entry]:
    """Return a stored file as an entry, open until the next one is asked for; nothing when it was deleted meanwhile.

    One that is broken in the store costs itself: a line of text says so in its place.
    """
    try:
        source = files.open(file_id)
    except files.FileUnknown:
        return
    except files.FileBroken:
        yield unreadable(path)
        return
    with source:
        yield Entry(path, iter(partial(source.read, PIECE), b""))


def unreadable(path: str) -> Entry:
    """Return what stands in the place of a file that cannot be read."""
    return Entry(f"{path}.illisible.txt", [UNREADABLE.encode()])


def ask_export(*, actor: Actor, person: accounts.Person, firm: accounts.Firm) -> tuple[ExportView, bool]:
    """Return an export that is to be made and True, or the one being made and False. Raises NotFound, MayNotChange."""
    expect_accountant(person, firm)
    now = timezone.now()
    mine = FirmExport.objects.filter(firm_id=firm.pk, person_id=person.pk)
    at_work = mine.filter(state__in=[State.WAITING, State.RUNNING], asked_at__gt=now - STILL_AT_WORK).first()
    if at_work is not None:
        return _view(at_work), False
    with transaction.atomic():
        row = FirmExport.objects.create(
            firm_id=firm.pk,
            person_id=person.pk,
            asked_at=now,
            delete_on=timezone.localdate(now) + timedelta(days=KEPT_DAYS),
        )
        evidence.record("firm:exported", actor=actor, subjects={"firm": str(firm.pk), "export": str(row.pk)})
    return _view(row), True


def export(person: accounts.Person, firm: accounts.Firm, export_id: uuid.UUID) -> ExportView:
    """Return an export that ``person`` asked for, while he decides for ``firm``. Raises NotFound."""
    return _view(_mine(person, firm, export_id))


def exports(person: accounts.Person, firm: accounts.Firm) -> Sequence[ExportView]:
    """Return the exports that ``person`` asked for and that are still here, newest first."""
    rows = FirmExport.objects.filter(firm_id=firm.pk, person_id=person.pk).order_by("-asked_at")[:5]
    return [_view(row) for row in rows] if decides(person, firm) else []


def open_export(person: accounts.Person, firm: accounts.Firm, export_id: uuid.UUID) -> BinaryIO:
    """Open the ZIP; the caller closes it. Raises NotFound, also before it is done."""
    row = _mine(person, firm, export_id)
    if row.state != State.DONE or row.file_id is None:
        raise NotFound(kind="export")
    return files.open(row.file_id)


def make_export(export_id: uuid.UUID, find: Finder) -> None:
    """Make the ZIP of an export; ``find`` gives the readers of what other rooms have. Doing it again changes nothing.

    Raises NotFound when the export is no longer there, MayNotChange when who asked decides no longer.
    """
    row = FirmExport.objects.select_related("firm", "person").filter(pk=export_id).first()
    if row is None:
        raise NotFound(kind="export")
    if row.state == State.DONE:
        return
    if not decides(row.person, row.firm):
        FirmExport.objects.filter(pk=export_id).update(state=State.FAILED)
        raise MayNotChange()
    readers = find(row.firm, row.person)
    FirmExport.objects.filter(pk=export_id).update(state=State.RUNNING, total=len(readers), written=0)
    try:
        # A file without a name: it is gone with the process, however that ends.
        with tempfile.TemporaryFile() as draft:
            _write(draft, row, readers)
            draft.seek(0)
            _keep(row, draft)
    except Exception:
        FirmExport.objects.filter(pk=export_id).exclude(state=State.DONE).update(state=State.FAILED)
        raise


def remove_old_exports() -> int:
    """Destroy the exports whose day has come; return how many."""
    due = list(FirmExport.objects.filter(delete_on__lte=timezone.localdate())[:500])
    for row in due:
        with transaction.atomic():
            if row.file_id is not None:
                files.destroy(row.file_id)
            row.delete()
    return len(due)


def _write(draft: BinaryIO, row: FirmExport, readers: Sequence[Reader]) -> None:
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, read in enumerate(readers, 1):
            for entry in read():
                try:
                    _add(archive, entry)
                except files.FileBroken:
                    _add(archive, unreadable(entry.path))
            FirmExport.objects.filter(pk=row.pk).update(written=number)
        archive.writestr("options.json", json.dumps(asdict(options(row.firm)), ensure_ascii=False, indent=2))
        if options(row.firm).has_logo:
            archive.writestr("logo.png", logo(row.firm))
        with archive.open("evidence.jsonl", "w") as lines:
            for line in evidence.history(firm=str(row.firm_id)).iterator():
                lines.write(_line(line).encode() + b"\n")


def _add(archive: zipfile.ZipFile, entry: Entry) -> None:
    about = zipfile.ZipInfo(entry.path, timezone.localtime().timetuple()[:6])
    about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    with archive.open(about, "w", force_zip64=True) as target:
        for piece in entry.pieces:
            target.write(piece)


def _line(entry: evidence.EvidenceEntry) -> str:
    """Return one event as JSON, with what is needed to check the chain."""
    return json.dumps(
        {
            "sequence": entry.sequence,
            "at": entry.at.isoformat(),
            "tag": entry.tag,
            "actor": {"kind": entry.actor_kind, "id": entry.actor_id},
            "subjects": entry.subjects,
            "data": entry.data,
            "previous_hash": entry.previous_hash,
            "entry_hash": entry.entry_hash,
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def _keep(row: FirmExport, draft: BinaryIO) -> None:
    with transaction.atomic():
        stored = files.store(draft, purpose=PURPOSE)
        taken = FirmExport.objects.filter(pk=row.pk).exclude(state=State.DONE)
        if not taken.update(state=State.DONE, file_id=stored.id, size=stored.size):
            # Another run was faster, or the row is gone: nobody would ever delete this file.
            files.destroy(stored.id)


def _mine(person: accounts.Person, firm: accounts.Firm, export_id: uuid.UUID) -> FirmExport:
    row = FirmExport.objects.filter(pk=export_id, person_id=person.pk, firm_id=firm.pk).first()
    if row is None or not decides(person, firm):
        raise NotFound(kind="export")
    return row


def _view(row: FirmExport) -> ExportView:
    return ExportView(
        id=row.pk,
        firm_id=row.firm_id,
        person_id=row.person_id,
        state=row.state,
        written=row.written,
        total=row.total,
        size=row.size,
        asked_at=row.asked_at,
        delete_on=row.delete_on,
    )
