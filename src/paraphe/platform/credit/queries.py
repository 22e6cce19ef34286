"""What can be read of credit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit.errors import FirmUnknown, UnknownAct
from paraphe.platform.credit.ledger import warning_cents
from paraphe.platform.credit.models import Account, Entry, Line, Reservation
from paraphe.platform.credit.rules import bounds, month_of

SWEPT_AT_ONCE = 500
SEEN_BY = frozenset({"sign", "launch"})


@dataclass(frozen=True)
class Balance:
    """What a firm has, in cents: free to be used, and kept back for acts that are under way."""

    available_cents: int
    reserved_cents: int


@dataclass(frozen=True)
class ReservationView:
    """A reservation; ``done`` is None while it is open."""

    id: UUID
    key: str
    firm_id: int
    act: str
    count: int
    unit_cents: int
    reserved_at: datetime
    done: int | None


@dataclass(frozen=True)
class StatementLine:
    """A payment (``topped-up``, with ``reference``) or a debit (``debited``, with act, count and price).

    ``cents`` is signed; ``balance_cents`` is everything the firm has after it, reserved or not.
    """

    number: int
    at: datetime
    kind: str
    cents: int
    balance_cents: int
    reference: str
    act: str
    count: int
    unit_cents: int


@dataclass(frozen=True)
class Statement:
    """A month: what the firm had, what came and went, what it has."""

    month: date
    opening_cents: int
    lines: tuple[StatementLine, ...]

    @property
    def paid_cents(self) -> int:
        """Return what was paid in."""
        return sum(line.cents for line in self.lines if line.cents > 0)

    @property
    def used_cents(self) -> int:
        """Return what was debited, as a positive number."""
        return -sum(line.cents for line in self.lines if line.cents < 0)

    @property
    def closing_cents(self) -> int:
        """Return what the firm had at the end."""
        return self.opening_cents + self.paid_cents - self.used_cents


@dataclass(frozen=True)
class Holder:
    """A firm with credit; ``sound`` says whether its balance is what its entries say."""

    siren: str
    name: str
    balance: Balance
    sound: bool


def may_see(person: accounts.Person, firm: accounts.Firm) -> bool:
    """Tell whether ``person`` may look at the credit of ``firm``: who may sign or launch there, so its accountants."""
    return bool(accounts.rights(person, firm) & SEEN_BY)


def price_of(act: str) -> int:
    """Return what one ``act`` costs, in cents. Raises UnknownAct."""
    try:
        return int(settings.PRICES[act])
    except KeyError:
        raise UnknownAct(act=act) from None


def prices() -> Mapping[str, int]:
    """Return the price of every act, in cents."""
    return dict(settings.PRICES)


def is_free() -> bool:
    """Tell whether nothing costs anything here."""
    return not any(settings.PRICES.values())


def balance(firm: accounts.Firm) -> Balance:
    """Return what ``firm`` has."""
    held = dict(Account.objects.filter(firm_id=firm.pk).values_list("kind", "cents"))
    return Balance(held.get(Account.Kind.AVAILABLE) or 0, held.get(Account.Kind.RESERVED) or 0)


def is_low(firm: accounts.Firm) -> bool:
    """Tell whether ``firm`` should top up: things cost something here, and it has less than the warning."""
    return not is_free() and balance(firm).available_cents < warning_cents()


def statement(firm: accounts.Firm, month: date) -> Statement:
    """Return the payments and debits of ``firm`` in the month of ``month``, by the clock of the site."""
    begin, end = bounds(month)
    before = Line.objects.filter(account__firm_id=firm.pk, entry__at__lt=begin)
    opening = before.aggregate(sum=Coalesce(Sum("cents"), 0))["sum"]
    lines, running = [], opening
    for entry in _movements(firm).filter(at__gte=begin, at__lt=end).select_related("reservation").order_by("number"):
        running += entry.net
        lines.append(_line(entry, entry.net, running))
    return Statement(month.replace(day=1), opening, tuple(lines))


def months(firm: accounts.Firm) -> Sequence[date]:
    """Return the months in which something was paid or debited, and the present one, newest first."""
    moved = _movements(firm).annotate(month=TruncMonth("at")).values_list("month", flat=True).distinct()
    found = {month_of(at) for at in moved} | {month_of(timezone.now())}
    return sorted(found, reverse=True)


def stale(before: datetime) -> Sequence[ReservationView]:
    """Return the oldest reservations made before ``before`` and still open; the room that made them decides."""
    rows = Reservation.objects.filter(done=None, reserved_at__lt=before).order_by("reserved_at")
    return [view(row) for row in rows[:SWEPT_AT_ONCE]]


def firm_of(siren: str) -> accounts.Firm:
    """Return the firm of that SIREN, for the operator. Raises FirmUnknown."""
    found = accounts.Firm.objects.filter(siren=siren.replace(" ", "")).first()
    if found is None:
        raise FirmUnknown(siren=siren)
    return found


def holders() -> Sequence[Holder]:
    """Return every firm that ever had credit, by SIREN, for the operator; each account is compared with its lines."""
    rows = Account.objects.filter(firm__isnull=False).annotate(told=Coalesce(Sum("lines__cents"), 0))
    found: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    for siren, name, kind, cents, told in rows.order_by("firm__siren").values_list(
        "firm__siren", "firm__name", "kind", "cents", "told"
    ):
        found.setdefault((siren, name), {})[kind] = (cents or 0, told)
    return [_holder(siren, name, held) for (siren, name), held in found.items()]


def view(row: Reservation) -> ReservationView:
    """Return what others may know of a reservation."""
    return ReservationView(row.pk, row.key, row.firm_id, row.act, row.count, row.unit_cents, row.reserved_at, row.done)


def _movements(firm: accounts.Firm) -> QuerySet[Any]:
    """Return the entries that change what ``firm`` has in all; reserving and giving back do not."""
    net = Sum("lines__cents", filter=Q(lines__account__firm=F("firm")))
    moved: QuerySet[Any] = Entry.objects.filter(firm_id=firm.pk).annotate(net=net).exclude(net=0)
    return moved


def _line(entry: Entry, cents: int, running: int) -> StatementLine:
    reserved = entry.reservation
    return StatementLine(
        number=entry.number,
        at=entry.at,
        kind=entry.kind,
        cents=cents,
        balance_cents=running,
        reference=entry.reference,
        act=reserved.act if reserved else "",
        count=entry.count or 0,
        unit_cents=reserved.unit_cents if reserved else 0,
    )


def _holder(siren: str, name: str, held: Mapping[str, tuple[int, int]]) -> Holder:
    available, reserved = (held.get(kind, (0, 0)) for kind in (Account.Kind.AVAILABLE, Account.Kind.RESERVED))
    sound = all(cents == told for cents, told in held.values())
    return Holder(siren, name, Balance(available[0], reserved[0]), sound)
