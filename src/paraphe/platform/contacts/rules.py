"""Decisions about contacts, as pure functions."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from paraphe.kernel.phones import BadMobile, mobile_number
from paraphe.platform.contacts.errors import BadContact
from paraphe.platform.contacts.folding import fold, key

LANGUAGES: Final = ("fr", "en")
LENGTHS: Final = {
    "given_name": 100,
    "family_name": 100,
    "email": 254,
    "mobile": 40,
    "company": 200,
    "language": 40,
    "note": 1000,
}
RIGHTS: Final = frozenset({"prepare", "launch", "sign"})
DIGITS_TYPED: Final = re.compile(r"[\s\d+().\-–/]*")
# Without these some scripts and pictures are written wrongly; every other invisible character goes.
JOINERS: Final = "\u200c\u200d"
MOST_WORDS: Final = 10


@dataclass(frozen=True)
class ContactData:
    """What a firm writes about a contact; ``mobile`` is E.164, ``email`` lower case, ``language`` ``fr`` or ``en``."""

    given_name: str = ""
    family_name: str = ""
    email: str = ""
    mobile: str = ""
    company: str = ""
    language: str = "fr"
    note: str = ""


FIELDS: Final = tuple(field.name for field in fields(ContactData))


def contact_of(typed: Mapping[str, str]) -> ContactData:
    """Return what was typed, in the form in which it is kept. Raises BadContact with every problem there is.

    Reasons: ``nameless``, ``too_long``, ``bad_email``, ``bad_language``, and those of ``mobile_number``.
    """
    found = {name: clean(typed.get(name, ""), lines=name == "note") for name in FIELDS}
    problems = {name: "too_long" for name in FIELDS if len(found[name]) > LENGTHS[name]}
    if not (found["given_name"] or found["family_name"] or found["company"]):
        problems.setdefault("family_name", "nameless")
    if "email" not in problems:
        found["email"] = found["email"].lower()
        if found["email"] and not _is_email(found["email"]):
            problems["email"] = "bad_email"
    if found["mobile"] and "mobile" not in problems:
        try:
            found["mobile"] = mobile_number(found["mobile"])
        except BadMobile as error:
            problems["mobile"] = str(error.params["reason"])
    if "language" not in problems:
        found["language"] = language_of(found["language"])
        if not found["language"]:
            problems["language"] = "bad_language"
    if problems:
        raise BadContact(problems)
    return ContactData(**found)


def contact_of_line(typed: Mapping[str, str]) -> ContactData:
    """Return a contact as a file has it. Raises BadContact, see ``contact_of``.

    ``full_name`` is taken apart where there is no other name: what stands in capitals is the family name, else all but
    the first word. ``phone`` may be any number: it counts only when it is a mobile and no other is given.
    """
    found = dict(typed)
    if not (found.get("given_name", "").strip() or found.get("family_name", "").strip()):
        found["given_name"], found["family_name"] = names_of(found.get("full_name", ""))
    if not found.get("mobile", "").strip() and found.get("phone"):
        try:
            found["mobile"] = mobile_number(clean(found["phone"][: LENGTHS["mobile"]]))
        except BadMobile:
            found["mobile"] = ""
    return contact_of(found)


def names_of(full_name: str) -> tuple[str, str]:
    """Return given and family name of a name in one piece, as people in France write it."""
    words = clean(full_name).split()
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    if capitals and len(capitals) < len(words):
        return " ".join(word for word in words if word not in capitals), " ".join(capitals)
    return (" ".join(words[:1]), " ".join(words[1:])) if len(words) > 1 else ("", full_name)


def clean(text: str, *, lines: bool = False) -> str:
    """Return ``text`` without characters that nobody sees or types, composed, its spaces made one; keep ``lines``."""
    if lines:
        rows = [clean(row) for row in re.split(r"\r\n|\r|\n", text)]
        return "\n".join(rows).strip("\n")
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    # NUL and halves of pairs are refused by databases. Composed last: what went may have stood between letter and mark.
    return " ".join(unicodedata.normalize("NFC", "".join(_shown(char) for char in text)).split())


def language_of(typed: str) -> str:
    """Return ``fr`` or ``en`` for what people and programs call them, ``fr`` for nothing, empty for others."""
    folded = fold(typed)
    if not folded or folded.startswith("fr"):
        return "fr"
    return "en" if folded.startswith(("en", "ang")) else ""


def searched(data: ContactData) -> str:
    """Return the text in which a contact is searched."""
    texts = (data.given_name, data.family_name, data.company, data.email, data.note)
    return " ".join([fold(" ".join(texts)), data.mobile, national(data.mobile)]).strip()


def sort_key(data: ContactData) -> str:
    """Return the value by which the address book is ordered: family name, given name, company."""
    return key(data.family_name, data.given_name, data.company)


def name_key(data: ContactData) -> str:
    """Return the value that two contacts of the same name have in common; without a name the company counts."""
    return key(data.given_name, data.family_name) or key(data.company)


def national(mobile: str) -> str:
    """Return a French number as it is dialled in France, empty for others."""
    return "0" + mobile[3:] if mobile.startswith("+33") else ""


def words_of(query: str) -> tuple[str, ...]:
    """Return the folded words that a contact must contain."""
    return tuple(fold(clean(query[:200])).split()[:MOST_WORDS])


def digits_of(query: str) -> str:
    """Return the digits of a telephone number typed with whatever separators, empty when this is not one."""
    typed = query[:40].strip()
    digits = "".join(char for char in typed if char.isascii() and char.isdecimal())
    return digits.removeprefix("00") if len(digits) > 1 and DIGITS_TYPED.fullmatch(typed) else ""


def marks_of(data: ContactData) -> frozenset[tuple[str, str]]:
    """Return what tells that two contacts are the same person: the name with the e-mail, or with the mobile.

    The e-mail alone does not: couples and offices share one. Who has neither is told by name and company.
    """
    name = name_key(data)
    if data.email or data.mobile:
        return frozenset((name, value) for value in (data.email, data.mobile) if value)
    return frozenset({(name, key(data.company))})


def _is_email(value: str) -> bool:
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True


def _shown(char: str) -> str:
    if char in JOINERS:
        return char
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    return "" if category[0] == "C" else char
