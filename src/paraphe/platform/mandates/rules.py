"""Decisions about mandates, as pure functions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from paraphe.platform.accounts.api import RIGHTS, Right
from paraphe.platform.mandates.errors import BadCount, BadPeriod, NoRight

#: Kinds of document to which a mandate may be limited.
KINDS: Final = ("engagement_letter", "annual_accounts", "payslip", "attestation", "other")
MOST: Final = 100_000


@dataclass(frozen=True)
class Scope:
    """What a mandate allows: rights, kinds of document (empty: all), a number of acts (None: any), its days."""

    rights: tuple[Right, ...]
    kinds: tuple[str, ...]
    most: int | None
    starts_on: date
    ends_on: date | None


def scope_of(
    *,
    rights: Collection[str],
    kinds: Collection[str],
    most: int | None,
    starts_on: date,
    ends_on: date | None,
    today: date,
) -> Scope:
    """Return a scope that can be granted. Raises NoRight, BadCount, BadPeriod."""
    chosen = tuple(right for right in RIGHTS if right in rights)
    if not chosen:
        raise NoRight()
    if most is not None and not 1 <= most <= MOST:
        raise BadCount(most=MOST)
    if ends_on is not None and ends_on < max(starts_on, today):
        raise BadPeriod()
    return Scope(chosen, tuple(kind for kind in KINDS if kind in kinds), most, starts_on, ends_on)


def phase_of(*, state: str, starts_on: date, ends_on: date | None, today: date) -> str:
    """Return what people see of a mandate: its state, or for a signed one ``coming``, ``in_force`` or ``over``."""
    if state != "signed":
        return state
    if today < starts_on:
        return "coming"
    return "over" if ends_on is not None and today > ends_on else "in_force"
