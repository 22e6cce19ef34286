"""Launching: everything in the way is told at once; then it is paid, frozen, and the first are invited."""

import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.jobs import worker
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import freezing, launch
from paraphe.platform.envelopes.models import Envelope, EnvelopeDocument, Recipient
from paraphe.platform.envelopes.values import FieldData
from paraphe.platform.evidence import api as evidence
from tests.pdf.hands import letter
from tests.pdf.hands import sign as signed_by_alice
from tests.platform.conftest import give_certificate
from tests.platform.envelopes.support import CLIENTS, LETTER, Desk, desk, pay
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def price(settings: Any) -> None:
    settings.PRICES = {**settings.PRICES, "signature": 50}


def has(one: Desk) -> tuple[int, int]:
    balance = credit.balance(one.firm)
    return balance.available_cents, balance.reserved_cents


def codes(caught: pytest.ExceptionInfo[envelopes.NotReady]) -> set[str]:
    return {one.code for one in caught.value.problems}


def test_a_launch_reserves_freezes_and_invites_the_first_step() -> None:
    alice = desk()
    pay(alice, 200)
    found = alice.launched("claire", "denis", documents=2)
    assert found.state == "running"
    assert has(alice) == (100, 100)
    assert [one.state for one in found.acting] == ["invited", "waiting"]
    assert found.expires_at is not None
    for document in found.documents:
        frozen = files.read(document.file_id)
        assert frozen.startswith(LETTER)
        assert len(pdf.inspect(frozen).empty_fields) == 2
    tags = [one.tag for one in evidence.history(envelope=str(found.id))]
    assert tags == [
        "envelope:created",
        "envelope:launch-asked",
        "envelope:frozen",
        "envelope:launched",
        "recipient:invited",
    ]


def test_everything_in_the_way_is_told_at_once_and_nothing_is_done() -> None:
    alice = desk()
    draft = alice.draft()
    envelopes.add_recipient(**alice.where, envelope_id=draft.id, typed={"family_name": "Vidal"})
    envelopes.add_recipient(**alice.where, envelope_id=draft.id, typed={**CLIENTS["denis"], "mobile": ""})
    with pytest.raises(envelopes.NotReady) as caught:
        envelopes.launch(**alice.who, envelope_id=draft.id)
    assert codes(caught) == {
        "email_missing",
        "name_missing",
        "mobile_missing",
        "box_missing",
        "nobody_signs",
        "credit",
    }
    assert alice.now(draft.id).state == "draft"
    assert codes(caught) == {one.code for one in envelopes.problems(alice.person, alice.firm, draft.id)}


def test_an_empty_draft_says_what_it_needs() -> None:
    alice = desk()
    draft = envelopes.create(**alice.who)
    assert [one.code for one in envelopes.problems(alice.person, alice.firm, draft.id)] == [
        "title_missing",
        "nothing_to_sign",
        "no_signer",
    ]


def test_the_field_that_differs_from_a_certificate_is_named_before_the_launch(trust: SmallTrust) -> None:
    alice = desk()
    pay(alice, 200)
    give_certificate(alice.person.pk, trust)
    draft = alice.draft()
    typed = {"given_name": "Alicia", "family_name": "MARTIN", "email": alice.person.email}
    envelopes.add_recipient(**alice.where, envelope_id=draft.id, typed=typed)
    envelopes.place_by_default(**alice.where, envelope_id=draft.id, document_id=draft.documents[0].id)
    [found] = envelopes.problems(alice.person, alice.firm, draft.id)
    assert (found.code, found.params["field"], found.params["held"]) == ("certificate_differs", "given_name", "Alice")
    recipient = alice.now(draft.id).recipients[0]
    envelopes.change_recipient(
        **alice.where, envelope_id=draft.id, recipient_id=recipient.id, typed={**typed, "given_name": "Alice"}
    )
    assert envelopes.launch(**alice.who, envelope_id=draft.id).state == "running"


def test_a_signed_document_takes_signatures_but_nothing_to_fill() -> None:
    alice = desk()
    pay(alice, 200)
    draft = alice.ready("claire", data=signed_by_alice(letter()).data)
    [document], [claire] = draft.documents, draft.recipients
    fields = [FieldData(claire.id, "signature", 0, 50, 50, 200, 70), FieldData(claire.id, "text", 0, 50, 150, 200, 20)]
    here = {**alice.where, "envelope_id": draft.id, "document_id": document.id}
    envelopes.place(**here, fields=fields)
    assert [one.code for one in envelopes.problems(alice.person, alice.firm, draft.id)] == ["signed_already"]
    envelopes.place(**here, fields=fields[:1])
    assert envelopes.launch(**alice.who, envelope_id=draft.id).state == "running"


