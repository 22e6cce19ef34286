"""Decisions on codes, as pure functions. All times are aware datetimes."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

DIGITS = 6
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LIFETIME = timedelta(seconds=300)
TRIES = 5
RESEND_AFTER = timedelta(seconds=30)
MOST_SENDS = 5
#: A person who signs all day stays below; somebody who floods a telephone does not.
MOST_PER_HOUR = 20
MOST_PER_DAY = 60
#: Wrong digits typed for one telephone in a day, over all challenges: 30 guesses out of a million.
MOST_WRONG_PER_DAY = 30
#: An enrolment may be resumed for thirty days after its code was confirmed.
KEPT = timedelta(days=40)
LONGEST_SUBJECT = 60
#: As many characters of a number or address are kept to be shown.
MASK = 32

_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def written(code: str) -> str:
    """Return the digits as the SMS shows them: two groups, easy to keep in mind."""
    return f"{code[:3]} {code[3:]}"


def digits_of(typed: str) -> str:
    """Return what was typed without the spaces."""
    return "".join(typed.split())


def masked(mobile: str) -> str:
    """Return ``mobile`` (E.164) with all but its first three and last two characters hidden, on one line.

    Of an e-mail address the first letter and the host are shown.
    """
    if "@" in mobile:
        name, _, host = mobile.rpartition("@")
        return f"{name[:1]}•••@{host}"[:MASK]
    return f"{mobile[:3]}\N{NO-BREAK SPACE}{'•' * max(0, len(mobile) - 5)}\N{NO-BREAK SPACE}{mobile[-2:]}"


def short(subject: str) -> str:
    """Return ``subject`` on one line, without invisible characters, 60 characters at most."""
    line = " ".join(_INVISIBLE.sub(" ", subject).split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"


def wait_until(sent_at: Sequence[datetime], now: datetime) -> datetime | None:
    """Return until when no more code may be sent, given those sent in the last day; None: one may be sent now."""
    ordered = sorted(sent_at)
    for span, most in ((HOUR, MOST_PER_HOUR), (DAY, MOST_PER_DAY)):
        recent = [at for at in ordered if at > now - span]
        if len(recent) >= most:
            return recent[len(recent) - most] + span
    return None
