"""Importing a file: read it, show what would happen, do it after the confirmation, all or nothing."""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import cards, tables
from paraphe.platform.contacts.actions import new_row
from paraphe.platform.contacts.errors import BadContact
from paraphe.platform.contacts.models import Contact, PendingImport
from paraphe.platform.contacts.queries import data_of, of_firm
from paraphe.platform.contacts.reading import Kind, counted, decoded
from paraphe.platform.contacts.rules import ContactData, contact_of_line, marks_of, name_key
from paraphe.platform.evidence import api as evidence

PURPOSE: Final = "contacts.import"
KEPT: Final = timedelta(days=1)
SAMPLES: Final = 10
# Names asked for, and rows written, at a time: few queries, and none longer than a database takes.
BATCH: Final = 500


@dataclass(frozen=True)
class Refusal:
    """A line that cannot be taken: its number, the field and the reason, see ``contact_of`` and ``reading.Line``."""

    line: int
    field: str
    reason: str


@dataclass(frozen=True)
class ImportPreview:
    """What an import would do now: contacts that are new, how many are known already, lines refused."""

    id: uuid.UUID
    kind: Kind
    new: int
    known: int
    refused: Sequence[Refusal]
    samples: Sequence[ContactData]


@dataclass(frozen=True)
class ImportResult:
    """What an import did."""

    added: int
    known: int
    refused: int


@dataclass(frozen=True)
class _Found:
    """What stands in a file: contacts in the form in which they are kept, and refusals."""

    kind: Kind
    contacts: Sequence[ContactData]
    refused: Sequence[Refusal]

    def dumped(self) -> bytes:
        """Return the same as bytes, for the store of files."""
        return json.dumps([self.kind, [astuple(c) for c in self.contacts], [astuple(r) for r in self.refused]]).encode()

    @classmethod
    def loaded(cls, data: bytes) -> "_Found":
        """Return what ``dumped`` wrote."""
        kind, contacts, refused = json.loads(data)
        return cls(kind, [ContactData(*c) for c in contacts], [Refusal(*r) for r in refused])


def begin_import(*, person: accounts.Person, firm: accounts.Firm, data: bytes) -> ImportPreview:
    """Read a CSV or vCard file and keep what it holds, sealed, until ``import_rows``, ``abandon_import`` or a day.

    Nothing of it is in the address book yet. Raises MayNot, BadFile.
    """
    book = of_firm(person, firm)
    found = _read(data)
    with transaction.atomic():
        stored = files.store(found.dumped(), purpose=PURPOSE)
        pending = PendingImport.objects.create(
            firm_id=firm.pk, person_id=person.pk, file_id=stored.id, created_at=timezone.now()
        )
    return _preview(pending.pk, found, list(_unknown(book, found.contacts)))


def pending_import(person: accounts.Person, firm: accounts.Firm, import_id: uuid.UUID) -> ImportPreview:
    """Return what an import would do now. Raises MayNot, and NotFound when it is over or another person's."""
    book = of_firm(person, firm)
    pending = _pending(person, firm, import_id)
    try:
        found = _Found.loaded(files.read(pending.file_id))
    except files.FileUnknown:
        # Confirmed or abandoned between the two reads.
        raise NotFound(kind="import") from None
    return _preview(import_id, found, list(_unknown(book, found.contacts)))


def import_rows(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, import_id: uuid.UUID) -> ImportResult:
    """Add every new contact of a pending import, in one transaction. Raises MayNot, NotFound.

    What became known since the preview is not added a second time; an import that is confirmed twice counts once.
    """
    book = of_firm(person, firm)
    with transaction.atomic():
        pending = _pending(person, firm, import_id, lock=True)
        found = _Found.loaded(files.read(pending.file_id))
        new = list(_unknown(book, found.contacts))
        Contact.objects.bulk_create([new_row(firm, person, data, source=found.kind) for data in new], batch_size=BATCH)
        forget(pending)
        result = ImportResult(added=len(new), known=len(found.contacts) - len(new), refused=len(found.refused))
        evidence.record(
            "contact:imported",
            actor=actor,
            subjects={"firm": str(firm.pk), "import": str(import_id)},
            data={"added": result.added, "known": result.known, "refused": result.refused, "format": found.kind},
        )
    return result


def abandon_import(*, person: accounts.Person, firm: accounts.Firm, import_id: uuid.UUID) -> None:
    """Forget a pending import. Raises MayNot, NotFound."""
    of_firm(person, firm)
    with transaction.atomic():
        forget(_pending(person, firm, import_id, lock=True))


def pending_with(firm: accounts.Firm, email: str) -> Iterator[tuple[PendingImport, list[ContactData]]]:
    """Yield the pending imports of ``firm`` that hold somebody of this e-mail, for the verbs of this room only."""
    for pending in PendingImport.objects.filter(firm_id=firm.pk).order_by("created_at"):
        try:
            found = _Found.loaded(files.read(pending.file_id))
        except files.FileUnknown:
            # Confirmed or abandoned between the two reads.
            continue
        theirs = [data for data in found.contacts if data.email == email]
        if theirs:
            yield pending, theirs


def forget(pending: PendingImport) -> None:
    """Forget a pending import in the caller's transaction, for the verbs of this room only."""
    files.destroy(pending.file_id)
    pending.delete()


def forget_old() -> int:
    """Forget the imports that nobody confirmed within a day; return how many."""
    old = list(PendingImport.objects.filter(created_at__lte=timezone.now() - KEPT)[:500])
    for pending in old:
        with transaction.atomic():
            forget(pending)
    return len(old)


def _read(data: bytes) -> _Found:
    text = decoded(data)
    kind: Kind = "vcard" if cards.is_card(text) else "csv"
    contacts: list[ContactData] = []
    refused: list[Refusal] = []
    for line in counted(cards.read(text) if kind == "vcard" else tables.read(text)):
        if line.problem:
            refused.append(Refusal(line.number, "", line.problem))
            continue
        try:
            contacts.append(contact_of_line(line.typed))
        except BadContact as error:
            field, reason = next(iter(error.problems.items()))
            refused.append(Refusal(line.number, field, reason))
    return _Found(kind, contacts, refused)


def _preview(import_id: uuid.UUID, found: _Found, new: Sequence[ContactData]) -> ImportPreview:
    return ImportPreview(
        id=import_id,
        kind=found.kind,
        new=len(new),
        known=len(found.contacts) - len(new),
        refused=found.refused,
        samples=new[:SAMPLES],
    )


def _unknown(book: QuerySet[Contact], contacts: Sequence[ContactData]) -> Iterator[ContactData]:
    """Yield the contacts that are neither in the book nor earlier among these."""
    seen: set[tuple[str, str]] = set()
    for start in range(0, len(contacts), BATCH):
        batch = contacts[start : start + BATCH]
        rows = book.filter(name_key__in={name_key(data) for data in batch})
        seen |= {mark for one in rows for mark in marks_of(data_of(one))}
        for data in batch:
            marks = marks_of(data)
            if not marks & seen:
                yield data
            seen |= marks


def _pending(
    person: accounts.Person, firm: accounts.Firm, import_id: uuid.UUID, *, lock: bool = False
) -> PendingImport:
    rows = PendingImport.objects.select_for_update() if lock else PendingImport.objects.all()
    pending = rows.filter(pk=import_id, firm_id=firm.pk, person_id=person.pk).first()
    if pending is None:
        raise NotFound(kind="import")
    return pending
