"""A table of people, one collection a line: read with care, every problem told with its line."""

import csv
import io
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from paraphe.platform.envelopes import rules
from paraphe.platform.envelopes.errors import BadRecipient, BadTable
from paraphe.platform.envelopes.queries import RecipientView
from paraphe.platform.envelopes.values import RecipientData

MOST_OCTETS: Final = 1_000_000
MOST_LINES: Final = 500
LONGEST_CELL: Final = 500
#: The columns of a role, and other words for them, folded.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "given_name": ("prenom", "given name", "first name", "prenoms"),
    "family_name": ("nom", "family name", "last name", "nom de famille"),
    "email": ("e mail", "email", "mail", "courriel", "adresse e mail"),
    "mobile": ("mobile", "telephone", "portable", "telephone mobile", "phone"),
}
HEADINGS: Final = {"given_name": "Prénom", "family_name": "Nom", "email": "E-mail", "mobile": "Mobile"}
TITLE: Final = ("titre", "title", "intitule")


@dataclass(frozen=True)
class LineProblem:
    """What is wrong in one cell: the role, the field, and why."""

    line: int
    role: str
    field: str
    reason: str


@dataclass(frozen=True)
class Line:
    """One collection: its title (empty for that of the template), and who takes which role."""

    number: int
    title: str
    people: Mapping[uuid.UUID, RecipientData]


@dataclass(frozen=True)
class Table:
    """Everything that a table says, and everything that is wrong with it."""

    lines: Sequence[Line]
    problems: Sequence[LineProblem]


def read_table(data: bytes, roles: Sequence[RecipientView]) -> Table:
    """Return the collections that ``data`` asks for. UTF-8 or Latin-1; semicolons, commas or tabs.

    Raises BadTable: ``empty``, ``octets``, ``lines``, or ``columns`` with the missing ones as ``params["missing"]``.
    """
    if len(data) > MOST_OCTETS:
        raise BadTable(reason="octets", limit=MOST_OCTETS)
    rows = _rows(_text(data))
    if len(rows) < 2:
        raise BadTable(reason="empty")
    if len(rows) - 1 > MOST_LINES:
        raise BadTable(reason="lines", limit=MOST_LINES)
    places, title = _places(rows[0][1], roles)
    lines, problems = [], list[LineProblem]()
    for number, row in rows[1:]:
        people: dict[uuid.UUID, RecipientData] = {}
        for role in roles:
            typed = {field: _cell(row, place) for (one, field), place in places.items() if one == role.id}
            found = _person(typed, role)
            if isinstance(found, RecipientData):
                people[role.id] = found
            else:
                problems += [LineProblem(number, role.name, field, reason) for field, reason in found.items()]
        lines.append(Line(number, _cell(row, title)[: rules.LENGTHS["title"]], people))
    return Table(lines, problems)


def example(roles: Sequence[RecipientView]) -> str:
    """Return the first line of a table for these roles, as French spreadsheets read it."""
    several = len(roles) > 1
    headings = [f"{role.name} {word}" if several else word for role in roles for word in HEADINGS.values()]
    target = io.StringIO()
    csv.writer(target, delimiter=";", lineterminator="\r\n").writerow(["Titre", *headings])
    # A spreadsheet takes UTF-8 only where this mark says so.
    return "\ufeff" + target.getvalue()


def _person(typed: Mapping[str, str], role: RecipientView) -> RecipientData | dict[str, str]:
    kept = {"role": role.role, "level": role.level, "locale": role.locale}
    try:
        found = rules.recipient_of({**typed, **kept})
    except BadRecipient as error:
        return error.problems
    needed = {"email": found.email}
    if role.acts:
        needed |= {"given_name": found.given_name, "family_name": found.family_name}
    missing = {field: "missing" for field, value in needed.items() if not value}
    return missing or found


def _places(
    heading: Sequence[str], roles: Sequence[RecipientView]
) -> tuple[dict[tuple[uuid.UUID, str], int], int | None]:
    folded = [_folded(cell) for cell in heading]
    places: dict[tuple[uuid.UUID, str], int] = {}
    for role in roles:
        for field, words in COLUMNS.items():
            names = [f"{_folded(role.name)} {word}" for word in words]
            names += words if len(roles) == 1 else ()
            place = next((number for number, cell in enumerate(folded) if cell in names), None)
            if place is not None:
                places[role.id, field] = place
    needed = [(role, field) for role in roles for field in COLUMNS if field != "mobile"]
    missing = [f"{role.name} {HEADINGS[field]}" for role, field in needed if (role.id, field) not in places]
    if missing:
        raise BadTable(reason="columns", missing=missing)
    return places, next((number for number, cell in enumerate(folded) if cell in TITLE), None)


def _rows(text: str) -> list[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        read = list(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1))
    except csv.Error:
        raise BadTable(reason="quotes") from None
    return [(number, row) for number, row in read if any(cell.strip() for cell in row)]


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets in France write: Latin-1 with the euro sign and the œ of Windows.
        return data.decode("cp1252", errors="replace")


def _cell(row: Sequence[str], place: int | None) -> str:
    return row[place].strip()[:LONGEST_CELL] if place is not None and place < len(row) else ""


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join("".join(kept).split())
