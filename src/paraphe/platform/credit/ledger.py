"""Writing entries: lock the accounts of a firm, check, write lines, entry and evidence."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.platform.credit.errors import Unbalanced
from paraphe.platform.credit.models import Account, Entry, Line, Reservation
from paraphe.platform.evidence import api as evidence

Kind = Account.Kind


@dataclass(frozen=True)
class Purse:
    """The two accounts of a firm, locked until the transaction ends."""

    available: Account
    reserved: Account


def lock(firm_id: int) -> Purse:
    """Return the accounts of a firm, opened if they were not; nobody else moves its credit meanwhile.

    To be called in a transaction. SQLite has one writer at a time anyway (BEGIN IMMEDIATE).
    """
    locked = _locked(firm_id)
    if len(locked) < 2:
        for kind in (Kind.AVAILABLE, Kind.RESERVED):
            Account.objects.get_or_create(firm_id=firm_id, kind=kind, defaults={"cents": 0})
        locked = _locked(firm_id)
    return Purse(locked[Kind.AVAILABLE], locked[Kind.RESERVED])


def outside(kind: Kind) -> Account:
    """Return an account of the world outside."""
    return Account.objects.get_or_create(firm=None, kind=kind)[0]


def post(entry: Entry, moves: Mapping[Account, int], actor: Actor) -> None:
    """Write ``entry``: ``moves`` are the cents that each account gains, or loses; those of a firm are locked.

    In the caller's transaction, evidence last. Raises Unbalanced.
    """
    if sum(moves.values()) or not moves or not all(moves.values()):
        raise Unbalanced(kind=entry.kind)
    entry.number = (Entry.objects.filter(firm_id=entry.firm_id).aggregate(last=Max("number"))["last"] or 0) + 1
    entry.at = timezone.now()
    for account, cents in moves.items():
        if account.firm_id is not None:
            _change(account, cents)
        Line(entry_id=entry.pk, account=account, cents=cents).save()
    entry.save()
    evidence.record(
        f"credit:{entry.kind}",
        actor=actor,
        subjects={"firm": str(entry.firm_id), "credit_entry": str(entry.pk)},
        data=_told(entry, max(moves.values())),
    )


def warning_cents() -> int:
    """Return under how many cents the credit of a firm is low."""
    return int(settings.CREDIT_WARNING_EUROS) * 100


def _locked(firm_id: int) -> dict[str, Account]:
    # Always in the same order, so that two of them cannot wait for each other.
    rows = Account.objects.select_for_update().filter(firm_id=firm_id).order_by("kind")
    return {row.kind: row for row in rows}


def _change(account: Account, cents: int) -> None:
    account.cents = (account.cents or 0) + cents
    if account.cents < 0:
        raise Unbalanced(account=account.kind)
    if account.kind == Kind.AVAILABLE and account.cents >= warning_cents():
        account.warns = True
    account.save(update_fields=["cents", "warns"])


def _told(entry: Entry, cents: int) -> dict[str, object]:
    told: dict[str, object] = {"cents": cents}
    if entry.reference:
        told["reference"] = entry.reference
    reservation: Reservation | None = entry.reservation
    if reservation is not None:
        told |= {"act": reservation.act, "count": entry.count, "key": reservation.key}
    return told
