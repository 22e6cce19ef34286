"""What check digits cannot see: characters whose values differ by a multiple of ten."""

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
_FOLDED = str.maketrans({"G": "6", "S": "8", "L": "1", "U": "0", "P": "5", "K": "<", "A": "<"})


def fold(number: str) -> str:
    """Return ``number`` with each blind pair made one: two numbers that fold alike may be one, read differently."""
    return number.translate(_FOLDED).replace("<", "")
