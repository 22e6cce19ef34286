"""Whether what arrives is a letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.dateparse import parse_datetime

from paraphe.comptexpert.inbox.errors import LetterRefused

LONGEST_TEXT: Final = 500_000


@dataclass(frozen=True)
class ReadLetter:
    """A letter of the agreed form."""

    kind: str
    to: str
    subject: str
    text: str
    html: str
    site: str
    sent_at: datetime | None


def read_letter(data: object) -> ReadLetter:
    """Return the letter that ``data``, read from JSON, holds. Raises LetterRefused."""
    if not isinstance(data, Mapping):
        raise LetterRefused(field="body")
    kind = data.get("kind")
    if kind not in ("email", "sms"):
        raise LetterRefused(field="kind")
    return ReadLetter(
        kind=kind,
        to=_text(data, "to", 254, needed=True),
        subject=_text(data, "subject", 300),
        text=_text(data, "text", LONGEST_TEXT, needed=kind == "sms"),
        html=_text(data, "html", LONGEST_TEXT),
        site=_text(data, "site", 40),
        sent_at=_moment(data.get("sent_at")),
    )


def _text(data: Mapping[str, object], field: str, longest: int, *, needed: bool = False) -> str:
    value = data.get(field)
    if value is None:
        value = ""
    if not isinstance(value, str) or len(value) > longest or "\x00" in value or (needed and not value.strip()):
        raise LetterRefused(field=field)
    return value


def _moment(value: object) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise LetterRefused(field="sent_at")
    return moment
