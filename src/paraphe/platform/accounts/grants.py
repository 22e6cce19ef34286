"""Rights granted here: given by a mandate, used, counted, withdrawn."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from paraphe.platform.accounts.errors import NotAllowed
from paraphe.platform.accounts.models import Firm, Grant, GrantUse, Person
from paraphe.platform.accounts.queries import granted, inherited_rights
from paraphe.platform.accounts.rules import Right


@dataclass(frozen=True)
class Authority:
    """By what a person acts: ``own`` (accountant), ``delegation`` (told by the provider), or a ``mandate``."""

    source: Literal["own", "delegation", "mandate"]
    mandate: uuid.UUID | None = None


def grant(
    *,
    person: Person,
    firm: Firm,
    granted_by: Person,
    rights: Collection[Right],
    mandate: uuid.UUID,
    kinds: Sequence[str] = (),
    most: int | None = None,
    starts_on: date,
    ends_on: date | None = None,
) -> None:
    """Put ``mandate`` in force; doing it again changes nothing. The room of mandates decides and keeps the proof."""
    for right in rights:
        Grant.objects.get_or_create(
            mandate=mandate,
            right=right,
            defaults={
                "person": person, "firm": firm, "granted_by": granted_by, "kinds": list(kinds), "most": most,
                "starts_on": starts_on, "ends_on": ends_on, "granted_at": timezone.now(),
            },
        )  # fmt: skip


def withdraw(mandate: uuid.UUID) -> Sequence[str]:
    """End what ``mandate`` gave, at once, and return the keys of what was begun under it."""
    with transaction.atomic():
        Grant.objects.filter(mandate=mandate, ended_at=None).update(ended_at=timezone.now())
        uses = GrantUse.objects.filter(grant__mandate=mandate, given_back_at=None)
        return list(uses.values_list("key", flat=True))


def authority(person: Person, firm: Firm, right: Right, *, kinds: Sequence[str]) -> Authority:
    """Return by what ``person`` may do this now to one document of each of ``kinds``. Raises NotAllowed.

    What the provider tells comes first: a mandate is used where nothing else allows it.
    """
    inherited = inherited_rights(person, firm)
    if right in inherited.rights:
        return Authority("own" if inherited.own else "delegation")
    if person.memberships.filter(firm=firm, ended_at=None).exists():
        for one in granted(person).filter(firm=firm, right=right).order_by("granted_at"):
            if _covers(one, kinds):
                return Authority("mandate", one.mandate)
    raise NotAllowed(right=right)


def count(person: Person, firm: Firm, right: Right, *, by: Authority, kinds: Sequence[str], key: str) -> None:
    """Count acts begun under the mandate of ``by``, under ``key``; for others nothing is counted.

    Raises NotAllowed when the mandate was withdrawn or used up since it was looked at.
    """
    if by.mandate is None:
        return
    with transaction.atomic():
        # Locked: two acts at the same moment cannot both take the last one.
        locked = granted(person).filter(firm=firm, right=right, mandate=by.mandate).select_for_update().first()
        if locked is None or not _covers(locked, kinds):
            raise NotAllowed(right=right)
        GrantUse.objects.create(grant=locked, key=key, count=len(kinds), begun_at=timezone.now())


def _covers(one: Grant, kinds: Sequence[str]) -> bool:
    if one.kinds and not set(kinds) <= set(one.kinds):
        return False
    return one.most is None or used(one) + len(kinds) <= one.most


def give_back(key: str) -> None:
    """Give back what was counted under ``key``: nothing came of it. Again changes nothing."""
    GrantUse.objects.filter(key=key, given_back_at=None).update(given_back_at=timezone.now())


def used(one: Grant) -> int:
    """Return how many acts were done or begun under a grant."""
    return int(one.uses.filter(given_back_at=None).aggregate(total=Sum("count"))["total"] or 0)
