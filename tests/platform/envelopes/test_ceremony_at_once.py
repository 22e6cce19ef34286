"""Several people press at the same second: each signs once, one after the other, and nobody's signature is lost."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from paraphe.kernel.errors import DomainError
from paraphe.platform.envelopes import ceremony
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.signing import api as signing
from tests.platform.envelopes.test_ceremony import Guest, signers, started
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Let everybody begin at the same moment; return what came of each: a value, or what was raised."""
    barrier = threading.Barrier(len(acts))

    def act(one: Callable[[], object]) -> object:
        try:
            barrier.wait(10)
            return one()
        except DomainError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(act, acts))


def test_two_press_sign_in_the_same_second(trust: SmallTrust) -> None:
    envelope_id = started(("claire", "denis", "elsa"), parallel=True)
    people = [Guest(trust, envelope_id, name) for name in ("Claire", "Denis", "Elsa")]
    for guest in people:
        guest.reads()
        guest.agrees()
    waiting, uses = list(people), trust.uses_of_the_key
    while waiting:
        came = at_once(*(guest.goes for guest in waiting))
        gone = [(guest, address) for guest, address in zip(waiting, came, strict=True) if isinstance(address, str)]
        assert len(gone) == 1, came
        assert all(isinstance(one, signing.AnotherSigns) for one in came if not isinstance(one, str)), came
        ((guest, address),) = gone
        assert guest.types_code(address).state == "signed"
        waiting.remove(guest)
    assert trust.uses_of_the_key == uses + 3
    assert sorted(signers(trust, envelope_id)) == ["Claire Vidal", "Denis Roux", "Elsa Noël"]


def test_the_way_back_taken_twice_at_once_signs_once(trust: SmallTrust) -> None:
    envelope_id = started(("claire", "denis"))
    claire = Guest(trust, envelope_id, "Claire")
    claire.reads()
    claire.agrees()
    address, uses = claire.goes(), trust.uses_of_the_key
    at_once(lambda: claire.types_code(address), lambda: claire.types_code(address), ceremony.settle_ended)
    ceremony.settle_ended()
    assert trust.uses_of_the_key == uses + 1
    assert signers(trust, envelope_id) == ["Claire Vidal"]
    assert Recipient.objects.get(given_name="Denis").state == "invited"


def test_refusing_and_signing_at_once_ends_one_way(trust: SmallTrust) -> None:
    envelope_id = started(("claire", "denis"), parallel=True)
    claire, denis = (Guest(trust, envelope_id, name) for name in ("Claire", "Denis"))
    claire.reads()
    claire.agrees()
    address = claire.goes()
    at_once(lambda: claire.types_code(address), lambda: ceremony.refuse(denis.who, denis.actor, "Non."))
    ceremony.settle_ended()
    assert Envelope.objects.get(pk=envelope_id).state == "refused"
    assert Recipient.objects.get(given_name="Claire").state in ("read", "signed")
    assert connection.vendor in ("sqlite", "postgresql")
