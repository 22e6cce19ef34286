"""Colleagues, and two tabs, that come back from the provider at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection

from paraphe.platform.accounts.models import Delegation, Firm, Membership, Person
from tests.support.cast import ALICE, BOB, CHLOE, ETIENNE, HUGO, INES, CastPerson, sign_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "sqlite" in settings.DATABASES["default"]["ENGINE"],
        reason="SQLite has one writer at a time; its test database lives in one thread",
    ),
]


def at_once(*people: CastPerson) -> None:
    """Sign everybody in at the same moment; what fails is raised."""
    barrier = threading.Barrier(len(people))

    def run(person: CastPerson) -> None:
        try:
            barrier.wait(10)
            sign_in(person)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(run, people))


def test_two_tabs_make_one_person() -> None:
    for _ in range(3):
        at_once(ETIENNE, ETIENNE, ETIENNE)
    assert (Person.objects.count(), Firm.objects.count()) == (1, 3)
    assert Membership.objects.filter(ended_at=None).count() == 3


def test_colleagues_make_one_firm() -> None:
    at_once(ALICE, BOB, CHLOE, HUGO, INES)
    assert (Person.objects.count(), Firm.objects.count()) == (5, 1)
    assert Delegation.objects.filter(ended_at=None).count() == 5
