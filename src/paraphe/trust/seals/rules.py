"""Decisions on deeds and mandates, as pure functions. Times are aware datetimes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from paraphe.trust.seals.errors import DeedRefused, MandateRefused
from paraphe.trust.seals.models import Mandate

#: How long a deed waits for its signature.
OPEN_FOR = timedelta(days=7)
LONGEST_MANDATE = timedelta(days=31)
MOST_SEALS = 100_000
LONGEST_PURPOSE = 120
CLAIM = timedelta(seconds=60)
KEPT = timedelta(days=1)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True)
class MandateTerms:
    """What a mandate allows: ``count`` seals for ``purpose`` from ``begins_at`` until before ``ends_at``."""

    purpose: str
    count: int
    begins_at: datetime
    ends_at: datetime


def checked_terms(asked: Mapping[str, object], now: datetime) -> MandateTerms:
    """Return the terms of a request. Raises DeedRefused with the field that is wrong."""
    purpose, count = asked.get("purpose"), asked.get("count")
    if not isinstance(purpose, str) or not 3 <= len(purpose.strip()) <= LONGEST_PURPOSE or _UNSEEN.search(purpose):
        raise DeedRefused(field="purpose")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_SEALS:
        raise DeedRefused(field="count")
    begins_at = _moment(asked, "begins_at") if asked.get("begins_at") is not None else now
    ends_at = _moment(asked, "ends_at")
    if ends_at <= max(begins_at, now) or ends_at - begins_at > LONGEST_MANDATE:
        raise DeedRefused(field="ends_at")
    return MandateTerms(purpose.strip(), count, begins_at, ends_at)


def check_use(mandate: Mandate, *, client_id: str, seal_id: object, count: int, now: datetime) -> None:
    """Let a use of a mandate through. Raises MandateRefused."""
    if mandate.client_id != client_id:
        raise MandateRefused(reason="other-client")
    if mandate.seal_id != seal_id:
        raise MandateRefused(reason="other-credential")
    if mandate.given_at is None:
        raise MandateRefused(reason="not-given")
    if mandate.withdrawn_at is not None:
        raise MandateRefused(reason="withdrawn")
    if not mandate.begins_at <= now < mandate.ends_at:
        raise MandateRefused(reason="time")
    if mandate.used + count > mandate.most:
        raise MandateRefused(reason="exhausted")


def _moment(asked: Mapping[str, object], field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(str(asked.get(field)))
    except ValueError:
        raise DeedRefused(field=field) from None
    if moment.tzinfo is None or moment.year > 9000:
        raise DeedRefused(field=field)
    return moment
