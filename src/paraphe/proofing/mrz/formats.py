"""Layouts: which character may stand where, which digit checks what.

ICAO 9303 part 4 (TD3), part 5 (TD1), part 6 (TD2); the French identity card before 2021 and the French driving licence
have layouts of their own. Places are from 0; a range is a line, a first column and the column after the last.
"""

from dataclasses import dataclass, field, replace

FILLER = "<"
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CLASSES = {
    "d": DIGITS,
    "D": DIGITS + FILLER,
    "a": LETTERS,
    "A": LETTERS + FILLER,
    "s": "MFX" + FILLER,
    "n": DIGITS + LETTERS,
    # The department: 01 to 95, 2A and 2B, 971 and so on.
    "p": DIGITS + "AB" + FILLER,
    "*": DIGITS + LETTERS + FILLER,
}

Range = tuple[int, int, int]


class MrzMalformed(ValueError):
    """The lines do not have the number, the width or the characters of the format."""


@dataclass(frozen=True)
class Digit:
    """One check digit: where it stands, what it covers in this order, whether a filler may stand for it."""

    name: str
    place: tuple[int, int]
    covers: tuple[Range, ...]
    may_be_filler: bool = False


@dataclass(frozen=True)
class Format:
    """A layout.

    ``masks`` has one letter per character: d digit, a letter, s sex, n digit or letter, p department, * any; capitals D
    and A allow a filler too.
    """

    name: str
    masks: tuple[str, ...]
    digits: tuple[Digit, ...]
    fields: dict[str, Range] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Return how many characters a line has."""
        return len(self.masks[0])

    def allowed(self, line: int, column: int) -> str:
        """Return the characters that may stand at this place."""
        return _CLASSES[self.masks[line][column]]

    def checked(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        """Return ``lines`` if they have the shape of this format. Raises MrzMalformed."""
        if len(lines) != len(self.masks) or any(len(line) != self.width for line in lines):
            raise MrzMalformed(self.name)
        if any(character not in _CLASSES["*"] for line in lines for character in line):
            raise MrzMalformed(self.name)
        return lines

    def text(self, lines: tuple[str, ...], name: str) -> str:
        """Return the characters of a field, fillers included; empty when this format has no such field."""
        place = self.fields.get(name)
        return "" if place is None else lines[place[0]][place[1] : place[2]]


_TD1 = Format(
    name="td1",
    masks=("aA" + "aAA" + "*" * 25, "dddddd" + "d" + "s" + "dddddd" + "d" + "aAA" + "*" * 11 + "d", "A" * 30),
    digits=(
        Digit("number", (0, 14), ((0, 5, 14),), may_be_filler=True),
        Digit("birth", (1, 6), ((1, 0, 6),)),
        Digit("expiry", (1, 14), ((1, 8, 14),)),
        Digit("composite", (1, 29), ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29))),
    ),
    fields={
        "code": (0, 0, 2),
        "issuer": (0, 2, 5),
        "number": (0, 5, 14),
        "optional": (0, 15, 30),
        "birth": (1, 0, 6),
        "sex": (1, 7, 8),
        "expiry": (1, 8, 14),
        "nationality": (1, 15, 18),
        "optional2": (1, 18, 29),
        "names": (2, 0, 30),
    },
)


def _two_lines(name: str, width: int, *, personal: bool) -> Format:
    end = width - 1
    digits = [
        Digit("number", (1, 9), ((1, 0, 9),)),
        Digit("birth", (1, 19), ((1, 13, 19),)),
        Digit("expiry", (1, 27), ((1, 21, 27),)),
        Digit("composite", (1, end), ((1, 0, 10), (1, 13, 20), (1, 21, end))),
    ]
    if personal:
        digits.insert(3, Digit("personal", (1, 42), ((1, 28, 42),), may_be_filler=True))
    tail = "*" * 14 + "D" + "d" if personal else "*" * 7 + "d"
    return Format(
        name=name,
        masks=("aA" + "aAA" + "A" * (width - 5), "*" * 9 + "d" + "aAA" + "dddddd" + "d" + "s" + "dddddd" + "d" + tail),
        digits=tuple(digits),
        fields={
            "code": (0, 0, 2),
            "issuer": (0, 2, 5),
            "names": (0, 5, width),
            "number": (1, 0, 9),
            "nationality": (1, 10, 13),
            "birth": (1, 13, 19),
            "sex": (1, 20, 21),
            "expiry": (1, 21, 27),
            "optional": (1, 28, 42 if personal else 35),
        },
    )


#: The French identity card before 2021: its composite digit covers the whole zone, its zone has no expiry.
_FR1988 = Format(
    name="fr1988",
    masks=("aa" + "aaa" + "A" * 25 + "*" * 6, "dddd" + "ppp" + "ddddd" + "d" + "A" * 14 + "dddddd" + "d" + "s" + "d"),
    digits=(
        Digit("number", (1, 12), ((1, 0, 12),)),
        Digit("birth", (1, 33), ((1, 27, 33),)),
        Digit("composite", (1, 35), ((0, 0, 36), (1, 0, 35))),
    ),
    fields={
        "code": (0, 0, 2),
        "issuer": (0, 2, 5),
        "surname": (0, 5, 30),
        "number": (1, 0, 12),
        "issued": (1, 0, 4),
        "given_names": (1, 13, 27),
        "birth": (1, 27, 33),
        "sex": (1, 34, 35),
    },
)

#: The French driving licence of 2013: one line, neither birth date nor given names.
_LICENCE = Format(
    name="licence",
    masks=("ad" + "aaa" + "ddaaddddd" + "d" + "dddddd" + "A" * 8 + "d",),
    digits=(
        Digit("number", (0, 14), ((0, 0, 14),)),
        Digit("composite", (0, 29), ((0, 0, 29),)),
    ),
    fields={
        "code": (0, 0, 2),
        "issuer": (0, 2, 5),
        "number": (0, 5, 14),
        "expiry": (0, 15, 21),
        "surname": (0, 21, 29),
    },
)

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (_TD1, _two_lines("td2", 36, personal=False), _two_lines("td3", 44, personal=True), _FR1988, _LICENCE)
}


def refined(format_: Format, issuer: str, code: str) -> Format:
    """Return ``format_`` with what is known of documents of this issuer: where letters stand in their numbers.

    French passports are numbered ``99AA99999``; the other French numbers mix letters and digits without a pattern.
    """
    if format_.name == "td3" and issuer == "FRA" and code.startswith("P"):
        first, second = format_.masks
        return replace(format_, masks=(first, "ddaaddddd" + second[9:]))
    return format_
