"""Contacts as CSV, the way spreadsheets and address books write it and as they can read it safely."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Final

from paraphe.platform.contacts.errors import BadFile
from paraphe.platform.contacts.folding import fold
from paraphe.platform.contacts.reading import ENDS, Line
from paraphe.platform.contacts.rules import FIELDS, ContactData

SEPARATORS: Final = (";", ",", "\t")
# What a spreadsheet would take for a formula, behind any number of apostrophes; and what Excel takes for the same.
FORMULA: Final = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
ESCAPED: Final = re.compile(r"'+[=+\-@＝＋－＠\t\r\n]")
HEADERS: Final = {
    "fr": ("Prénom", "Nom", "E-mail", "Mobile", "Société", "Langue", "Note"),
    "en": ("First name", "Last name", "E-mail", "Mobile", "Company", "Language", "Note"),
}
# Column names as they are folded and without anything but letters and digits. ``phone`` is a number of whatever kind;
# ``name`` is the family name beside a column of given names, else the whole one.
COLUMNS: Final = {
    name: field
    for field, names in {
        "given_name": "prenom prenoms firstname givenname given forename",
        "family_name": "nom nomdefamille nomfamille nomusuel nomdusage lastname familyname family surname",
        "name": "name",
        "full_name": "nomcomplet nometprenom nomprenom prenomnom prenometnom fullname displayname nomaffiche contact",
        "email": "email emails mail mel courriel couriel adressemail adresseemail adressecourriel adressedemessagerie "
        "emailaddress email1 email1value adresseelectronique emailprofessionnel emailpro",
        "mobile": "mobile mobiles portable telportable telephoneportable numerodeportable gsm telmobile "
        "telephonemobile mobilephone cell cellphone cellulaire numeromobile mobilenumber mobiletel",
        "phone": "telephone tel phone phonenumber numerodetelephone phone1value telephone1 primaryphone",
        "company": "societe entreprise raisonsociale denomination company companyname organization organisation "
        "organizationname organisationname organization1name client cabinet",
        "language": "langue language lang",
        "note": "note notes commentaire commentaires remarque remarques comment comments observations",
    }.items()
    for name in names.split()
}


def read(text: str) -> Iterator[Line]:
    """Yield the contacts of a table whose first line names its columns, in any order, in French or English.

    Raises BadFile: ``no_columns``, ``unreadable``.
    """
    text, separator = _separator(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    columns: list[str] = []
    before = 0
    try:
        for row in rows:
            number, before = before + 1, rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            if not columns:
                columns = _columns(row)
            elif any(cell.strip() for cell in row[len(columns) :]):
                yield Line(number, problem="too_many_columns")
            else:
                yield Line(number, _typed(columns, row))
    except csv.Error:
        # A quotation mark that is never closed swallows the rest of the file.
        raise BadFile("unreadable", line=before + 1) from None


def write(contacts: Iterable[ContactData], language: str) -> bytes:
    """Return a table that spreadsheets open as it is, and that ``read`` reads back the same.

    The mark at the beginning tells Excel that this is UTF-8; French Excel expects semicolons.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(HEADERS.get(language, HEADERS["fr"]))
    for one in contacts:
        writer.writerow([_harmless(getattr(one, name)) for name in FIELDS])
    return out.getvalue().encode("utf-8-sig")


def _harmless(value: str) -> str:
    """Return ``value`` so that no spreadsheet computes it; an apostrophe at the front is how they mark text."""
    return f"'{value}" if FORMULA.match(value) else value


def _meant(cell: str) -> str:
    return cell[1:] if ESCAPED.match(cell) else cell


def _separator(text: str) -> tuple[str, str]:
    """Return the text without the line ``sep=;`` that Excel knows, and the separator under which columns make sense."""
    first = ENDS.split(text, maxsplit=1)[0]
    told = re.fullmatch(r'"?sep=([;,\t|])"?', first.strip(" "), re.IGNORECASE)
    if told:
        # The line stays, empty: line numbers are those that people see.
        return text[len(first) :], told.group(1)
    head = next((line for line in ENDS.split(text[:20_000]) if line.strip()), "")
    return text, max(SEPARATORS, key=lambda one: sum(bool(_field(cell)) for cell in _cells(head, one)))


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _field(header: str) -> str:
    return COLUMNS.get(re.sub(r"[\W_]", "", fold(header)), "")


def _columns(header: list[str]) -> list[str]:
    """Return the field of each column, empty for columns that are not of a contact; the first of a kind counts."""
    found: list[str] = []
    for cell in header:
        name = _field(cell)
        found.append("" if name in found else name)
    meant = "family_name" if "given_name" in found else "full_name"
    found = [("" if meant in found else meant) if name == "name" else name for name in found]
    if not {"given_name", "family_name", "full_name", "company"} & set(found):
        raise BadFile("no_columns")
    return found


def _typed(columns: list[str], row: list[str]) -> dict[str, str]:
    return {name: _meant(cell) for name, cell in zip(columns, row, strict=False) if name}
