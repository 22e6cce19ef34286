"""What check digits cannot see: characters whose values differ by a multiple of ten."""

from itertools import product

from paraphe.proofing.mrz.checks import verify
from paraphe.proofing.mrz.formats import Format

#: Characters that readers of OCR-B take for each other, each way.
LOOK_ALIKES: dict[str, str] = {
    "0": "ODQU",
    "O": "0DQ",
    "D": "0O",
    "Q": "0O",
    "1": "IL",
    "I": "1L",
    "L": "1I",
    "2": "Z",
    "Z": "2",
    "5": "S",
    "S": "58",
    "8": "BS",
    "B": "8",
    "6": "G",
    "G": "6",
    "4": "A",
    "A": "4",
    "7": "T",
    "T": "7",
    "U": "V0",
    "V": "U",
    "K": "X<",
    "X": "K",
    "<": "K",
}
_FOLDED = str.maketrans({"O": "0", "G": "6", "S": "8", "L": "1", "U": "0", "P": "5", "K": "<", "A": "<"})


def fold(number: str) -> str:
    """Return ``number`` with each blind pair made one: two numbers that fold alike may be one, read differently."""
    return number.translate(_FOLDED).replace("<", "")


def other_number(format_: Format, lines: tuple[str, ...]) -> str | None:
    """Return another number with which all check digits are as right, some zeros being letters O or the reverse.

    No reader tells these two apart in OCR-B. One exchange changes the check digit, but two may not: 00 under the
    weights 7 and 3 weighs the same as OO. None when there is no such number, or where the format leaves no choice.
    Raises MrzMalformed.
    """
    line, first, last = format_.fields["number"]
    number = lines[line][first:last]
    choices = [
        character
        if character not in "0O"
        else "".join(sign for sign in "0O" if sign in format_.allowed(line, first + place))
        for place, character in enumerate(number)
    ]
    right = [check.right for check in verify(format_, lines)]
    for signs in product(*choices):
        other = "".join(signs)
        if other == number:
            continue
        changed = (*lines[:line], lines[line][:first] + other + lines[line][last:], *lines[line + 1 :])
        if [check.right for check in verify(format_, changed)] == right:
            return other.rstrip("<")
    return None
