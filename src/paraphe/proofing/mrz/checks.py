"""Check digits (ICAO 9303-3 §4.9): weights 7, 3, 1; letters count from 10, fillers 0; the sum modulo 10."""

from dataclasses import dataclass

from paraphe.proofing.mrz.formats import FILLER, Digit, Format

_VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {FILLER: 0}
_WEIGHTS = (7, 3, 1)


@dataclass(frozen=True)
class DigitCheck:
    """Whether the check digit ``name`` is right."""

    name: str
    right: bool


def check_digit(text: str) -> str:
    """Return the check digit of ``text``. Raises KeyError for a character that cannot stand in a zone."""
    return str(sum(_VALUES[character] * _WEIGHTS[place % 3] for place, character in enumerate(text)) % 10)


def verify(format_: Format, lines: tuple[str, ...]) -> tuple[DigitCheck, ...]:
    """Return how each check digit of ``lines`` does. Raises MrzMalformed when they do not have the shape."""
    format_.checked(lines)
    return tuple(DigitCheck(digit.name, _right(format_, digit, lines)) for digit in format_.digits)


def _right(format_: Format, digit: Digit, lines: tuple[str, ...]) -> bool:
    found = lines[digit.place[0]][digit.place[1]]
    covered = "".join(lines[line][first:last] for line, first, last in digit.covers)
    if found == FILLER and digit.may_be_filler:
        return _long_number_right(lines) if format_.name == "td1" else not covered.strip(FILLER)
    return found == check_digit(covered)


def _long_number_right(lines: tuple[str, ...]) -> bool:
    """Tell whether a number of more than nine characters is right (ICAO 9303-5 §4.2.4).

    It goes on in the optional field, its digit at its end. Belgium counts the filler between the
    two parts, others do not.
    """
    rest = lines[0][15:30].split(FILLER, 1)[0]
    if len(rest) < 2:
        return False
    number, found = lines[0][5:14], rest[-1]
    return found in (check_digit(number + rest[:-1]), check_digit(number + FILLER + rest[:-1]))