def test_who_may_only_prepare_hands_over_to_who_may_launch() -> None:
    alice = desk()
    pay(alice, 200)
    bob = desk(cast.BOB)
    accounts.grant(
        person=bob.person,
        firm=alice.firm,
        granted_by=alice.person,
        rights=["prepare"],
        mandate=uuid.uuid4(),
        starts_on=timezone.localdate(),
    )
    preparer = Desk(bob.person, alice.firm)
    assert "launch" not in accounts.rights(bob.person, alice.firm)
    draft = preparer.ready("claire")
    with pytest.raises(envelopes.MayNot):
        envelopes.launch(**preparer.who, envelope_id=draft.id)
    envelopes.hand_over(**preparer.who, envelope_id=draft.id)
    assert envelopes.launch(**alice.who, envelope_id=draft.id).state == "running"
    assert Envelope.objects.get(pk=draft.id).launched_by_id == alice.person.pk


def test_a_mandate_for_launching_is_counted_and_limited_to_its_kinds() -> None:
    alice = desk()
    pay(alice, 200)
    bob = desk(cast.BOB)
    mandate = uuid.uuid4()
    accounts.grant(
        person=bob.person,
        firm=alice.firm,
        granted_by=alice.person,
        rights=["prepare", "launch"],
        mandate=mandate,
        kinds=["payslip"],
        most=1,
        starts_on=timezone.localdate(),
    )
    clerk = Desk(bob.person, alice.firm)
    first, second = clerk.ready("claire"), clerk.ready("denis")
    with pytest.raises(envelopes.MayNot):
        envelopes.launch(**clerk.who, envelope_id=first.id)
    for draft in (first, second):
        typed = {"title": "Bulletin", "kind": "payslip"}
        envelopes.set_options(**clerk.where, envelope_id=draft.id, typed=typed)
    envelopes.launch(**clerk.who, envelope_id=first.id)
    with pytest.raises(envelopes.MayNot):
        envelopes.launch(**clerk.who, envelope_id=second.id)
    assert has(alice) == (150, 50)


def test_the_last_euro_is_spent_once() -> None:
    alice = desk()
    pay(alice, 50)
    first, second = alice.ready("claire"), alice.ready("denis")
    envelopes.launch(**alice.who, envelope_id=first.id)
    with pytest.raises(envelopes.NotReady) as caught:
        envelopes.launch(**alice.who, envelope_id=second.id)
    assert [(one.code, one.params["missing"]) for one in caught.value.problems] == [("credit", 50)]
    assert has(alice) == (0, 50)


def test_a_large_collection_is_frozen_by_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "AT_ONCE_OCTETS", 10)
    alice = desk()
    pay(alice, 200)
    found = alice.launched("claire")
    assert found.state == "launching"
    worker.drain()
    assert alice.now(found.id).state == "running"


def test_what_cannot_be_frozen_makes_it_a_draft_again_and_gives_the_credit_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice = desk()
    pay(alice, 200)
    draft = alice.ready("claire", documents=2)
    broken = EnvelopeDocument.objects.get(pk=draft.documents[1].id)
    broken.source_sha256 = "0" * 64
    broken.save()
    found = envelopes.launch(**alice.who, envelope_id=draft.id)
    assert (found.state, found.stuck_code) == ("draft", "source_changed")
    assert has(alice) == (200, 0)
    assert not EnvelopeDocument.objects.exclude(frozen_file=None).exists()
    envelopes.remove_document(**alice.where, envelope_id=draft.id, document_id=broken.pk)
    assert envelopes.launch(**alice.who, envelope_id=draft.id).state == "running"


def test_freezing_goes_on_where_it_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = desk()
    pay(alice, 200)
    draft = alice.ready("claire", documents=3)
    real, calls = freezing._freeze, []

    def dies(document: EnvelopeDocument) -> None:
        calls.append(document.pk)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(document)

    monkeypatch.setattr(freezing, "_freeze", dies)
    with pytest.raises(KeyboardInterrupt):
        envelopes.launch(**alice.who, envelope_id=draft.id)
    assert alice.now(draft.id).state == "launching"
    first = EnvelopeDocument.objects.exclude(frozen_file=None).get().frozen_file
    freezing.freeze(draft.id)
    freezing.freeze(draft.id)
    assert alice.now(draft.id).state == "running"
    assert EnvelopeDocument.objects.filter(frozen_file=first).exists()
    assert Recipient.objects.filter(state="invited").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_launches_at_once_are_one() -> None:
    alice = desk()
    pay(alice, 200)
    draft = alice.ready("claire")
    results: list[str] = []
    gate = threading.Barrier(2)

    def press() -> None:
        gate.wait()
        try:
            envelopes.launch(**alice.who, envelope_id=draft.id)
            results.append("launched")
        except envelopes.WrongState:
            results.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(results) == ["launched", "too late"]
    assert has(alice) == (150, 50)
    assert sum(one.tag == "recipient:invited" for one in evidence.history(envelope=str(draft.id))) == 1
