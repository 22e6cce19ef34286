"""Rows of cells that somebody brings or pastes: what spreadsheets write, read with care and bounded."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from paraphe.platform.envelopes.errors import BadTable

MOST_OCTETS: Final = 1_000_000
MOST_LINES: Final = 1_000
LONGEST_CELL: Final = 500
#: What is known of a person, and the words for it, folded.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "given_name": ("prenom", "given name", "first name", "prenoms"),
    "family_name": ("nom", "family name", "last name", "nom de famille"),
    "email": ("e mail", "email", "mail", "courriel", "adresse e mail"),
    "mobile": ("mobile", "telephone", "portable", "telephone mobile", "phone"),
    "locale": ("langue", "language"),
}
HEADINGS: Final = {"given_name": "Prénom", "family_name": "Nom", "email": "E-mail", "mobile": "Mobile"}
LANGUAGES: Final = {"": "", "fr": "fr", "francais": "fr", "french": "fr", "en": "en", "anglais": "en", "english": "en"}


def rows_of(data: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows that hold something, each with its number, from 1.

    UTF-8, UTF-16 with its mark, or Windows Latin-1; semicolons, commas or tabs. Raises BadTable: ``octets``,
    ``lines``, ``quotes``.
    """
    if len(data) > MOST_OCTETS:
        raise BadTable(reason="octets", limit=MOST_OCTETS)
    text = text_of(data)
    delimiter = max(";,\t", key=text.split("\n", 1)[0].count)
    try:
        read = list(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1))
    except csv.Error:
        raise BadTable(reason="quotes") from None
    found = [(number, row) for number, row in read if any(cell.strip() for cell in row)]
    if len(found) - 1 > MOST_LINES:
        raise BadTable(reason="lines", limit=MOST_LINES)
    return found


def cell(row: Sequence[str], place: int | None) -> str:
    """Return what stands at ``place`` of a row, empty where nothing does."""
    return row[place].strip()[:LONGEST_CELL] if place is not None and place < len(row) else ""


def language(text: str) -> str:
    """Return the language that somebody wrote into a cell; what is none is refused later, with its line."""
    return LANGUAGES.get(folded(text), "?")


def folded(text: str) -> str:
    """Return the words of ``text`` without case, accents and signs, as headings are compared."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join("".join(kept).split())


def written(headings: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> str:
    """Return a table as French spreadsheets read it; no cell begins a formula."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerows([_harmless(one) for one in row] for row in (headings, *rows))
    # A spreadsheet takes UTF-8 only where this mark says so.
    return "\ufeff" + target.getvalue()


def _harmless(text: str) -> str:
    return (
        f"'{text}" if text.startswith(("=", "@", "\t", "\r")) or (text[:1] in "+-" and not _is_number(text)) else text
    )


def _is_number(text: str) -> bool:
    return not text or text[1:].replace(" ", "").isdecimal()


def text_of(data: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, or what spreadsheets in France write."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace").replace("\0", "")
    try:
        return data.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        # Latin-1 with the euro sign and the œ of Windows.
        return data.decode("cp1252", errors="replace").replace("\0", "")
