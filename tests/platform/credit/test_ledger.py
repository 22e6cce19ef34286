"""Paying in, keeping back, debiting, giving back: once per key, and never more than there is."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from paraphe.floor.chain import EntryRefused
from paraphe.kernel.errors import NotFound
from paraphe.platform.credit import api as credit
from paraphe.platform.credit.errors import Unbalanced
from paraphe.platform.credit.ledger import lock, outside, post
from paraphe.platform.credit.models import Account, Entry, Line, Reservation
from paraphe.platform.evidence import api as evidence
from tests.platform.conftest import ACTOR
from tests.platform.credit.conftest import OPERATOR, firm_with
from tests.support import cast

pytestmark = pytest.mark.django_db


def reserve(firm: Any, count: int, key: str = "batch-1", act: str = "signature") -> credit.ReservationView:
    return credit.reserve(firm=firm, act=act, count=count, key=key, actor=ACTOR)


def tags(firm: Any) -> list[str]:
    return [event.tag for event in evidence.history(firm=str(firm.pk)) if event.tag.startswith("credit:")]


def test_a_batch_is_reserved_then_debited_for_what_was_done_and_the_rest_given_back() -> None:
    firm = firm_with(10_000)
    assert reserve(firm, 12).done is None
    assert credit.balance(firm) == credit.Balance(9_400, 600)
    assert credit.settle("batch-1", done=10).done == 10
    assert credit.balance(firm) == credit.Balance(9_500, 0)
    assert tags(firm) == ["credit:topped-up", "credit:reserved", "credit:given-back", "credit:debited"]
    assert list(Entry.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert Line.objects.aggregate(all=Sum("cents"))["all"] == 0
    assert outside(Account.Kind.REVENUE).lines.aggregate(all=Sum("cents"))["all"] == 500
    assert outside(Account.Kind.BANK).lines.aggregate(all=Sum("cents"))["all"] == -10_000


def test_the_evidence_says_who_how_much_and_for_what() -> None:
    firm = firm_with(100)
    reserve(firm, 2)
    event = evidence.history(firm=str(firm.pk)).get(tag="credit:reserved")
    assert (event.actor_kind, event.actor_id) == (ACTOR.kind, ACTOR.id)
    assert event.data == {"cents": 100, "act": "signature", "count": 2, "key": "batch-1"}


def test_the_same_set_up_refuses_one_cent_too_much_and_says_how_much_is_missing() -> None:
    firm = firm_with(599)
    with pytest.raises(credit.CreditTooLow) as refused:
        reserve(firm, 12)
    assert refused.value.params == {"missing": 1, "act": "signature"}
    assert credit.balance(firm) == credit.Balance(599, 0)
    assert not Reservation.objects.exists()
    credit.top_up(firm=firm, cents=1, reference="VIR 2", actor=OPERATOR)
    assert reserve(firm, 12).count == 12
    assert credit.balance(firm) == credit.Balance(0, 600)


def test_what_is_reserved_cannot_be_reserved_again() -> None:
    firm = firm_with(100)
    reserve(firm, 2)
    with pytest.raises(credit.CreditTooLow):
        reserve(firm, 1, "batch-2")
    credit.release("batch-1")
    assert reserve(firm, 1, "batch-2").done is None


def test_repeating_a_verb_changes_nothing() -> None:
    firm = firm_with(1_000)
    first = reserve(firm, 4)
    assert reserve(firm, 4) == first
    for _ in range(3):
        credit.settle("batch-1", done=3)
    assert credit.balance(firm) == credit.Balance(850, 0)
    assert Entry.objects.count() == 4


@pytest.mark.parametrize("done", [0, 2, 4])
def test_a_closed_reservation_keeps_nothing_back_so_asking_for_it_again_says_so(done: int) -> None:
    firm = firm_with(1_000)
    reserve(firm, 4)
    credit.settle("batch-1", done=done)
    with pytest.raises(credit.ReservationClosed) as refused:
        reserve(firm, 4)
    assert refused.value.params["done"] == done
    assert credit.balance(firm) == credit.Balance(1_000 - 50 * done, 0)


def test_released_twice_is_released_once_and_not_debited_afterwards() -> None:
    firm = firm_with(1_000)
    reserve(firm, 4)
    credit.release("batch-1", actor=ACTOR)
    credit.release("batch-1", actor=ACTOR)
    with pytest.raises(credit.ReservationClosed) as refused:
        credit.settle("batch-1", done=1)
    assert refused.value.params["done"] == 0
    assert credit.balance(firm) == credit.Balance(1_000, 0)


def test_a_key_stands_for_one_reservation_only() -> None:
    firm, other = firm_with(1_000), firm_with(1_000, cast.ETIENNE, cast.OCEAN)
    reserve(firm, 4)
    for who, act, count in ((firm, "signature", 5), (firm, "seal", 4), (other, "signature", 4)):
        with pytest.raises(credit.KeyUsed):
            credit.reserve(firm=who, act=act, count=count, key="batch-1", actor=ACTOR)
    assert credit.balance(other) == credit.Balance(1_000, 0)


def test_the_price_of_the_day_it_was_reserved_is_what_is_debited(priced: Any) -> None:
    firm = firm_with(1_000)
    reserve(firm, 2)
    priced.PRICES = {**priced.PRICES, "signature": 400}
    credit.settle("batch-1", done=2)
    assert credit.balance(firm) == credit.Balance(900, 0)


def test_what_is_free_needs_no_credit_and_moves_nothing() -> None:
    firm = firm_with(0)
    reserve(firm, 1_000, act="code_sms")
    assert credit.settle("batch-1", done=999).done == 999
    assert not Entry.objects.exists()


@pytest.mark.parametrize("count", [0, -1, 100_001])
def test_a_number_of_acts_is_within_bounds(count: int) -> None:
    firm = firm_with(1_000)
    with pytest.raises(credit.BadCount):
        reserve(firm, count)


@pytest.mark.parametrize("done", [-1, 3])
def test_no_more_is_done_than_was_reserved(done: int) -> None:
    firm = firm_with(1_000)
    reserve(firm, 2)
    with pytest.raises(credit.BadCount):
        credit.settle("batch-1", done=done)
    assert credit.balance(firm) == credit.Balance(900, 100)


def test_what_nobody_reserved_cannot_be_closed_and_what_has_no_price_not_reserved() -> None:
    firm = firm_with(1_000)
    with pytest.raises(NotFound):
        credit.settle("unknown", done=0)
    with pytest.raises(credit.UnknownAct):
        reserve(firm, 1, act="dance")
    for key in ("", "k" * 201):
        with pytest.raises(credit.BadKey):
            reserve(firm, 1, key)


def test_a_transfer_is_taken_once_however_it_is_spelt() -> None:
    firm, other = firm_with(0), firm_with(0, cast.ETIENNE, cast.OCEAN)
    assert credit.top_up(firm=firm, cents=5_000, reference="VIR 2026 17", actor=OPERATOR)
    assert not credit.top_up(firm=firm, cents=5_000, reference=" vir  2026 17", actor=OPERATOR)
    for who, cents in ((firm, 5_001), (other, 5_000)):
        with pytest.raises(credit.ReferenceUsed):
            credit.top_up(firm=who, cents=cents, reference="VIR 2026 17", actor=OPERATOR)
    assert credit.balance(firm) == credit.Balance(5_000, 0)
    assert credit.balance(other) == credit.Balance(0, 0)


@pytest.mark.parametrize(
    ("reference", "reason"),
    [("", "empty"), ("  ", "empty"), ("x" * 81, "long"), ("a\x00b", "unprintable"), (cast.MARTIN.siren, "siren")],
)
def test_a_reference_must_name_one_transfer(reference: str, reason: str) -> None:
    firm = firm_with(0)
    with pytest.raises(credit.BadReference) as refused:
        credit.top_up(firm=firm, cents=5_000, reference=reference, actor=OPERATOR)
    assert refused.value.params["reason"] == reason
    assert credit.balance(firm) == credit.Balance(0, 0)


@pytest.mark.parametrize("cents", [0, -5, credit.MOST_CENTS + 1])
def test_an_amount_is_within_bounds(cents: int) -> None:
    firm = firm_with(0)
    with pytest.raises(credit.BadAmount):
        credit.top_up(firm=firm, cents=cents, reference="VIR 1", actor=OPERATOR)


def test_open_reservations_of_yesterday_are_found_the_oldest_first() -> None:
    firm = firm_with(1_000)
    now = timezone.now()
    for days, key in ((1, "b"), (2, "a"), (3, "closed")):
        with time_machine.travel(now - timedelta(days=days, minutes=1), tick=False):
            reserve(firm, 1, key)
    reserve(firm, 1, "today")
    credit.release("closed")
    assert [one.key for one in credit.stale(now - timedelta(days=1))] == ["a", "b"]


def test_a_month_shows_what_was_paid_and_used_with_the_balance_after_each() -> None:
    firm = firm_with(0)
    with time_machine.travel("2026-09-30T21:59:00+00:00", tick=False):  # a minute before October in Paris
        credit.top_up(firm=firm, cents=1_000, reference="VIR 1", actor=OPERATOR)
    with time_machine.travel("2026-09-30T22:00:00+00:00", tick=False):
        reserve(firm, 4)
        credit.settle("batch-1", done=3)
        credit.top_up(firm=firm, cents=500, reference="VIR 2", actor=OPERATOR)
    with time_machine.travel("2026-12-05T12:00:00+00:00", tick=False):
        assert credit.months(firm) == [date(2026, 12, 1), date(2026, 10, 1), date(2026, 9, 1)]
    october = credit.statement(firm, date(2026, 10, 17))
    assert (october.opening_cents, october.paid_cents, october.used_cents, october.closing_cents) == (
        1_000,
        500,
        150,
        1_350,
    )
    assert [(line.kind, line.cents, line.balance_cents) for line in october.lines] == [
        ("debited", -150, 850),
        ("topped-up", 500, 1_350),
    ]
    assert (october.lines[0].act, october.lines[0].count, october.lines[0].unit_cents) == ("signature", 3, 50)
    assert credit.statement(firm, date(2026, 11, 1)).opening_cents == 1_350
    other = firm_with(0, cast.ETIENNE, cast.OCEAN)
    assert credit.statement(other, date(2026, 10, 1)).lines == ()


def test_the_program_refuses_an_entry_that_does_not_sum_to_zero_or_overdraws() -> None:
    firm = firm_with(100)
    purse = lock(firm.pk)
    for moves in ({purse.available: 5}, {}, {purse.available: -101, purse.reserved: 101}):
        with pytest.raises(Unbalanced), transaction.atomic():
            post(Entry(firm_id=firm.pk, kind="reserved", key="x"), moves, OPERATOR)
    assert credit.balance(firm) == credit.Balance(100, 0)


def test_the_database_refuses_what_is_not_balanced_whoever_writes_it() -> None:
    firm = firm_with(100)
    account, entry = Account.objects.get(firm=firm, kind="available"), Entry.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry(firm=firm, number=2, kind="topped-up", key="empty", at=timezone.now()).save()
    one_sided = Entry(firm=firm, number=2, kind="topped-up", key="one-sided", at=timezone.now())
    with transaction.atomic():
        Line(entry_id=one_sided.pk, account=account, cents=5).save()
        with pytest.raises(IntegrityError), transaction.atomic():
            one_sided.save()
        transaction.set_rollback(True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Line(entry=entry, account=Account.objects.get(firm=firm, kind="reserved"), cents=5).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(cents=-1)


@pytest.mark.parametrize("table", ["credit_entry", "credit_line"])
def test_what_is_written_is_neither_changed_nor_deleted(table: str) -> None:
    firm_with(100)
    for row in (Entry.objects.get(), Line.objects.filter(cents=100).get()):
        for act in (row.save, row.delete):
            with pytest.raises(EntryRefused):
                act()
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_operator_sees_each_firm_and_an_account_that_somebody_bent() -> None:
    firm = firm_with(100)
    firm_with(300, cast.ETIENNE, cast.OCEAN)
    Account.objects.filter(firm=firm, kind="available").update(cents=1_000_000)
    assert {one.siren: one.sound for one in credit.holders()} == {cast.MARTIN.siren: False, cast.OCEAN.siren: True}
