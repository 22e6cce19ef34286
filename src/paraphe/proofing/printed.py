"""Finds in the print what must stand there.

The page reader gives lines, not fields: values are looked for, not labels.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from paraphe.proofing.names import ways_of_writing
from paraphe.proofing.observations import Place, TextLine

__all__ = [
    "Found",
    "PrintedDate",
    "TextLine",
    "dates",
    "distance",
    "find_date",
    "find_name",
    "find_number",
    "issue_and_expiry",
]

_DATE = re.compile(r"(?<!\d)(\d{2})\s?[ ./-]\s?(\d{2})\s?[ ./-]\s?(\d{4})(?!\d)")
_TIGHT_DATE = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)")
_NOT_NUMBER = re.compile(r"[^0-9A-Z]+")
_UNTIL = ("JUSQU", "VALABLE", "EXPIR", "VALID", "FIN DE")
_SINCE = ("DELIVR", "ISSU", "EMISSION", "ETABLI")
#: Letters that make a line worth comparing.
_LEAST_LETTERS = 2


@dataclass(frozen=True)
class PrintedDate:
    """A date in the print, with the line it stands in and the one before, where its label may be."""

    day: date
    label: str
    place: Place


@dataclass(frozen=True)
class Found:
    """Whether a value stands in the print: the line, exactly so, or the nearest thing to it (``exact`` False)."""

    text: str
    exact: bool
    place: Place | None


def dates(lines: Sequence[TextLine]) -> tuple[PrintedDate, ...]:
    """Return every date in the print, day before month as in Europe."""
    found = []
    for number, line in enumerate(lines):
        matches = list(_DATE.finditer(line.text)) or list(_TIGHT_DATE.finditer(line.text.replace(" ", "")))
        for match in matches:
            try:
                day = date(int(match[3]), int(match[2]), int(match[1]))
            except ValueError:
                continue
            before = lines[number - 1].text if number else ""
            found.append(PrintedDate(day, _plain(f"{before} {line.text}"), line.place))
    return tuple(found)


def issue_and_expiry(lines: Sequence[TextLine]) -> tuple[date | None, date | None]:
    """Return when a laminated French card was issued and until when it says to be valid, from its back.

    By their labels; where glare took a label, two dates alone on the back are issue and expiry in this order.
    """
    known = dates(lines)
    until = _labelled(known, lines, _UNTIL)
    since = _labelled(known, lines, _SINCE)
    days = sorted({each.day for each in known})
    if len(days) == 2 and (until is None or since is None or until == since):
        return days[0], days[1]
    return since, until


def find_name(lines: Sequence[TextLine], name: str, *, cut: bool = False) -> Found:
    """Return whether ``name`` (capitals of a zone) stands in the print, in any of the ways of writing it.

    A line may have a label before the name and other names after it. With ``cut`` the name may go on in print.
    """
    wanted = name.replace(" ", "")
    best: tuple[int, Found] | None = None
    for line in lines:
        for text in ways_of_writing(line.text):
            if len(text.replace(" ", "")) < _LEAST_LETTERS:
                continue
            if _stands_in(wanted, text, cut=cut):
                return Found(line.text, exact=True, place=line.place)
            off = distance(wanted, text.replace(" ", ""))
            if best is None or off < best[0]:
                best = (off, Found(line.text, exact=False, place=line.place))
    near = best is not None and best[0] <= max(2, len(wanted) // 2)
    return best[1] if best is not None and near else Found("", exact=False, place=None)


def find_date(lines: Sequence[TextLine], day: date) -> Found:
    """Return whether ``day`` stands in the print; else the nearest date that may be meant for it."""
    known = dates(lines)
    for each in known:
        if each.day == day:
            return Found(day.isoformat(), exact=True, place=each.place)
    alike = [each for each in known if _digits_apart(each.day, day) <= 2]
    if not alike:
        return Found("", exact=False, place=None)
    nearest = min(alike, key=lambda each: _digits_apart(each.day, day))
    return Found(nearest.day.isoformat(), exact=False, place=nearest.place)


def _digits_apart(first: date, second: date) -> int:
    pairs = zip(first.isoformat(), second.isoformat(), strict=True)
    return sum(one != other for one, other in pairs)


def find_number(lines: Sequence[TextLine], number: str) -> Found:
    """Return whether a document number stands in the print; letter O and digit 0 are one sign in most typefaces."""
    wanted = _number(number)
    best: tuple[int, Found] | None = None
    for line in lines:
        text = _number(line.text)
        if wanted in text:
            return Found(line.text, exact=True, place=line.place)
        if abs(len(text) - len(wanted)) <= 6:
            off = distance(wanted, text)
            if best is None or off < best[0]:
                best = (off, Found(line.text, exact=False, place=line.place))
    return best[1] if best is not None and best[0] <= 3 else Found("", exact=False, place=None)


def distance(first: str, second: str) -> int:
    """Return how many letters have to be changed, added or left out to make one of the other (Levenshtein)."""
    row = list(range(len(second) + 1))
    for place, letter in enumerate(first, 1):
        before, row[0] = row[0], place
        for column, other in enumerate(second, 1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (letter != other))
    return row[-1]


def _stands_in(wanted: str, text: str, *, cut: bool) -> bool:
    """Tell whether ``wanted`` is a run of whole words of ``text``, or with ``cut`` the beginning of one."""
    words = text.split()
    for start in range(len(words)):
        joined = ""
        for word in words[start:]:
            joined += word
            if joined == wanted or (cut and joined.startswith(wanted)):
                return True
            if len(joined) >= len(wanted):
                break
    return False


def _labelled(known: Sequence[PrintedDate], lines: Sequence[TextLine], words: tuple[str, ...]) -> date | None:
    own = [each.day for each in known if any(word in _plain(_line_at(lines, each.place)) for word in words)]
    if len(set(own)) == 1:
        return own[0]
    beside = [each.day for each in known if any(word in each.label for word in words)]
    return beside[0] if len(set(beside)) == 1 else None


def _line_at(lines: Sequence[TextLine], place: Place) -> str:
    return next((line.text for line in lines if line.place == place), "")


def _plain(text: str) -> str:
    return next(iter(ways_of_writing(text)), "")


def _number(text: str) -> str:
    return _NOT_NUMBER.sub("", text.upper()).replace("O", "0")
