"""Decisions of the queue: when to try again, what to keep of an error, when a period comes round. Pure."""

import traceback
from datetime import datetime
from random import random
from zoneinfo import ZoneInfo

from croniter import croniter

from paraphe.kernel.errors import DomainError


def pause_before(attempt: int, wait: float, longest_wait: float) -> float:
    """Return the seconds to wait after try number ``attempt`` (from 1) has failed: doubled each time, ± 10 %."""
    return float(min(wait * 2 ** min(attempt - 1, 30), longest_wait)) * (0.9 + 0.2 * random())  # noqa: S311 - no secret


def describe(error: BaseException) -> str:
    """Return class and place of an error for logs and dead letters, never its message: that may hold personal data."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    name = f"{kind}({error.code})" if isinstance(error, DomainError) else kind
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in reversed(frames)]
    return " < ".join([name, *places])[:1000]


def valid_period(cron: str) -> bool:
    """Tell whether ``cron`` is five fields that cron understands."""
    return len(cron.split()) == 5 and bool(croniter.is_valid(cron))


def next_time(cron: str, after: datetime, zone: str) -> datetime:
    """Return when period ``cron``, meant in time zone ``zone``, comes round next after ``after``."""
    moment: datetime = croniter(cron, after.astimezone(ZoneInfo(zone))).get_next(datetime)
    return moment
