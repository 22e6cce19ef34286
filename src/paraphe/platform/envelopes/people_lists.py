"""Many people for one collection at once: pasted or brought as a table, or ticked in the address book."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import access, rules, sheets
from paraphe.platform.envelopes.errors import BadRecipient, BadTable, NotReady, TooMany
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.envelopes.recipients import contact_typed, data_of, write
from paraphe.platform.envelopes.values import Problem, RecipientData

#: What stands in a column for what is asked of somebody, folded.
ROLE_WORDS: Final[Mapping[str, str]] = {
    "signe": "signer", "signataire": "signer", "signs": "signer", "signer": "signer",
    "approuve": "approver", "approbateur": "approver", "approves": "approver", "approver": "approver",
    "copie": "copy", "en copie": "copy", "copy": "copy",
}  # fmt: skip
ROLE_COLUMN: Final = ("role", "demande")
#: The columns of a table whose first line does not name them.
USUAL: Final = ("given_name", "family_name", "email", "mobile")


@dataclass(frozen=True)
class PersonLine:
    """One person of a list: as typed, as he would be kept, and what is wrong: a reason for each field.

    ``there`` under the empty name: he is in the collection already, or in a line before.
    """

    number: int
    typed: Mapping[str, str]
    person: RecipientData | None
    problems: Mapping[str, str]

    @property
    def name(self) -> str:
        """Return who was typed, as people read it."""
        names = " ".join(self.typed[one] for one in ("given_name", "family_name") if self.typed.get(one))
        return names or self.typed.get("email", "")


def read_people(
    person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, data: bytes, role: str
) -> Sequence[PersonLine]:
    """Return the people that a list names, with everything that is wrong, without adding anybody.

    ``role`` is what is asked of those whose line says nothing of it. Raises NotFound, MayNot, WrongState; BadTable:
    ``empty``, ``octets``, ``lines``, ``quotes``.
    """
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
    return _read(envelope, firm, data, role)


def add_people(
    *,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    data: bytes,
    role: str = "signer",
    together: bool = True,
) -> int:
    """Add everybody whom a list names, after those who are there: all in one step, or one after the other.

    Return how many. Raises as ``read_people``, and TooMany; NotReady where anything is wrong: nobody is added then.
    """
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        lines = _read(envelope, firm, data, role)
        people = [one.person for one in lines if one.person is not None]
        if wrong := [one.number for one in lines if one.problems]:
            raise NotReady([Problem("line", params={"line": number}) for number in wrong])
        return _add(envelope, people, together=together)


def add_contacts(
    *,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    contact_ids: Sequence[uuid.UUID],
    role: str = "signer",
    together: bool = True,
) -> int:
    """Add contacts of the firm who are not there yet; return how many.

    Raises NotFound, MayNot, WrongState, TooMany; BadRecipient for one who cannot be kept: nobody is added then.
    """
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        there = _keys(envelope)
        people = []
        for contact_id in dict.fromkeys(contact_ids):
            found = data_of(envelope, firm, {"level": envelope.level, **contact_typed(person, firm, contact_id, role)})
            if _key(found) not in there:
                there.add(_key(found))
                people.append(found)
        return _add(envelope, people, together=together)


def _read(envelope: Envelope, firm: accounts.Firm, data: bytes, role: str) -> list[PersonLine]:
    rows = sheets.rows_of(data)
    places = _places(rows[0][1]) if rows else {}
    if places:
        rows = rows[1:]
    if not rows:
        raise BadTable(reason="empty")
    places = places or {name: place for place, name in enumerate(USUAL)}
    there, lines = _keys(envelope), []
    for number, row in rows:
        line = _line(envelope, firm, number, {name: sheets.cell(row, place) for name, place in places.items()}, role)
        if line.person is not None and _key(line.person) in there:
            line = PersonLine(number, line.typed, None, {"": "there"})
        elif line.person is not None:
            there.add(_key(line.person))
        lines.append(line)
    return lines


def _line(envelope: Envelope, firm: accounts.Firm, number: int, typed: Mapping[str, str], role: str) -> PersonLine:
    asked = ROLE_WORDS.get(sheets.folded(typed["role"]), "?") if typed.get("role") else role
    language = sheets.language(typed.get("locale", "")) or envelope.locale
    kept = {"role": asked, "locale": language, "level": envelope.level}
    try:
        found = data_of(envelope, firm, {**typed, **kept})
    except BadRecipient as error:
        return PersonLine(number, typed, None, error.problems)
    needed = {"email": found.email}
    if found.role != "copy":
        needed |= {"given_name": found.given_name, "family_name": found.family_name}
    missing = {name: "missing" for name, value in needed.items() if not value}
    return PersonLine(number, typed, None if missing else found, missing)


def _places(heading: Sequence[str]) -> dict[str, int]:
    """Return where each column stands, nothing where the first line names none: it is a person then."""
    found: dict[str, int] = {}
    for place, cell in enumerate(heading):
        word = sheets.folded(cell)
        name = next((one for one, words in sheets.COLUMNS.items() if word in words), "")
        name = name or ("role" if word in ROLE_COLUMN else "")
        if name:
            found.setdefault(name, place)
    return found if "email" in found else {}


def _keys(envelope: Envelope) -> set[tuple[str, str]]:
    names = envelope.recipients.values_list("email", "given_name", "family_name")
    return {(email, sheets.folded(f"{given} {family}")) for email, given, family in names}


def _key(data: RecipientData) -> tuple[str, str]:
    return data.email, sheets.folded(f"{data.given_name} {data.family_name}")


def _add(envelope: Envelope, people: Sequence[RecipientData], *, together: bool) -> int:
    there = envelope.recipients.count()
    if there + len(people) > settings.MOST_RECIPIENTS:
        raise TooMany(what="recipients", limit=settings.MOST_RECIPIENTS)
    step = (envelope.recipients.aggregate(step=Max("step"))["step"] or 0) + 1
    made = []
    for number, data in enumerate(people):
        row = Recipient(
            envelope=envelope,
            step=step if together else step + number,
            position=number if together else 0,
            colour=(there + number) % rules.COLOURS,
        )
        write(row, data)
        made.append(row)
    Recipient.objects.bulk_create(made)
    access.touch(envelope)
    return len(made)
