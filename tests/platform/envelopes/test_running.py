"""A collection that runs: step after step, corrected, replaced, reordered, reminded, ended; archived at the end."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from paraphe.floor.files.models import StoredFile
from paraphe.floor.jobs import worker
from paraphe.kernel.errors import NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.credit import api as credit
from paraphe.platform.documents import api as documents
from paraphe.platform.documents import signature
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import completion, jobs, links, timing
from paraphe.platform.envelopes.models import Envelope, EnvelopeDocument, Recipient
from paraphe.platform.evidence import api as evidence
from tests.platform.envelopes.support import CLIENTS, Desk, desk, pay, sign
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(settings: Any, trust: SmallTrust) -> Desk:
    """Return Alice with five euros; a signature costs fifty cents."""
    settings.PRICES = {**settings.PRICES, "signature": 50}
    found = desk()
    pay(found, 500)
    return found


def has(one: Desk) -> tuple[int, int]:
    balance = credit.balance(one.firm)
    return balance.available_cents, balance.reserved_cents


def states(one: Desk, found: envelopes.EnvelopeView) -> list[str]:
    return [recipient.state for recipient in one.now(found.id).recipients]


def test_step_after_step_then_everything_is_archived(alice: Desk, trust: SmallTrust) -> None:
    found = alice.launched("claire", "denis")
    sign(trust, found.id, CLIENTS["claire"]["email"])
    assert states(alice, found) == ["signed", "invited"]
    assert has(alice) == (400, 50)
    sign(trust, found.id, CLIENTS["denis"]["email"])
    assert alice.now(found.id).state == "completing"
    worker.drain()
    done = alice.now(found.id)
    assert (done.state, has(alice)) == ("completed", (400, 0))
    data = envelopes.content(alice.person, alice.firm, done.id, done.documents[0].id)
    report = pdf.validate(
        data, pdf.ValidationSettings(tuple(pdf.Anchor(one) for one in trust.pki.roots), timezone.now())
    )
    assert [one.level for one in report.signatures if one.kind != "timestamp"] == ["B-LTA", "B-LTA"]
    assert report.ok
    assert Envelope.objects.get(pk=found.id).delete_on is not None


def test_people_of_one_step_are_asked_together_and_the_next_step_waits_for_both(alice: Desk, trust: SmallTrust) -> None:
    draft = alice.ready("claire", "denis", "elsa")
    claire, denis, elsa = (one.id for one in draft.recipients)
    envelopes.arrange_recipients(**alice.where, envelope_id=draft.id, steps=[[claire, denis], [elsa]])
    found = envelopes.launch(**alice.who, envelope_id=draft.id)
    assert states(alice, found) == ["invited", "invited", "waiting"]
    sign(trust, found.id, CLIENTS["denis"]["email"])
    assert states(alice, found) == ["invited", "signed", "waiting"]
    sign(trust, found.id, CLIENTS["claire"]["email"])
    assert states(alice, found) == ["signed", "signed", "invited"]


def test_a_missing_timestamp_is_waited_for_and_shown(alice: Desk, trust: SmallTrust) -> None:
    found = alice.launched("claire")
    sign(trust, found.id, CLIENTS["claire"]["email"])
    trust.faults["/tsa"] = "down"
    worker.drain()
    waits = alice.now(found.id)
    assert (waits.state, waits.stuck_code) == ("completing", "timestamp_unavailable")
    trust.faults.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        jobs.go_on.call()
    assert alice.now(found.id).state == "completed"
    assert alice.now(found.id).stuck_code == ""


def test_completion_killed_after_each_document_goes_on(
    alice: Desk, trust: SmallTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = alice.launched("claire", documents=2)
    sign(trust, found.id, CLIENTS["claire"]["email"])
    real = completion._archive

    def dies(document: EnvelopeDocument) -> None:
        real(document)
        raise KeyboardInterrupt

    monkeypatch.setattr(completion, "_archive", dies)
    with pytest.raises(KeyboardInterrupt):
        completion.complete(found.id)
    monkeypatch.setattr(completion, "_archive", real)
    first = EnvelopeDocument.objects.exclude(final_file=None).get().final_file
    completion.complete(found.id)
    completion.complete(found.id)
    assert alice.now(found.id).state == "completed"
    assert EnvelopeDocument.objects.filter(final_file=first).exists()


def test_a_document_changed_in_storage_is_never_archived(alice: Desk, trust: SmallTrust) -> None:
    found = alice.launched("claire")
    sign(trust, found.id, CLIENTS["claire"]["email"])
    EnvelopeDocument.objects.update(sha256="0" * 64)
    worker.drain()
    assert alice.now(found.id).stuck_code == "document_tampered"
    assert not EnvelopeDocument.objects.exclude(final_file=None).exists()


def test_a_refusal_ends_it_and_gives_back_what_was_not_signed(alice: Desk, trust: SmallTrust) -> None:
    found = alice.launched("claire", "denis")
    sign(trust, found.id, CLIENTS["claire"]["email"])
    Recipient.objects.filter(envelope=found.id, state="invited").update(state="refused")
    for _again in range(2):
        envelopes.after_refusal(found.id)
    assert alice.now(found.id).state == "refused"
    assert has(alice) == (450, 0)


def test_cancelled_with_a_reason_nobody_signs_any_more(alice: Desk) -> None:
    found = alice.launched("claire", "denis")
    with pytest.raises(envelopes.BadOptions):
        envelopes.cancel(**alice.who, envelope_id=found.id, reason=" \x00 ")
    for _again in range(2):
        envelopes.cancel(**alice.who, envelope_id=found.id, reason="Mauvais document.")
    ended = alice.now(found.id)
    assert (ended.state, ended.end_reason, has(alice)) == ("cancelled", "Mauvais document.", (500, 0))
    envelopes.after_signature(found.id)
    assert alice.now(found.id).state == "cancelled"
    with pytest.raises(envelopes.WrongState):
        envelopes.relaunch(**alice.who, envelope_id=found.id)


def test_a_wrong_address_is_corrected_and_the_old_link_is_dead(alice: Desk) -> None:
    found = alice.launched("claire")
    before = links.hash_of(links.token_of(Recipient.objects.get()))
    assert Recipient.objects.get().token_hash == before
    typed = {**CLIENTS["claire"], "email": "c.vidal@vidal.example"}
    envelopes.correct(**alice.who, envelope_id=found.id, recipient_id=found.recipients[0].id, typed=typed)
    corrected = Recipient.objects.get()
    assert (corrected.email, corrected.state) == ("c.vidal@vidal.example", "invited")
    assert corrected.token_hash == links.hash_of(links.token_of(corrected)) != before
    with pytest.raises(envelopes.NotReady):
        envelopes.correct(**alice.who, envelope_id=found.id, recipient_id=corrected.pk, typed={**typed, "mobile": ""})
    assert Recipient.objects.get().mobile == "+33612345679"


def test_somebody_else_signs_in_his_place_and_nothing_is_paid_twice(alice: Desk, trust: SmallTrust) -> None:
    found = alice.launched("claire", "denis")
    claire = found.recipients[0]
    made = envelopes.replace(**alice.who, envelope_id=found.id, recipient_id=claire.id, typed=CLIENTS["elsa"])
    assert has(alice) == (400, 100)
    assert Recipient.objects.get(pk=claire.id).token_hash is None
    assert {one.recipient_id for one in alice.now(found.id).documents[0].fields} == {made, found.recipients[1].id}
    with pytest.raises(envelopes.NotDone):
        envelopes.replace(**alice.who, envelope_id=found.id, recipient_id=claire.id, typed=CLIENTS["elsa"])
    sign(trust, found.id, CLIENTS["elsa"]["email"])
    with pytest.raises(envelopes.NotDone):
        envelopes.correct(**alice.who, envelope_id=found.id, recipient_id=made, typed=CLIENTS["elsa"])
    assert [one.state for one in alice.now(found.id).acting] == ["signed", "invited"]


def test_the_order_is_changed_while_it_runs(alice: Desk, trust: SmallTrust) -> None:
    found = alice.launched("claire", "denis", "elsa")
    claire, denis, elsa = (one.id for one in found.recipients)
    sign(trust, found.id, CLIENTS["claire"]["email"])
    envelopes.reorder(**alice.who, envelope_id=found.id, steps=[[elsa], [denis]])
    now = alice.now(found.id)
    assert [(one.given_name, one.state) for one in now.acting] == [
        ("Claire", "signed"),
        ("Elsa", "invited"),
        ("Denis", "waiting"),
    ]
    with pytest.raises(envelopes.BadOrder):
        envelopes.reorder(**alice.who, envelope_id=found.id, steps=[[claire], [elsa], [denis]])


def test_reminders_come_on_their_days_and_by_hand_not_too_often(alice: Desk) -> None:
    with time_machine.travel("2026-11-02T09:00:00+01:00", tick=False) as clock:
        found = alice.launched("claire", "denis")
        assert alice.now(found.id).reminder_days == (3, 7, 12)
        assert timing.remind_due() == 0
        clock.shift(timedelta(days=3))
        assert (timing.remind_due(), timing.remind_due()) == (1, 0)
        with pytest.raises(envelopes.TooSoon):
            envelopes.relaunch(**alice.who, envelope_id=found.id)
        clock.shift(timedelta(hours=1))
        assert envelopes.relaunch(**alice.who, envelope_id=found.id) == 1
        with pytest.raises(envelopes.NotDone):
            envelopes.relaunch(**alice.who, envelope_id=found.id, recipient_id=found.recipients[1].id)
        clock.shift(timedelta(days=9))
        assert timing.remind_due() == 1, "two days passed unseen are one reminder"
    assert Recipient.objects.get(email=CLIENTS["claire"]["email"]).reminders == 3


def test_it_expires_after_a_notice_unless_it_is_extended(alice: Desk) -> None:
    with time_machine.travel("2026-11-02T09:00:00+01:00", tick=False) as clock:
        found = alice.launched("claire")
        other = alice.launched("denis")
        clock.shift(timedelta(days=13))
        assert (timing.notice_due(), timing.notice_due()) == (2, 0)
        envelopes.extend(**alice.who, envelope_id=other.id, days=10)
        clock.shift(timedelta(days=2))
        assert (timing.expire_due(), timing.expire_due()) == (1, 0)
        assert (alice.now(found.id).state, alice.now(other.id).state) == ("expired", "running")
        assert has(alice) == (450, 50)
        with pytest.raises(envelopes.WrongState):
            envelopes.extend(**alice.who, envelope_id=found.id, days=10)
        with pytest.raises(envelopes.BadOptions):
            envelopes.extend(**alice.who, envelope_id=other.id, days=0)


def test_everything_is_deleted_on_its_day_and_the_evidence_stays(alice: Desk, settings: Any) -> None:
    settings.DOCUMENT_DAYS = 30
    with time_machine.travel("2026-11-02T09:00:00+01:00", tick=False) as clock:
        found = alice.launched("claire", documents=2)
        envelopes.cancel(**alice.who, envelope_id=found.id, reason="Erreur.")
        draft = alice.draft()
        clock.shift(timedelta(days=29))
        assert timing.delete_due() == 0
        clock.shift(timedelta(days=1))
        assert timing.delete_due() == 1
        with pytest.raises(NotFound):
            alice.now(found.id)
        assert alice.now(draft.id)
        clock.shift(timedelta(days=80))
        assert timing.delete_due() == 1, "a draft that nobody touched"
    assert not StoredFile.objects.filter(purpose="envelope").exists()
    assert evidence.history(envelope=str(found.id)).filter(tag="envelope:deleted").exists()


def test_under_a_hold_of_the_firm_no_collection_and_no_draft_goes(alice: Desk, settings: Any) -> None:
    settings.DOCUMENT_DAYS = 30
    with time_machine.travel("2026-11-02T09:00:00+01:00", tick=False) as clock:
        found, draft = alice.launched("claire"), alice.draft()
        envelopes.cancel(**alice.who, envelope_id=found.id, reason="Erreur.")
        order = documents.order_hold(**alice.who, reason="Contrôle", owner_id=None, text="")
        with pytest.raises(documents.Held):
            envelopes.delete(**alice.who, envelope_id=draft.id)
        clock.shift(timedelta(days=91))
        assert timing.delete_due() == 0
        assert timing.delete_due() == 0
        documents.lift_hold(**alice.who, order_id=order)
        clock.shift(timedelta(days=6))
        assert timing.delete_due() == 0, "a week more"
        clock.shift(timedelta(days=1))
        assert timing.delete_due() == 1
        assert alice.now(draft.id), "counted anew, as if somebody had touched it"


def test_the_sweep_of_documents_leaves_the_credit_of_collections_alone(alice: Desk) -> None:
    alice.launched("claire")
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
        signature.settle_stale()
    assert has(alice) == (450, 50)


def test_a_colleague_without_right_changes_nothing(alice: Desk) -> None:
    found = alice.launched("claire")
    chloe = Desk(desk(cast.CHLOE).person, alice.firm)
    for verb, more in (
        (envelopes.cancel, {"reason": "Non."}),
        (envelopes.extend, {"days": 3}),
        (envelopes.relaunch, {}),
        (envelopes.reorder, {"steps": []}),
    ):
        with pytest.raises(NotFound):
            verb(**chloe.who, envelope_id=found.id, **more)
    assert alice.now(found.id).state == "running"


@pytest.mark.django_db(transaction=True)
def test_cancelled_in_the_second_in_which_somebody_signs(alice: Desk, trust: SmallTrust) -> None:
    found = alice.launched("claire")
    Recipient.objects.filter(envelope=found.id).update(state="signed")
    gate = threading.Barrier(2)

    def run(verb: Any, **words: Any) -> None:
        gate.wait()
        try:
            verb(**words)
        except envelopes.WrongState:
            pass
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(envelopes.after_signature, *()), kwargs={"envelope_id": found.id}),
        threading.Thread(
            target=run, args=(envelopes.cancel,), kwargs={**alice.who, "envelope_id": found.id, "reason": "Stop."}
        ),
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert alice.now(found.id).state in ("completing", "cancelled")
    # Whichever came first: what was signed is paid once, and nothing stays reserved.
    assert has(alice) == (450, 0)
    ends = [one.tag for one in evidence.history(envelope=str(found.id))]
    assert ("envelope:signed-by-all" in ends) != ("envelope:cancelled" in ends)
