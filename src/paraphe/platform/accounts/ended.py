"""Rights that people of a firm had and have no longer, by the provider or by mandate, and what they still hold."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from django.db.models import Q
from django.utils import timezone

from paraphe.platform.accounts.models import Delegation, Firm, Grant, Person
from paraphe.platform.accounts.queries import rights_by_person
from paraphe.platform.accounts.rules import RIGHTS, Right

LISTED: Final = 200
End = Literal["withdrawn", "expired", "left"]


@dataclass(frozen=True)
class EndedRight:
    """A right that ended on ``ended_on``: ``withdrawn``, ``expired`` at the end of its days, or the person ``left``.

    ``mandate`` gave it, None for the provider. ``held`` when the person holds the same right today by something else:
    what still gives rules over what no longer does.
    """

    person: Person
    right: Right
    mandate: uuid.UUID | None
    started_on: date
    ended_on: date
    end: End
    held: bool


def ended_rights(firm: Firm) -> Sequence[EndedRight]:
    """Return the newest LISTED rights for ``firm`` that ended, for a room above that asked whether one may see them."""
    today = timezone.localdate()
    told = firm.delegations.exclude(ended_at=None).select_related("person").order_by("-ended_at")[:LISTED]
    over = firm.grants.filter(Q(ended_at__isnull=False) | Q(ends_on__lt=today)).select_related("person")
    present, here = rights_by_person(firm), set(_members(firm))
    found = [
        *(_of_provider(one, one.person_id in here, present) for one in told),
        *(_of_mandate(one, present) for one in over.order_by("-granted_at")[:LISTED]),
    ]
    newest = sorted(found, key=lambda one: (one.ended_on, one.person.pk, -RIGHTS.index(one.right)), reverse=True)
    return newest[:LISTED]


def _members(firm: Firm) -> Sequence[int]:
    return list(firm.memberships.filter(ended_at=None).values_list("person_id", flat=True))


def _of_provider(one: Delegation, stays: bool, present: dict[int, frozenset[Right]]) -> EndedRight:
    return EndedRight(
        person=one.person,
        right=_right(one.right),
        mandate=None,
        started_on=timezone.localdate(one.started_at),
        ended_on=timezone.localdate(one.ended_at),
        end="withdrawn" if stays else "left",
        held=one.right in present.get(one.person_id, frozenset()),
    )


def _of_mandate(one: Grant, present: dict[int, frozenset[Right]]) -> EndedRight:
    last, withdrawn_on = one.ends_on, timezone.localdate(one.ended_at) if one.ended_at else None
    expired = withdrawn_on is None or (last is not None and last < withdrawn_on)
    return EndedRight(
        person=one.person,
        right=_right(one.right),
        mandate=one.mandate,
        started_on=one.starts_on,
        ended_on=min(day for day in (last, withdrawn_on) if day is not None),
        end="expired" if expired else "withdrawn",
        held=one.right in present.get(one.person_id, frozenset()),
    )


def _right(text: str) -> Right:
    return next(right for right in RIGHTS if right == text)
