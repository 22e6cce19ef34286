"""Brings what a reader of whole pages saw to the shape of a zone."""

import re

from paraphe.proofing.mrz.formats import DIGITS, FILLER, Format

#: Surplus or missing characters that fillers may explain.
MOST_OFF = 3
_NOT_IN_ZONE = re.compile(r"[^0-9A-Z<]")
#: Signs of other scripts that have the shape of a capital or a filler: readers of many languages confuse them.
HOMOGLYPHS: dict[str, str] = {
    FILLER: "《〈«‹＜≤く",
    "A": "ΑА",
    "B": "ΒВ",
    "C": "С",
    "E": "ΕЕ",
    "H": "ΗН",
    "I": "ΙІ",
    "K": "ΚК",
    "M": "ΜМ",
    "N": "Ν",
    "O": "ΟО",
    "P": "ΡР",
    "S": "Ѕ",
    "T": "ΤТ",
    "X": "ΧХ",
    "Y": "ΥУ",
    "Z": "Ζ",
}
_PLAIN = str.maketrans({sign: letter for letter, signs in HOMOGLYPHS.items() for sign in signs})
_DIGIT_FOR = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8", "G": "6"})
_LETTER_FOR = str.maketrans({"0": "O", "1": "I", "2": "Z", "5": "S", "8": "B", "6": "G"})


def normalised(text: str) -> str:
    """Return ``text`` with only characters of a zone; other signs of the same shape as a filler become fillers."""
    return _NOT_IN_ZONE.sub("", text.upper().translate(_PLAIN))


def fitted(format_: Format, lines: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return normalised ``lines`` in the shape of ``format_``, or None when that cannot be done.

    Fillers are added to the longest run of them or taken away there; where a digit (or a letter) must stand, a
    look-alike of one becomes it.
    """
    if len(lines) != len(format_.masks):
        return None
    fitting = []
    for number, line in enumerate(lines):
        wide = _widened(line, format_.width)
        if wide is None:
            return None
        fitting.append("".join(_classed(format_, number, column, letter) for column, letter in enumerate(wide)))
    return tuple(fitting)


def format_of(lines: tuple[str, ...]) -> str | None:
    """Return the name of the format that ``lines`` have by number, width and beginning, or None."""
    if not lines:
        return None
    widest = max(len(line) for line in lines)
    if len(lines) == 1:
        return "licence" if lines[0].startswith("D") and abs(widest - 30) <= MOST_OFF else None
    if len(lines) == 3:
        return "td1" if abs(widest - 30) <= MOST_OFF else None
    if abs(widest - 44) <= MOST_OFF:
        return "td3"
    if abs(widest - 36) <= MOST_OFF:
        # No other zone of this width begins so: the code of two letters leaves no room for a filler.
        return "fr1988" if lines[0][:5] == "IDFRA" else "td2"
    return None


def _widened(line: str, width: int) -> str | None:
    off = width - len(line)
    if off == 0:
        return line
    if abs(off) > MOST_OFF:
        return None
    runs = list(re.finditer(r"<+", line))
    if not runs:
        return None
    longest = max(runs, key=lambda run: (len(run.group()), run.start()))
    if off < 0:
        return line[: longest.start()] + line[longest.start() - off :] if len(longest.group()) > -off else None
    return line[: longest.end()] + FILLER * off + line[longest.end() :]


def _classed(format_: Format, line: int, column: int, letter: str) -> str:
    allowed = format_.allowed(line, column)
    if letter in allowed:
        return letter
    other = letter.translate(_DIGIT_FOR if set(allowed) & set(DIGITS) else _LETTER_FOR)
    return other if other in allowed else letter
