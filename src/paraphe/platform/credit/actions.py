"""The verbs of the credit room. Each is done once per key; repeating it changes nothing."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit.errors import CreditTooLow, KeyUsed, ReferenceUsed, ReservationClosed
from paraphe.platform.credit.ledger import Purse, lock, outside, post
from paraphe.platform.credit.models import Account, Entry, Reservation
from paraphe.platform.credit.queries import ReservationView, price_of, view
from paraphe.platform.credit.rules import checked_cents, checked_count, checked_key, checked_reference

Kind = Entry.Kind


def reserve(*, firm: accounts.Firm, act: str, count: int, key: str, actor: Actor) -> ReservationView:
    """Keep back what ``count`` acts cost today, until ``settle`` or ``release`` of ``key``.

    Raises CreditTooLow (``missing``, in cents; nothing is kept back then, and the key is free), UnknownAct, BadCount,
    BadKey, KeyUsed, and ReservationClosed when the key was settled or released: nothing is kept back for it any more.
    What costs nothing is reserved without a movement.
    """
    unit, count, key = price_of(act), checked_count(count), checked_key(key)
    with transaction.atomic():
        purse = lock(firm.pk)
        known = Reservation.objects.filter(key=key).first()
        if known is not None:
            if (known.firm_id, known.act, known.count) != (firm.pk, act, count):
                raise KeyUsed(key=key)
            if known.done is not None:
                raise ReservationClosed(done=known.done)
            return view(known)
        cents = unit * count
        missing = cents - (purse.available.cents or 0)
        if missing > 0:
            raise CreditTooLow(missing=missing, act=act)
        made = _make(key=key, firm_id=firm.pk, act=act, count=count, unit_cents=unit)
        if cents:
            entry = _entry(made, Kind.RESERVED, count)
            post(entry, {purse.available: -cents, purse.reserved: cents}, actor)
    return view(made)


def settle(key: str, *, done: int, actor: Actor = SYSTEM) -> ReservationView:
    """Debit ``done`` of the acts that were reserved under ``key``, and give the rest back.

    Raises NotFound, BadCount, and ReservationClosed when it was closed with another number.
    """
    found = Reservation.objects.filter(key=key).only("firm").first()
    if found is None:
        raise NotFound(kind="reservation")
    with transaction.atomic():
        purse = lock(found.firm_id)
        reservation = Reservation.objects.get(pk=found.pk)
        checked_count(done, 0, reservation.count)
        if reservation.done is not None:
            if reservation.done != done:
                raise ReservationClosed(done=reservation.done)
            return view(reservation)
        reservation.done, reservation.closed_at = done, timezone.now()
        reservation.save(update_fields=["done", "closed_at"])
        _close(reservation, done, purse, actor)
    return view(reservation)


def release(key: str, *, actor: Actor = SYSTEM) -> ReservationView:
    """Give back everything that was reserved under ``key``. Raises NotFound, ReservationClosed."""
    return settle(key, done=0, actor=actor)


def top_up(*, firm: accounts.Firm, cents: int, reference: str, actor: Actor) -> bool:
    """Write down that the firm paid ``cents`` in; ``reference`` is the bank's for this one transfer.

    Return whether it was new: the same transfer is taken once. Raises BadAmount, BadReference, ReferenceUsed.
    """
    cents, reference = checked_cents(cents), checked_reference(reference, firm.siren)
    key = f"top-up:{reference}"
    try:
        with transaction.atomic():
            purse = lock(firm.pk)
            known = Entry.objects.filter(key=key).first()
            if known is not None:
                paid = known.lines.get(account__kind=Account.Kind.AVAILABLE).cents
                if (known.firm_id, paid) != (firm.pk, cents):
                    raise ReferenceUsed(reference=reference)
                return False
            entry = Entry(firm_id=firm.pk, kind=Kind.TOPPED_UP, key=key, reference=reference)
            post(entry, {outside(Account.Kind.BANK): -cents, purse.available: cents}, actor)
    except IntegrityError:
        if not Entry.objects.filter(key=key).exists():
            raise
        # At the same moment for another firm: the lock is of one firm only.
        raise ReferenceUsed(reference=reference) from None
    return True


def _close(reservation: Reservation, done: int, purse: Purse, actor: Actor) -> None:
    """Move what was reserved: to the revenue what was done, back what was not."""
    unit, rest = reservation.unit_cents, reservation.count - done
    if unit and rest:
        entry = _entry(reservation, Kind.GIVEN_BACK, rest)
        post(entry, {purse.reserved: -unit * rest, purse.available: unit * rest}, actor)
    if unit and done:
        entry = _entry(reservation, Kind.DEBITED, done)
        post(entry, {purse.reserved: -unit * done, outside(Account.Kind.REVENUE): unit * done}, actor)


def _make(**fields: object) -> Reservation:
    try:
        with transaction.atomic():
            return Reservation.objects.create(reserved_at=timezone.now(), **fields)
    except IntegrityError:
        if not Reservation.objects.filter(key=fields["key"]).exists():
            raise
        # At the same moment for another firm: the lock is of one firm only.
        raise KeyUsed(key=fields["key"]) from None


def _entry(reservation: Reservation, kind: Kind, count: int) -> Entry:
    return Entry(
        firm_id=reservation.firm_id,
        kind=kind,
        key=f"{kind.value}:{reservation.pk}",
        reservation=reservation,
        count=count,
    )
