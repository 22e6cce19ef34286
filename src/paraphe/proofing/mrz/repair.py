"""One character taken for its look-alike, when everything says so and nothing else would do."""

from dataclasses import dataclass

from paraphe.proofing.mrz.blind import LOOK_ALIKES
from paraphe.proofing.mrz.checks import verify
from paraphe.proofing.mrz.formats import Format


@dataclass(frozen=True)
class Repair:
    """The lines with the character at ``line`` and ``column`` (from 0) changed; always shown, never silent."""

    lines: tuple[str, ...]
    line: int
    column: int
    before: str
    after: str


def repair(format_: Format, lines: tuple[str, ...]) -> Repair | None:
    """Return the only exchange of look-alikes that makes every check digit right, or None.

    None also when all are right already, and when two exchanges would do: then nobody knows which.
    Raises MrzMalformed.
    """
    if all(check.right for check in verify(format_, lines)):
        return None
    found: list[Repair] = []
    for line, text in enumerate(lines):
        for column, character in enumerate(text):
            for other in LOOK_ALIKES.get(character, ""):
                if other not in format_.allowed(line, column):
                    continue
                changed = (*lines[:line], text[:column] + other + text[column + 1 :], *lines[line + 1 :])
                if all(check.right for check in verify(format_, changed)):
                    found.append(Repair(changed, line, column, character, other))
                    if len(found) > 1:
                        return None
    return found[0] if found else None
