"""Files that people bring, whatever program wrote them, as lines of typed fields. Bytes come from anywhere."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from paraphe.platform.contacts.errors import BadFile

MOST_BYTES: Final = 5_000_000
MOST_LINES: Final = 20_000
ENDS: Final = re.compile(r"\r\n|\r|\n")

Kind = Literal["csv", "vcard"]


@dataclass(frozen=True)
class Line:
    """One contact as it stands in a file: the number of its first line, its fields, or why it cannot be read."""

    number: int
    typed: dict[str, str] = field(default_factory=dict)
    problem: str = ""


def decoded(data: bytes) -> str:
    """Return the text of a file: UTF-8 or UTF-16 as it says itself, else UTF-8, else what Windows wrote.

    Raises BadFile: ``too_large``, ``empty``, ``spreadsheet``.
    """
    if len(data) > MOST_BYTES:
        raise BadFile("too_large", limit=MOST_BYTES)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadFile("spreadsheet")
    text = _decoded(data).removeprefix("\ufeff")
    if not text.strip():
        raise BadFile("empty")
    return text


def typed_text(data: bytes, charset: str = "utf-8") -> str:
    """Return bytes as text in ``charset``, or in the first of UTF-8, Windows-1252 and Latin-1 that can be right."""
    for name in (charset, "utf-8", "cp1252"):
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):
            continue
    return data.decode("latin-1")


def counted(lines: Iterable[Line]) -> list[Line]:
    """Return the lines. Raises BadFile ``too_many`` as soon as there are more than 20,000."""
    found: list[Line] = []
    for line in lines:
        if len(found) == MOST_LINES:
            raise BadFile("too_many", limit=MOST_LINES)
        found.append(line)
    return found


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    return typed_text(data)
