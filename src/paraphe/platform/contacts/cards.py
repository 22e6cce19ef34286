"""Contacts as vCard: reads 2.1, 3.0 and 4.0, writes 3.0, which every address book knows."""

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from paraphe.platform.contacts.reading import ENDS, Line, typed_text
from paraphe.platform.contacts.rules import ContactData

# A group before the name, parameters that may hold a colon in quotation marks, then the value.
PROPERTY: Final = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":])*)?):(.*)', re.DOTALL)
BEGIN: Final = re.compile(r"\s*BEGIN\s*:\s*VCARD", re.IGNORECASE)
# Those that telephones wrote. A file may name others, and some of Python's take very long.
CHARSET: Final = re.compile(r'CHARSET="?(UTF-8|ISO-8859-1|ISO-8859-15|WINDOWS-1252)\b')
ESCAPES: Final = re.compile(r"\\(.)", re.DOTALL)
OCTETS: Final = 75


@dataclass(frozen=True)
class Property:
    """One property of a card: name and parameters in capitals, the value with its escapes."""

    name: str
    parameters: str
    value: str

    def parts(self) -> list[str]:
        """Return the components of a value with semicolons."""
        return [_unescaped(part) for part in re.findall(r"((?:[^;\\]|\\.|\\$)*)(?:;|$)", self.value, re.DOTALL)]

    def text(self) -> str:
        """Return the whole value as text."""
        return _unescaped(self.value)


def is_card(text: str) -> bool:
    """Tell whether this is a vCard rather than a table."""
    return BEGIN.match(text) is not None


def read(text: str) -> Iterator[Line]:
    """Yield the contacts of a file with any number of cards; a card without end is a line with a problem."""
    start = 0
    properties: list[Property] = []
    for number, content in _unfolded(text):
        word = re.sub(r"\s", "", content[:40]).upper()
        if word == "BEGIN:VCARD":
            if start:
                yield Line(start, problem="unfinished_card")
            start, properties = number, []
        elif word == "END:VCARD" and start:
            yield Line(start, _typed(properties))
            start = 0
        elif start and (found := PROPERTY.fullmatch(content)):
            properties.append(_property(found))
    if start:
        yield Line(start, problem="unfinished_card")


def write(contacts: Iterable[ContactData]) -> bytes:
    """Return one card for each contact, in UTF-8, long lines folded."""
    return b"".join(_card(one) for one in contacts)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield logical lines with the number of their first physical one."""
    start, encoded = 0, False
    pieces: list[str] = []
    for number, line in enumerate(ENDS.split(text), 1):
        if pieces and line[:1] in (" ", "\t"):
            pieces.append(line[1:])
        elif encoded and pieces[-1].endswith("="):
            # In vCard 2.1 an encoded value goes on after its own soft break, with no space before it.
            pieces[-1] = pieces[-1][:-1]
            pieces.append(line)
        else:
            if pieces:
                yield start, "".join(pieces)
            start, pieces = number, [line]
            encoded = "QUOTED-PRINTABLE" in line.partition(":")[0].upper()
    if pieces:
        yield start, "".join(pieces)


def _property(found: re.Match[str]) -> Property:
    name, parameters, value = found[1].upper(), found[2].upper(), found[3]
    if "QUOTED-PRINTABLE" in parameters:
        charset = CHARSET.search(parameters)
        octets = quopri.decodestring(value.encode("utf-8", errors="replace"))
        value = typed_text(octets, charset[1] if charset else "utf-8")
    return Property(name, parameters, value)


def _typed(properties: list[Property]) -> dict[str, str]:
    names = next((one.parts() for one in properties if one.name == "N"), [])
    family, given = (*names, "", "")[:2]
    company = ", ".join(
        part for part in next((one.parts() for one in properties if one.name == "ORG"), []) if part.strip()
    )
    full = _first(properties, "FN")
    cells = [one for one in properties if one.name == "TEL" and re.search(r"\b(CELL|IPHONE|MOBILE)\b", one.parameters)]
    return {
        "given_name": given,
        "family_name": family,
        # A card of a company repeats its name here, and a card without any the e-mail.
        "full_name": "" if full == company or "@" in full else full,
        "email": _first(properties, "EMAIL").removeprefix("mailto:"),
        "mobile": _number(_preferred(cells)),
        "phone": _number(_preferred([one for one in properties if one.name == "TEL"])),
        "company": company,
        "language": _first(properties, "LANG"),
        "note": _first(properties, "NOTE"),
    }


def _first(properties: list[Property], name: str) -> str:
    return _preferred([one for one in properties if one.name == name])


def _preferred(properties: list[Property]) -> str:
    found = next((one for one in properties if re.search(r"\bPREF\b", one.parameters)), None)
    return (found or properties[0]).text() if properties else ""


def _number(value: str) -> str:
    """Return a number as people write it: in 4.0 it may be an address of its own, ``tel:+33-6-12;ext=5``."""
    return value[4:].partition(";")[0] if value[:4].lower() == "tel:" else value


def _unescaped(value: str) -> str:
    return ESCAPES.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _escaped(value: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", value).replace("\n", "\\n")


def _card(one: ContactData) -> bytes:
    shown = " ".join(part for part in (one.given_name, one.family_name) if part) or one.company
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{_escaped(one.family_name)};{_escaped(one.given_name)};;;"]
    lines.append(f"FN:{_escaped(shown)}")
    for name, value in (
        ("EMAIL;TYPE=INTERNET", one.email),
        ("TEL;TYPE=CELL", one.mobile),
        ("ORG", one.company),
        ("LANG", one.language),
        ("NOTE", one.note),
    ):
        if value:
            lines.append(f"{name}:{_escaped(value)}")
    lines.append("END:VCARD")
    return b"".join(_folded(line.encode()) for line in lines)


def _folded(line: bytes) -> bytes:
    """Return ``line`` in pieces of at most 75 octets, cut between characters."""
    pieces, room = [], OCTETS
    while len(line) > room:
        cut = room
        while line[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(line[:cut])
        line, room = line[cut:], OCTETS - 1
    return b"\r\n ".join([*pieces, line]) + b"\r\n"
