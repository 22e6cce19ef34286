"""From what two readers saw of a zone to what it says, and how sure that is."""

from dataclasses import dataclass
from datetime import date

from paraphe.proofing.mrz.api import (
    FORMATS,
    MrzData,
    Repair,
    fitted,
    format_of,
    other_number,
    parse,
    refined,
    repair,
    verify,
)
from paraphe.proofing.observations import MrzSeen, Observations, Side
from paraphe.proofing.verdict import Difference

#: A difference on a filler or under this confidence of the line reader is still a difference; nothing is excused.
Lines = tuple[str, ...]


@dataclass(frozen=True)
class ZoneReading:
    """The zone of a document.

    ``lines`` are the line reader's (after at most one repair), or the page reader's where only it saw a zone.
    ``page_lines`` are empty where it saw none, or none of this format.
    """

    side: Side
    format: str
    lines: Lines
    page_lines: Lines
    confidences: tuple[tuple[float, ...], ...]
    place: tuple[tuple[float, float], ...] | None
    by_line_reader: bool
    repaired: Repair | None
    data: MrzData

    @property
    def wrong_digits(self) -> tuple[str, ...]:
        """Return the names of the check digits that are not right."""
        return tuple(check.name for check in verify(FORMATS[self.format], self.lines) if not check.right)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Return where the page reader has another character."""
        return tuple(
            Difference(number, column, ours, theirs, self._confidence(number, column))
            for number, (line, other) in enumerate(zip(self.lines, self.page_lines, strict=False))
            for column, (ours, theirs) in enumerate(zip(line, other, strict=True))
            if ours != theirs
        )

    @property
    def other_number(self) -> str:
        """Return another number that the check digits allow as well, or nothing (see ``mrz.other_number``)."""
        format_ = refined(FORMATS[self.format], self.data.issuer, self.data.code)
        return other_number(format_, self.lines) or ""

    @property
    def least_confidence(self) -> float:
        """Return the confidence of the least certain character."""
        return min((value for line in self.confidences for value in line), default=0.0)

    def _confidence(self, line: int, column: int) -> float:
        return self.confidences[line][column] if self.confidences else 0.0


def zones_of(seen: Observations, today: date) -> dict[Side, ZoneReading]:
    """Return the zone on each side that has one."""
    found: dict[Side, ZoneReading] = {}
    for name, side in seen.sides.items():
        reading = _by_both(name, side.mrz, side.page_mrz, today) if side.mrz else _by_page(name, side.page_mrz, today)
        if reading is not None:
            found[name] = reading
    return found


def _by_both(side: Side, zone: MrzSeen, page: Lines, today: date) -> ZoneReading:
    known = parse(zone.format, zone.lines, today)
    format_ = refined(FORMATS[zone.format], known.issuer, known.code)
    page_lines = fitted(format_, page[-len(format_.masks) :]) or ()
    mended = repair(format_, zone.lines)
    lines = mended.lines if mended else zone.lines
    data = parse(zone.format, lines, today)
    return ZoneReading(side, zone.format, lines, page_lines, zone.confidences, zone.place, True, mended, data)


def _by_page(side: Side, page: Lines, today: date) -> ZoneReading | None:
    for count in (3, 2, 1):
        lines = page[-count:]
        name = format_of(lines) if len(lines) == count else None
        shaped = fitted(FORMATS[name], lines) if name else None
        if name and shaped and all(check.right for check in verify(FORMATS[name], shaped)):
            return ZoneReading(side, name, shaped, shaped, (), None, False, None, parse(name, shaped, today))
    return None
