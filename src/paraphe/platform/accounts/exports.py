"""Everything held about a person, as one ZIP that he asks for, a job makes, and a week later is gone."""

import tempfile
import uuid
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import BinaryIO, Final

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts.models import Person, PersonExport
from paraphe.platform.evidence import api as evidence

PURPOSE: Final = "accounts.export"
KEPT_DAYS: Final = 7
# Who asks again while one is being made is shown that one.
STILL_AT_WORK: Final = timedelta(hours=1)
State = PersonExport.State
# What all rooms hold about a person: paths and bytes of the files of the ZIP, one after the other.
Finder = Callable[[Person], Iterable[tuple[str, bytes]]]


@dataclass(frozen=True)
class PersonExportView:
    """How far an export is: ``waiting``, ``done``, ``failed``."""

    id: uuid.UUID
    state: str
    size: int
    asked_at: datetime
    delete_on: date


def ask_export(*, actor: Actor, person: Person) -> tuple[PersonExportView, bool]:
    """Return an export that is to be made and True, or the one being made and False."""
    now = timezone.now()
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        mine = person.exports.filter(state=State.WAITING, asked_at__gt=now - STILL_AT_WORK)
        at_work = mine.order_by("-asked_at").first()
        if at_work is not None:
            return _view(at_work), False
        row = PersonExport.objects.create(
            person=person, asked_at=now, delete_on=timezone.localdate(now) + timedelta(days=KEPT_DAYS)
        )
        subjects = {"person": str(person.pk), "export": str(row.pk)}
        evidence.record("person:exported", actor=actor, subjects=subjects)
    return _view(row), True


def export_of(person: Person, export_id: uuid.UUID) -> PersonExportView:
    """Return an export that ``person`` asked for. Raises NotFound."""
    return _view(_mine(person, export_id))


def exports_of(person: Person) -> Sequence[PersonExportView]:
    """Return the exports of ``person`` that are still here, newest first."""
    return [_view(row) for row in person.exports.order_by("-asked_at")[:5]]


def open_export(person: Person, export_id: uuid.UUID) -> BinaryIO:
    """Open the ZIP; the caller closes it. Raises NotFound, also before it is done."""
    row = _mine(person, export_id)
    if row.state != State.DONE or row.file_id is None:
        raise NotFound(kind="export")
    return files.open(row.file_id)


def make_export(export_id: uuid.UUID, find: Finder) -> None:
    """Make the ZIP of an export from what ``find`` gives. Again changes nothing. Raises NotFound when it is gone."""
    row = PersonExport.objects.select_related("person").filter(pk=export_id).first()
    if row is None:
        raise NotFound(kind="export")
    if row.state == State.DONE:
        return
    try:
        # A file without a name: it is gone with the process, however that ends.
        with tempfile.TemporaryFile() as draft:
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
                for path, data in find(row.person):
                    archive.writestr(path, data)
            draft.seek(0)
            _keep(row, draft)
    except Exception:
        PersonExport.objects.filter(pk=export_id).exclude(state=State.DONE).update(state=State.FAILED)
        raise


def remove_old_exports() -> int:
    """Destroy the exports whose day has come; return how many."""
    due = list(PersonExport.objects.filter(delete_on__lte=timezone.localdate())[:500])
    for row in due:
        with transaction.atomic():
            if row.file_id is not None:
                files.destroy(row.file_id)
            row.delete()
    return len(due)


def _keep(row: PersonExport, draft: BinaryIO) -> None:
    with transaction.atomic():
        stored = files.store(draft, purpose=PURPOSE)
        taken = PersonExport.objects.filter(pk=row.pk).exclude(state=State.DONE)
        if not taken.update(state=State.DONE, file_id=stored.id, size=stored.size):
            # Another run was faster, or the row is gone: nobody would ever delete this file.
            files.destroy(stored.id)


def _mine(person: Person, export_id: uuid.UUID) -> PersonExport:
    row = person.exports.filter(pk=export_id).first()
    if row is None:
        raise NotFound(kind="export")
    return row


def _view(row: PersonExport) -> PersonExportView:
    return PersonExportView(row.pk, row.state, row.size, row.asked_at, row.delete_on)
