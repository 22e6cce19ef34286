"""Decisions about collections, as pure functions."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import Final, cast, get_args

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from paraphe.kernel.phones import BadMobile, mobile_number
from paraphe.platform.envelopes.errors import BadField, BadOptions, BadRecipient
from paraphe.platform.envelopes.values import (
    LEVELS,
    LOCALES,
    ROLES,
    FieldData,
    FieldKind,
    Level,
    Options,
    RecipientData,
    Role,
)

MOST_DOCUMENTS: Final = 50
MOST_FIELDS: Final = 20_000
#: All of them are sent at once, see DATA_UPLOAD_MAX_NUMBER_FIELDS.
MOST_FIELDS_OF_DOCUMENT: Final = 2_000
MOST_REMINDERS: Final = 10
MOST_DAYS: Final = 365
#: As many as the design has for recipients.
COLOURS: Final = 8
LENGTHS: Final = {"title": 200, "message": 2000, "consent": 2000}
NAME_LENGTHS: Final = {"given_name": 100, "family_name": 100, "email": 254, "mobile": 40, "label": 80}
#: Smallest box of each kind, width and height in points.
SMALLEST: Final[Mapping[FieldKind, tuple[float, float]]] = {
    "signature": (60.0, 30.0),
    "initials": (24.0, 16.0),
    "text": (24.0, 12.0),
    "date": (50.0, 12.0),
    "checkbox": (10.0, 10.0),
    "mention": (60.0, 16.0),
}
#: Size of a new box of each kind.
SIZES: Final[Mapping[FieldKind, tuple[float, float]]] = {
    "signature": (190.0, 68.0),
    "initials": (60.0, 34.0),
    "text": (180.0, 22.0),
    "date": (90.0, 22.0),
    "checkbox": (16.0, 16.0),
    "mention": (220.0, 34.0),
}

Pages = Sequence[tuple[float, float]]


def options_of(typed: Mapping[str, object], kinds: Collection[str], consents: Collection[str]) -> Options:
    """Return what was typed, as it is kept. Raises BadOptions with every problem there is.

    Reasons: ``too_long``, ``unknown``, ``days``, ``reminders``. ``consents`` are the texts that the firm allows
    beside its own.
    """
    problems: dict[str, str] = {}
    texts = {name: clean(str(typed.get(name, "")), lines=name != "title") for name in LENGTHS}
    problems |= {name: "too_long" for name, limit in LENGTHS.items() if len(texts[name]) > limit}
    choices = {"kind": kinds, "locale": LOCALES, "level": LEVELS}
    chosen = {name: str(typed.get(name) or getattr(Options, name)) for name in choices}
    problems |= {name: "unknown" for name, known in choices.items() if chosen[name] not in known}
    if texts["consent"] and texts["consent"] not in consents:
        problems["consent"] = "unknown"
    days = typed.get("expiry_days", Options.expiry_days)
    if not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        problems["expiry_days"] = "days"
        days = MOST_DAYS
    reminders = reminder_days_of(typed.get("reminder_days", ()), days)
    if reminders is None:
        problems["reminder_days"] = "reminders"
    if problems:
        raise BadOptions(problems)
    return Options(
        title=texts["title"],
        message=texts["message"],
        kind=chosen["kind"],
        locale=chosen["locale"],
        level=cast(Level, chosen["level"]),
        expiry_days=days,
        reminder_days=reminders or (),
        read_all_pages=bool(typed.get("read_all_pages")),
        may_forward=bool(typed.get("may_forward")),
        consent=texts["consent"],
    )


def reminder_days_of(typed: object, expiry_days: int) -> tuple[int, ...] | None:
    """Return days in order, each once, all before the end; None when one is no such day or there are too many."""
    if not isinstance(typed, list | tuple) or not all(isinstance(day, int) for day in typed):
        return None
    days = tuple(sorted(set(typed)))
    if len(days) > MOST_REMINDERS or any(not 1 <= day < expiry_days for day in days):
        return None
    return days


def recipient_of(typed: Mapping[str, str], *, template: bool = False) -> RecipientData:
    """Return a recipient as he is kept. Raises BadRecipient with every problem there is.

    Names and e-mail may still be missing in a draft, but not all of them; in a template the name of the role stands
    for them. Reasons: ``too_long``, ``nameless``, ``bad_email``, ``unknown``, and those of ``mobile_number``.
    """
    found = {name: clean(typed.get(name, "")) for name in NAME_LENGTHS}
    problems = {name: "too_long" for name, limit in NAME_LENGTHS.items() if len(found[name]) > limit}
    names = ("label",) if template else ("given_name", "family_name", "email")
    if not any(found[name] for name in names):
        problems.setdefault(names[0] if template else "family_name", "nameless")
    found["email"] = found["email"].lower()
    if found["email"] and "email" not in problems and not is_email(found["email"]):
        problems["email"] = "bad_email"
    if found["mobile"] and "mobile" not in problems:
        try:
            found["mobile"] = mobile_number(found["mobile"])
        except BadMobile as error:
            problems["mobile"] = str(error.params["reason"])
    choices = {"role": ROLES, "locale": LOCALES, "level": LEVELS}
    chosen = {name: typed.get(name) or getattr(RecipientData, name) for name in choices}
    problems |= {name: "unknown" for name, known in choices.items() if chosen[name] not in known}
    if problems:
        raise BadRecipient(problems)
    return RecipientData(
        role=cast(Role, chosen["role"]), locale=chosen["locale"], level=cast(Level, chosen["level"]), **found
    )


def field_of(asked: FieldData, pages: Pages) -> FieldData:
    """Return ``asked`` moved and sized so that it lies on its page; a signature without a size is not to be seen.

    Raises BadField: ``kind``, ``page``, ``size``, ``label``.
    """
    if asked.kind not in get_args(FieldKind):
        raise BadField(reason="kind")
    if not 0 <= asked.page < len(pages):
        raise BadField(reason="page")
    if not all(isfinite(value) for value in (asked.x, asked.y, asked.width, asked.height)):
        raise BadField(reason="size")
    label = clean(asked.label)
    if len(label) > 200:
        raise BadField(reason="label")
    if asked.kind == "signature" and asked.width <= 0 and asked.height <= 0:
        return FieldData(asked.recipient, asked.kind, asked.page, 0.0, 0.0, 0.0, 0.0, True, label, asked.existing)
    page_width, page_height = pages[asked.page]
    # What the document brought has the size that it has.
    least_width, least_height = (0.0, 0.0) if asked.existing else SMALLEST[asked.kind]
    width = min(max(asked.width, least_width), page_width)
    height = min(max(asked.height, least_height), page_height)
    return FieldData(
        recipient=asked.recipient,
        kind=asked.kind,
        page=asked.page,
        x=round(min(max(asked.x, 0.0), page_width - width), 2),
        y=round(min(max(asked.y, 0.0), page_height - height), 2),
        width=round(width, 2),
        height=round(height, 2),
        required=asked.required or asked.kind in ("signature", "initials"),
        label=label,
        existing=asked.existing,
    )


def repeated(fields: Sequence[FieldData]) -> list[bool]:
    """Tell of each box of a document whether it only repeats a signature: who has several signs in the first of them.

    In a field that the document brought, where there is one, else where he comes to first. Raises BadField: ``many``
    for two such fields, or one that is not seen beside others.
    """
    found = [False] * len(fields)
    signing: dict[object, list[int]] = {}
    for place, one in enumerate(fields):
        if one.kind == "signature":
            signing.setdefault(one.recipient, []).append(place)
    for places in signing.values():
        ordered = sorted(places, key=lambda at: (not fields[at].existing, fields[at].page, fields[at].y, fields[at].x))
        brought = sum(bool(fields[at].existing) for at in places)
        unseen = any(not fields[at].width and not fields[at].existing for at in places)
        if len(places) > 1 and (brought > 1 or unseen):
            raise BadField(reason="many")
        for at in ordered[1:]:
            found[at] = True
    return found


def steps_of(groups: Sequence[int]) -> list[int]:
    """Return ``groups`` numbered 1, 2, 3… without holes, in the order in which they stand.

    >>> steps_of([4, 4, 9, 4])
    [1, 1, 2, 2]
    """
    numbered: list[int] = []
    highest: int | None = None
    number = 0
    for group in groups:
        if highest is None or group > highest:
            number += 1
            highest = group
        numbered.append(number)
    return numbered


def is_email(value: str) -> bool:
    """Tell whether ``value`` can be an e-mail address."""
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True


def clean(text: str, *, lines: bool = False) -> str:
    """Return ``text`` composed, without characters that nobody sees, its spaces made one; keep ``lines``."""
    if lines:
        return "\n".join(clean(row) for row in re.split(r"\r\n|\r|\n", text)).strip("\n")
    seen = (" " if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Zs") else char for char in text)
    kept = (char for char in seen if char == " " or unicodedata.category(char)[0] != "C")
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())
