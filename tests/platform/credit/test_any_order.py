"""Whatever is done in whatever order: entries sum to zero, nothing is negative, accounts are what their lines say."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paraphe.kernel.errors import DomainError
from paraphe.platform.credit import api as credit
from paraphe.platform.credit.models import Account, Line
from tests.platform.conftest import ACTOR
from tests.platform.credit.conftest import OPERATOR, firm_with

KEYS = st.sampled_from(["a", "b", "c"])
STEPS = st.one_of(
    st.tuples(st.just("top_up"), st.integers(-1, 400), KEYS),
    st.tuples(st.just("reserve"), st.integers(-1, 9), KEYS),
    st.tuples(st.just("settle"), st.integers(-1, 9), KEYS),
    st.tuples(st.just("release"), st.just(0), KEYS),
)


def do(firm: Any, verb: str, number: int, key: str) -> None:
    if verb == "top_up":
        credit.top_up(firm=firm, cents=number, reference=key, actor=OPERATOR)
    elif verb == "reserve":
        credit.reserve(firm=firm, act="signature", count=number, key=key, actor=ACTOR)
    elif verb == "settle":
        credit.settle(key, done=number)
    else:
        credit.release(key)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=25))
def test_any_sequence_of_verbs_leaves_sound_books(steps: list[tuple[str, int, str]]) -> None:
    with transaction.atomic():
        firm = firm_with(0)
        for step in steps:
            try:
                do(firm, *step)
            except DomainError:
                continue
            finally:
                held = credit.balance(firm)
                assert min(held.available_cents, held.reserved_cents) >= 0
        assert (Line.objects.aggregate(all=Sum("cents"))["all"] or 0) == 0
        assert all(one.sound for one in credit.holders())
        entries = Line.objects.values("entry").annotate(sum=Sum("cents"))
        assert all(one["sum"] == 0 for one in entries)
        open_cents = sum(one.count * one.unit_cents for one in credit.stale(timezone.now() + timedelta(days=1)))
        assert credit.balance(firm).reserved_cents == open_cents
        assert Account.objects.filter(cents__lt=0).count() == 0
        transaction.set_rollback(True)
