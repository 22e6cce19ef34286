"""Decisions and shapes, as pure functions."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language

from paraphe.platform.credit.errors import BadAmount, BadCount, BadKey, BadReference

MOST_ACTS: Final = 100_000
MOST_CENTS: Final = 100_000_000
LONGEST_KEY: Final = 200
LONGEST_REFERENCE: Final = 80


def checked_count(count: int, lowest: int = 1, highest: int = MOST_ACTS) -> int:
    """Return a number of acts within bounds. Raises BadCount."""
    if not lowest <= count <= highest:
        raise BadCount(lowest=lowest, highest=highest)
    return count


def checked_cents(cents: int) -> int:
    """Return what can be paid in at once. Raises BadAmount."""
    if not 1 <= cents <= MOST_CENTS:
        raise BadAmount(highest=MOST_CENTS)
    return cents


def checked_key(key: str) -> str:
    """Return the key of a reservation. Raises BadKey."""
    if not 1 <= len(key) <= LONGEST_KEY:
        raise BadKey(longest=LONGEST_KEY)
    return key


def checked_reference(reference: str, siren: str) -> str:
    """Return the bank's reference of a transfer in one shape, so that one transfer has one key. Raises BadReference.

    The SIREN of the firm alone is refused: people write it on each of their transfers, and the second would be taken
    for the first.
    """
    plain = " ".join(reference.split()).upper()
    if not plain:
        raise BadReference(reason="empty")
    if len(plain) > LONGEST_REFERENCE:
        raise BadReference(reason="long")
    if not plain.isprintable():
        raise BadReference(reason="unprintable")
    if plain.replace(" ", "") == siren:
        raise BadReference(reason="siren")
    return plain


def month_of(at: datetime) -> date:
    """Return the first day of the month of ``at``, by the clock of the site."""
    return timezone.localdate(at).replace(day=1)


def bounds(month: date) -> tuple[datetime, datetime]:
    """Return when the month of ``month`` begins and when the next one does, by the clock of the site."""
    first = month.replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    begin, end = (timezone.make_aware(datetime.combine(day, time())) for day in (first, following))
    return begin, end


def euros(cents: int, *, signed: bool = False) -> str:
    """Return an amount as people read it in the present language: ``1 234,50 €``; ``signed`` shows a plus too."""
    number = str(number_format(Decimal(abs(cents)) / 100, 2, use_l10n=True, force_grouping=True))
    sign = "\N{MINUS SIGN}" if cents < 0 else "+" if signed and cents > 0 else ""
    if (get_language() or "fr").startswith("fr"):
        return f"{sign}{number}\N{NO-BREAK SPACE}€"
    return f"{sign}€{number}"
