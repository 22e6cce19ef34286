"""Decisions on holders and their factors, as pure functions. Times are aware datetimes."""

import re
from datetime import datetime, timedelta
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

DIGITS = 6
#: RFC 6238 §4.1: what every authenticator application uses when nobody says otherwise.
STEP = 30
#: The clock of a telephone may be one step off (RFC 6238 §5.2).
TOLERANCE = 1
TRIES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(days=1)
MOST_FACTORS = 10
PROOF_KEPT = timedelta(days=40)
#: How many telephones one e-mail address may lead to: a shared address of a small firm.
MOST_TELEPHONES = 3

_MOBILE = re.compile(r"\+[1-9][0-9]{7,14}")
_FRENCH = re.compile(r"0[67][0-9]{8}")


def step_of(secret: bytes, digits: str, now: datetime, last_step: int) -> int | None:
    """Return the time step whose code ``digits`` are, if it is one that may still be used; None: the code is wrong.

    RFC 6238 §5.2: the step of this moment, one before, one after; none that was used before, none before the last.
    """
    current = int(now.timestamp()) // STEP
    # RFC 6238 §1.2: HMAC-SHA-1 is what applications implement; its weakness is collisions, which HMAC does not meet.
    hotp = HOTP(secret, DIGITS, SHA1())  # noqa: S303
    for step in range(current - TOLERANCE, current + TOLERANCE + 1):
        if step > last_step and _same(hotp.generate(step), digits):
            return step
    return None


def _same(code: bytes, digits: str) -> bool:
    return digits.isascii() and compare_digest(code, digits.encode("ascii"))


def lock_after(wrong: int, now: datetime) -> datetime | None:
    """Return until when a factor sleeps after so many wrong codes in a row; None: it does not.

    Each fifth one locks, twice as long each time: in a year somebody gets some two thousand guesses at a million.
    """
    if wrong % TRIES:
        return None
    doublings = min(wrong // TRIES - 1, 10)
    return now + min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def address_of(typed: str) -> tuple[str, str] | None:
    """Return what was typed as ("email" or "mobile", its normal form); None when it is neither."""
    text = typed.strip()
    if "@" in text:
        return ("email", text.lower()) if len(text) <= 254 and "\x00" not in text else None
    number = re.sub(r"[\s.\-()]", "", text)
    if number.startswith("00"):
        number = "+" + number[2:]
    if _FRENCH.fullmatch(number):
        number = "+33" + number[1:]
    return ("mobile", number) if _MOBILE.fullmatch(number) else None
