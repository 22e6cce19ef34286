"""Until when a document is valid: the day that is printed, and what the law made of it.

The laminated French identity card (issued from 1988 to 2021) was good for ten years. Décret n° 2013-1188 of
18 December 2013 made it fifteen for adults from 1 January 2014; its article 10 gave five more years, without any
formality and whatever is printed, to cards that were valid on that day and had been issued to an adult.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

#: The only profile whose printed day is not always its last.
EXTENDABLE = "fr_identity_card_1988"

_FIRST_ISSUED = date(1987, 1, 1)
_DECREE = date(2014, 1, 1)
#: The card of 2021 replaced the laminated one everywhere in August 2021.
_LAST_ISSUED = date(2021, 8, 31)
_ADULT_YEARS = 18
#: The last day is the eve of the anniversary of the issue; some offices printed the anniversary.
_TERM_SLACK = timedelta(days=5)


class ExpiryRule(StrEnum):
    """What made the effective day of the printed one. Only the first three settle it; the others need an officer."""

    PRINTED = "PRINTED"
    EXTENDED_5Y = "EXTENDED_5Y"
    MINOR_NO_EXTENSION = "MINOR_NO_EXTENSION"
    #: The time between issue and printed expiry is not one that was ever given to such a holder.
    SUSPECT_TERM = "SUSPECT_TERM"
    #: The card was not made any more, not yet, or not before its holder was born.
    SUSPECT_ISSUE_DATE = "SUSPECT_ISSUE_DATE"
    #: Whether the holder was an adult depends on a day that was not read.
    ISSUE_DAY_NEEDED = "ISSUE_DAY_NEEDED"


@dataclass(frozen=True)
class IssueMonth:
    """A month of issue whose day is not known: the machine readable zone of the laminated card has no more."""

    year: int
    month: int

    @property
    def first(self) -> date:
        """Return the earliest day it may be."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Return the latest day it may be."""
        return date(self.year + self.month // 12, self.month % 12 + 1, 1) - timedelta(days=1)


@dataclass(frozen=True)
class Expiry:
    """The day that is printed, the last day of validity, and the rule that leads from one to the other."""

    printed: date
    effective: date
    rule: ExpiryRule


def effective_expiry(profile: str, issued: date | IssueMonth | None, printed: date, birth: date | None) -> Expiry:
    """Return until when a document of this ``profile`` is valid.

    ``issued`` and ``birth`` matter for the laminated French card only. When they leave the answer open, or what they
    say cannot be true, the effective day is the printed one and ``rule`` says why an officer has to look.
    """
    rule = _rule(issued, printed, birth) if profile == EXTENDABLE else ExpiryRule.PRINTED
    extended = rule is ExpiryRule.EXTENDED_5Y
    return Expiry(printed, years_after(printed, 5, leap_day_ends=True) if extended else printed, rule)


def years_after(day: date, years: int, *, leap_day_ends: bool = False) -> date:
    """Return the anniversary of ``day``. A 29 February without one is reached on 1 March.

    With ``leap_day_ends`` it is a last day that is counted, and February keeps it: 28 February.
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28) if leap_day_ends else date(day.year + years, 3, 1)


def _rule(issued: date | IssueMonth | None, printed: date, birth: date | None) -> ExpiryRule:
    if issued is None or birth is None:
        return ExpiryRule.ISSUE_DAY_NEEDED
    first, last = (issued.first, issued.last) if isinstance(issued, IssueMonth) else (issued, issued)
    if first < _FIRST_ISSUED or first > _LAST_ISSUED or last < birth:
        return ExpiryRule.SUSPECT_ISSUE_DATE
    majority = years_after(birth, _ADULT_YEARS)
    if first < majority <= last:
        return ExpiryRule.ISSUE_DAY_NEEDED
    adult = majority <= first
    if not _has_term(first, last, printed, 15 if adult and first >= _DECREE else 10):
        return ExpiryRule.SUSPECT_TERM
    if first >= _DECREE or printed < _DECREE:
        return ExpiryRule.PRINTED
    return ExpiryRule.EXTENDED_5Y if adult else ExpiryRule.MINOR_NO_EXTENSION


def _has_term(first: date, last: date, printed: date, years: int) -> bool:
    earliest = years_after(first, years) - timedelta(days=1) - _TERM_SLACK
    return earliest <= printed <= years_after(last, years) + _TERM_SLACK
