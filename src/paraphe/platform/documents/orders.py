"""Legal hold of much at once: all that a person brought, all whose titles have some words, or everything of a firm.

Who administers a firm orders it also for what he does not see; he learns how many documents that are, and nothing of
what is in them. An order holds what is there at once, and what comes later before anybody can delete it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.errors import NothingChosen, ReasonMissing, TooLong
from paraphe.platform.documents.listing import WARNED_DAYS, Filters, filtered
from paraphe.platform.documents.models import Document, HoldOrder
from paraphe.platform.documents.rules import MAX_REASON, folded
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms

MAX_WORDS = 100
SHORTEST_WORDS = 3


@dataclass(frozen=True)
class OrderView:
    """A legal hold of much at once; ``owner`` or ``words`` limit it, neither means everything of the firm.

    ``held`` counts the documents that it holds now, also those that something else holds, too.
    """

    id: uuid.UUID
    by: str
    at: datetime
    reason: str
    owner: str
    words: str
    held: int
    lifted_at: datetime | None
    lifted_by: str


def order_hold(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, reason: str, owner_id: int | None, text: str
) -> uuid.UUID:
    """Hold everything of ``firm``, or only what ``owner_id`` brought, or whose title has ``text``; return the order.

    The evidence says who and why. Raises NotFound, MayNotChange for who does not administer the firm; ReasonMissing,
    TooLong, NothingChosen for a text of less than SHORTEST_WORDS letters.
    """
    firms.expect_administrator(person, firm)
    reason, words = " ".join(reason.split()), " ".join(text.split())
    if not reason:
        raise ReasonMissing()
    for given, limit in ((reason, MAX_REASON), (words, MAX_WORDS)):
        if len(given) > limit:
            raise TooLong(limit=limit)
    if words and len(folded(words)) < SHORTEST_WORDS:
        raise NothingChosen()
    if owner_id is not None and owner_id not in people_of(firm):
        raise NotFound(kind="person")
    with transaction.atomic():
        order = HoldOrder.objects.create(
            firm_id=firm.pk, by_id=person.pk, at=timezone.now(), reason=reason, owner_id=owner_id, words=words
        )
        held = _apply(order)
        # What is looked for may be a name: the log commits to it and can forget it.
        about = {"owner": owner_id, "held": held, "reason": reason}
        _note(order, actor, "hold:ordered", private={"words": words} if words else None, **about)
    return order.pk


def lift_hold(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, order_id: uuid.UUID) -> None:
    """End an order: what no other order holds stays WARNED_DAYS at least. Again changes nothing.

    Raises NotFound, MayNotChange.
    """
    firms.expect_administrator(person, firm)
    soonest = timezone.localdate() + timedelta(days=WARNED_DAYS)
    with transaction.atomic():
        order = HoldOrder.objects.select_for_update().filter(pk=order_id, firm_id=firm.pk).first()
        if order is None:
            raise NotFound(kind="hold")
        if order.lifted_at is not None:
            return
        order.lifted_at, order.lifted_by_id = timezone.now(), person.pk
        order.save(update_fields=["lifted_at", "lifted_by"])
        free = {"held_at": None, "held_by": None, "held_reason": None, "held_under": None, "warned_at": None}
        mine = Document.objects.filter(firm_id=firm.pk, held_under=order.pk)
        released = mine.filter(delete_on__lt=soonest).update(delete_on=soonest, **free) + mine.update(**free)
        for other in HoldOrder.objects.filter(firm_id=firm.pk, lifted_at=None):
            _apply(other)
        _note(order, actor, "hold:lifted", last=released)


def hold_orders(person: accounts.Person, firm: accounts.Firm) -> Sequence[OrderView]:
    """Return the orders of ``firm``, the newest first. Raises NotFound, MayNotChange."""
    firms.expect_administrator(person, firm)
    rows = HoldOrder.objects.filter(firm_id=firm.pk).select_related("by", "owner", "lifted_by").order_by("-at")[:200]
    return [
        OrderView(
            id=one.pk,
            by=one.by.full_name,
            at=one.at,
            reason=one.reason or "",
            owner=one.owner.full_name if one.owner else "",
            words=one.words or "",
            held=_covered(one).count() if one.lifted_at is None else 0,
            lifted_at=one.lifted_at,
            lifted_by=one.lifted_by.full_name if one.lifted_by else "",
        )
        for one in rows
    ]


def people_of(firm: accounts.Firm) -> dict[int, str]:
    """Return whose documents there are or may come in ``firm``, also of who left it, by number and name."""
    present = {one.person_id: one.person for one in accounts.people_of(firm)}
    owners = set(Document.objects.filter(firm_id=firm.pk).order_by().values_list("owner_id", flat=True).distinct())
    everybody = present | {number: accounts.person(number) for number in owners - present.keys()}
    return {number: one.full_name for number, one in everybody.items()}


def is_held(firm_id: int, owner_id: int, title: str) -> bool:
    """Tell whether an order of the firm holds a thing of this owner and title, for rooms that delete on a day."""
    return any(_covers(one, owner_id, folded(title)) for one in _in_force(firm_id))


def hold_if_ordered(document: Document) -> bool:
    """Hold ``document`` under the order that covers it, if there is one. For the verbs of this room only."""
    orders = (one for one in _in_force(document.firm_id) if _covers(one, document.owner_id, document.title_folded))
    order = next(orders, None)
    if order is not None:
        _hold(Document.objects.filter(pk=document.pk), order)
    return order is not None


def apply_all() -> int:
    """Hold what came since under the orders that are in force; return how many documents."""
    return sum(_apply(order) for order in HoldOrder.objects.filter(lifted_at=None))


def _in_force(firm_id: int) -> QuerySet[HoldOrder]:
    return HoldOrder.objects.filter(firm_id=firm_id, lifted_at=None)


def _covers(order: HoldOrder, owner_id: int, title_folded: str) -> bool:
    return order.owner_id in (None, owner_id) and folded(order.words or "") in title_folded


def _covered(order: HoldOrder) -> QuerySet[Document]:
    here = Document.objects.filter(firm_id=order.firm_id)
    return filtered(here, Filters(owner=order.owner_id, text=order.words or ""))


def _apply(order: HoldOrder) -> int:
    return _hold(_covered(order), order)


def _hold(documents: QuerySet[Document], order: HoldOrder) -> int:
    return documents.filter(held_at=None).update(
        held_at=timezone.now(), held_by_id=order.by_id, held_reason=order.reason, held_under=order.pk
    )


def _note(order: HoldOrder, actor: Actor, tag: str, private: dict[str, object] | None = None, **data: object) -> None:
    subjects = {"hold": str(order.pk), "firm": str(order.firm_id)}
    evidence.record(tag, actor=actor, subjects=subjects, data=data, private=private)
