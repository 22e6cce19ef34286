"""Many signers of one collection: what one of them costs does not depend on how many others there are.

What hundreds of them take in time stands in ``bench/results/many_signers.md``.
"""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from paraphe.floor.jobs import worker
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import ceremony, inviting
from paraphe.platform.envelopes.models import Recipient
from paraphe.platform.signing.models import SigningItem, SigningRequest
from tests.platform.envelopes.support import Desk, desk
from tests.platform.envelopes.test_ceremony import Guest, signers
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


def started(alice: Desk, number: int) -> uuid.UUID:
    """Return a collection that as many people sign at the same time."""
    draft = alice.draft()
    for one in range(number):
        typed = {"given_name": f"P{one}", "family_name": "Vidal", "email": f"p{one}@vidal.example"}
        envelopes.add_recipient(**alice.where, envelope_id=draft.id, typed={**typed, "mobile": f"06{12345678 + one}"})
    envelopes.place_by_default(**alice.where, envelope_id=draft.id, document_id=draft.documents[0].id)
    Recipient.objects.filter(envelope_id=draft.id).update(step=1)
    envelopes.launch(**alice.who, envelope_id=draft.id)
    return draft.id


def asked(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_a_signer_asks_the_database_as_much_among_few_as_among_many(trust: SmallTrust) -> None:
    alice = desk()
    counts = []
    for number in (3, 12):
        running = started(alice, number)
        Guest(trust, running, "P0").signs()
        guests = [Guest(trust, running, f"P{one}") for one in (1, 2)]
        looked = [asked(partial(ceremony.look, one.who)) for one in guests]
        signed = asked(guests[0].signs)
        counts.append((looked, signed, asked(partial(alice.now, running))))
        assert signers(trust, running) == ["P0 Vidal", "P1 Vidal"]
    assert counts[0] == counts[1]


def test_what_was_signed_before_is_taken_once_and_judged_once(trust: SmallTrust) -> None:
    running = started(desk(), 3)
    for one in range(3):
        Guest(trust, running, f"P{one}").signs()
    items = SigningItem.objects.filter(request__reference=str(running)).order_by("request__created_at")
    assert [one.judged for one in items] == [False, True, True]
    assert not SigningRequest.objects.filter(reference=str(running), taken_at=None).exists()
    assert len(signers(trust, running)) == 3


def test_many_are_invited_a_part_at_a_time(trust: SmallTrust, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inviting, "AT_ONCE", 3)
    running = started(desk(), 8)
    invited = Recipient.objects.filter(envelope_id=running, state="invited")
    assert invited.count() == 3
    worker.drain()
    assert invited.count() == 8


def test_boxes_for_which_the_page_has_no_room_are_not_on_top_of_each_other() -> None:
    alice = desk()
    draft = alice.draft()
    Recipient.objects.bulk_create(
        Recipient(envelope_id=draft.id, step=1, position=one, email=f"p{one}@vidal.example") for one in range(40)
    )
    document = draft.documents[0].id
    assert envelopes.place_by_default(**alice.where, envelope_id=draft.id, document_id=document) == 40
    boxes = alice.now(draft.id).documents[0].fields
    seen = [one for one in boxes if one.width]
    assert len({(one.x, one.y) for one in seen}) == len(seen) < 40
    assert all(one.y >= 0 for one in seen)


def test_the_operator_says_how_many_people_there_may_be(settings: Any) -> None:
    settings.MOST_RECIPIENTS = 2
    alice = desk()
    draft = alice.draft("claire", "denis")
    with pytest.raises(envelopes.TooMany) as caught:
        envelopes.add_recipient(**alice.where, envelope_id=draft.id, typed={"email": "elsa@noel.example"})
    assert caught.value.params["limit"] == 2
