"""The last euro, spent by several threads at the same moment."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from paraphe.kernel.errors import DomainError
from paraphe.platform.credit import api as credit
from paraphe.platform.credit.models import Entry, Reservation
from tests.platform.conftest import ACTOR
from tests.platform.credit.conftest import OPERATOR, firm_with
from tests.support import cast

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(number: int, act: Callable[[int], Any]) -> list[str]:
    """Do ``act`` in ``number`` threads at the same moment; return ``done`` or the code of the refusal of each."""
    barrier = threading.Barrier(number)

    def run(which: int) -> str:
        try:
            barrier.wait(10)
            act(which)
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(number) as pool:
        return sorted(pool.map(run, range(number)))


def test_the_last_euro_is_spent_once() -> None:
    firm = firm_with(100)

    def spend(which: int) -> None:
        credit.reserve(firm=firm, act="signature", count=2, key=f"{uuid.uuid4()}-{which}", actor=ACTOR)

    for _ in range(3):
        outcome = at_once(4, spend)
        assert outcome == ["credit_too_low"] * 3 + ["done"]
        assert credit.balance(firm) == credit.Balance(0, 100)
        credit.release(Reservation.objects.get(done=None).key)


def test_a_first_transfer_told_by_several_is_taken_once() -> None:
    firm = firm_with(0)
    assert at_once(4, lambda _: credit.top_up(firm=firm, cents=700, reference="VIR 1", actor=OPERATOR)) == ["done"] * 4
    assert credit.balance(firm) == credit.Balance(700, 0)


def test_one_transfer_told_for_two_firms_goes_to_one() -> None:
    firms = [firm_with(0), firm_with(0, cast.ETIENNE, cast.OCEAN)]
    outcome = at_once(2, lambda n: credit.top_up(firm=firms[n], cents=700, reference="VIR 1", actor=OPERATOR))
    assert outcome == ["done", "reference_used"]
    assert sum(credit.balance(firm).available_cents for firm in firms) == 700


def test_a_reservation_made_and_closed_by_several_moves_once() -> None:
    firm = firm_with(1_000)
    reserve = lambda _: credit.reserve(firm=firm, act="signature", count=4, key="batch", actor=ACTOR)  # noqa: E731
    assert at_once(4, reserve) == ["done"] * 4
    assert credit.balance(firm) == credit.Balance(800, 200)
    assert at_once(4, lambda _: credit.settle("batch", done=4)) == ["done"] * 4
    assert credit.balance(firm) == credit.Balance(800, 0)
    assert Entry.objects.count() == 3


def test_settled_and_released_at_once_one_of_them_counts() -> None:
    firm = firm_with(1_000)
    credit.reserve(firm=firm, act="signature", count=4, key="batch", actor=ACTOR)
    assert at_once(4, lambda n: credit.settle("batch", done=4 * (n % 2))) == ["done"] * 2 + ["reservation_closed"] * 2
    assert credit.balance(firm) in (credit.Balance(800, 0), credit.Balance(1_000, 0))
