"""A table of people, one collection a line: read with care, every problem told with its line."""

import dataclasses
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from paraphe.platform.envelopes import rules, sheets
from paraphe.platform.envelopes.errors import BadRecipient, BadTable
from paraphe.platform.envelopes.queries import RecipientView
from paraphe.platform.envelopes.values import RecipientData

TITLE: Final = ("titre", "title", "intitule")


@dataclass(frozen=True)
class LineProblem:
    """What is wrong in one line: in a cell of a role, or (``field`` empty) in the line as a whole, and why."""

    line: int
    role: str
    field: str
    reason: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Seat:
    """Who takes one role in a line: as typed, and as it would be kept where nothing is wrong with it."""

    role: RecipientView
    typed: Mapping[str, str]
    person: RecipientData | None
    problems: Sequence[LineProblem] = ()

    @property
    def name(self) -> str:
        """Return who was typed, as people read it."""
        return " ".join(self.typed[one] for one in ("given_name", "family_name") if self.typed.get(one))


@dataclass(frozen=True)
class Line:
    """One collection: its title (empty for that of the template), and who takes which role."""

    number: int
    title: str
    seats: Sequence[Seat]
    problems: Sequence[LineProblem] = ()

    @property
    def people(self) -> Mapping[uuid.UUID, RecipientData]:
        """Return who takes which role."""
        return {one.role.id: one.person for one in self.seats if one.person is not None}

    @property
    def all_problems(self) -> Sequence[LineProblem]:
        """Return everything that is wrong with this line."""
        return [*self.problems, *(problem for one in self.seats for problem in one.problems)]


@dataclass(frozen=True)
class Table:
    """Everything that a table says, and everything that is wrong with it."""

    lines: Sequence[Line]

    @property
    def problems(self) -> Sequence[LineProblem]:
        """Return everything that is wrong, in the order of lines."""
        return [problem for line in self.lines for problem in line.all_problems]

    @property
    def good(self) -> Sequence[Line]:
        """Return the lines with which nothing is wrong."""
        return [line for line in self.lines if not line.all_problems]

    @property
    def wrong(self) -> Sequence[Line]:
        """Return the lines with which something is wrong."""
        return [line for line in self.lines if line.all_problems]


def read_table(data: bytes, roles: Sequence[RecipientView]) -> Table:
    """Return the collections that ``data`` asks for, its first row naming the columns.

    Raises BadTable: ``empty``, ``octets``, ``lines``, ``quotes``, or ``columns`` with the missing ones as
    ``params["missing"]``.
    """
    rows = sheets.rows_of(data)
    if len(rows) < 2:
        raise BadTable(reason="empty")
    places, title = _places(rows[0][1], roles)
    lines = [_line(number, row, roles, places, title) for number, row in rows[1:]]
    return Table(list(_repeated(lines)))


def headings(roles: Sequence[RecipientView]) -> list[str]:
    """Return the first row of a table for these roles."""
    several = len(roles) > 1
    words = sheets.HEADINGS.values()
    return ["Titre", *(f"{role.name} {word}" if several else word for role in roles for word in words)]


def example(roles: Sequence[RecipientView]) -> str:
    """Return the first line of a table for these roles, as French spreadsheets read it."""
    return sheets.written(headings(roles))


def rewritten(lines: Sequence[Line], roles: Sequence[RecipientView]) -> str:
    """Return some lines of a table as a table of their own, to be corrected and brought again."""
    names = list(sheets.HEADINGS)
    rows = [[line.title, *(seat.typed.get(name, "") for seat in line.seats for name in names)] for line in lines]
    return sheets.written(headings(roles), rows)


Places = Mapping[tuple[uuid.UUID, str], int]


def _line(number: int, row: Sequence[str], roles: Sequence[RecipientView], places: Places, title: int | None) -> Line:
    seats = []
    for role in roles:
        typed = {field: sheets.cell(row, places.get((role.id, field))) for field in sheets.COLUMNS}
        found = _person(typed, role)
        if isinstance(found, RecipientData):
            seats.append(Seat(role, typed, found))
        else:
            told = [LineProblem(number, role.name, name, reason) for name, reason in found.items()]
            seats.append(Seat(role, typed, None, told))
    return Line(number, sheets.cell(row, title)[: rules.LENGTHS["title"]], seats, list(_twice(number, seats)))


def _twice(number: int, seats: Sequence[Seat]) -> Iterator[LineProblem]:
    """Name whoever takes two roles in which something is asked of him: he would be asked twice."""
    seen: set[tuple[str, str]] = set()
    for one in seats:
        if one.person is None or not one.role.acts:
            continue
        key = (one.person.email, sheets.folded(one.person.name))
        if key in seen:
            yield LineProblem(number, one.role.name, "", "twice")
        seen.add(key)


def _repeated(lines: Sequence[Line]) -> Iterator[Line]:
    """Name each line that says the same as one before it: the same people would be asked the same again."""
    first: dict[object, int] = {}
    for line in lines:
        people = tuple((one.person.email, sheets.folded(one.person.name)) for one in line.seats if one.person)
        before = first.setdefault((sheets.folded(line.title), people), line.number)
        if before == line.number or line.all_problems:
            yield line
        else:
            told = LineProblem(line.number, "", "", "repeated", {"before": before})
            yield Line(line.number, line.title, line.seats, [told])


def _person(typed: Mapping[str, str], role: RecipientView) -> RecipientData | dict[str, str]:
    language = sheets.language(typed.get("locale", "")) or role.locale
    kept = {"role": role.role, "level": role.level, "locale": language}
    try:
        found = rules.recipient_of({**typed, **kept})
    except BadRecipient as error:
        return error.problems
    needed = {"email": found.email}
    if role.acts:
        needed |= {"given_name": found.given_name, "family_name": found.family_name}
    missing = {name: "missing" for name, value in needed.items() if not value}
    return missing or found


def _places(
    heading: Sequence[str], roles: Sequence[RecipientView]
) -> tuple[dict[tuple[uuid.UUID, str], int], int | None]:
    folded = [sheets.folded(one) for one in heading]
    places: dict[tuple[uuid.UUID, str], int] = {}
    for role in roles:
        for name, words in sheets.COLUMNS.items():
            names = [f"{sheets.folded(role.name)} {word}" for word in words]
            names += words if len(roles) == 1 else ()
            place = next((number for number, one in enumerate(folded) if one in names), None)
            if place is not None:
                places[role.id, name] = place
    needed = [(role, name) for role in roles for name in sheets.HEADINGS if name != "mobile"]
    missing = [f"{role.name} {sheets.HEADINGS[name]}" for role, name in needed if (role.id, name) not in places]
    if missing:
        raise BadTable(reason="columns", missing=missing)
    return places, next((number for number, one in enumerate(folded) if one in TITLE), None)
