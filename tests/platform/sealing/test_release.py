"""Who releases: Inès with a code and no certificate, two persons above a number, nobody without right."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.documents import api as documents
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.sealing import api as sealing
from paraphe.platform.sealing import closing, releasing, standing
from paraphe.platform.sealing.models import Batch, Release, Seal, StandingMandate
from tests.platform.conftest import ACTOR
from tests.platform.sealing.hands import (
    STATE,
    a_batch,
    done,
    fill,
    payslips,
    person,
    released,
    standing_for,
    with_seal,
)
from tests.support import cast
from tests.support.outbox import messages_to
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(trust: SmallTrust) -> tuple[accounts.Person, accounts.Person, accounts.Firm]:
    """Return Alice, Inès who may seal and has no certificate, and their firm with its seal."""
    alice, firm = with_seal(trust)
    return alice, person(cast.INES), firm


def two_persons(alice: accounts.Person, firm: accounts.Firm, above: int) -> None:
    firms.change(actor=ACTOR, person=alice, firm=firm, changes={"two_persons_above": above}, seen_version=0)


def test_ines_releases_with_a_code_under_the_mandate_that_names_her(trust: SmallTrust, house: Any) -> None:
    alice, ines, firm = house
    batch = a_batch(ines, firm)
    fill(ines, firm, batch, payslips(5))
    with pytest.raises(sealing.NoWayToRelease):
        released(ines, firm, batch, trust)
    assert Batch.objects.get(pk=batch).state == "draft"
    standing_for(alice, firm, ines, trust)
    released(ines, firm, batch, trust)
    release = Release.objects.get(batch=batch, state="given")
    assert (release.way, release.released_by_id) == ("code", ines.pk)
    assert done(batch).sealed == 5
    asked = next(one for one in trust.seals.things.values() if one["kind"] == "release")["asked"]
    assert (asked["count"], asked["list_sha256"]) == (6, Batch.objects.get(pk=batch).list_sha256)
    assert asked["releaser"] == f"person:{ines.pk}"


def test_a_withdrawn_standing_mandate_lets_nobody_release(trust: SmallTrust, house: Any) -> None:
    alice, ines, firm = house
    standing_for(alice, firm, ines, trust)
    [view] = sealing.standing_mandates(ines, firm)
    assert (view.state, view.people) == ("given", (ines.full_name,))
    sealing.withdraw_standing(actor=ACTOR, person=alice, firm=firm, mandate_id=view.id)
    batch = a_batch(ines, firm)
    fill(ines, firm, batch, payslips(2))
    with pytest.raises(sealing.NoWayToRelease):
        released(ines, firm, batch, trust)
    assert StandingMandate.objects.get().token is None


@pytest.mark.parametrize("wanted", [True, False])
def test_ines_is_told_of_a_standing_mandate_given_and_withdrawn_if_she_wants(
    trust: SmallTrust, house: Any, wanted: bool
) -> None:
    alice, ines, firm = house
    accounts.choose_notices(
        actor=ACTOR, person=ines, kinds=[one for one in accounts.NOTICES if wanted or one != "mandate"]
    )
    before = len(messages_to(ines.email)), len(messages_to(alice.email))
    standing_for(alice, firm, ines, trust)
    [view] = sealing.standing_mandates(ines, firm)
    standing.sweep()
    sealing.withdraw_standing(actor=ACTOR, person=alice, firm=firm, mandate_id=view.id)
    told = messages_to(ines.email)[before[0] :]
    assert len(told) == (2 if wanted else 0)
    assert len(messages_to(alice.email)) == before[1]
    if wanted:
        assert "500 documents au plus" in told[0].text
        assert "a pris fin" in told[1].text
    tags = [entry.tag for entry in evidence.history(firm=str(firm.pk), seal_mandate=str(view.id))]
    assert tags == ["seal-mandate:asked", "seal-mandate:given", "seal-mandate:withdrawn"]


def test_only_an_accountant_gives_mandates_and_only_to_who_may_seal(trust: SmallTrust, house: Any) -> None:
    alice, ines, firm = house
    chloe = person(cast.CHLOE)
    with pytest.raises(sealing.MayNot):
        standing_for(ines, firm, ines, trust)
    with pytest.raises(sealing.BadMandate):
        standing_for(alice, firm, chloe, trust)


def test_above_the_number_two_different_people_release(trust: SmallTrust, house: Any) -> None:
    alice, ines, firm = house
    two_persons(alice, firm, 3)
    standing_for(alice, firm, ines, trust)
    small, large = a_batch(alice, firm), a_batch(alice, firm)
    fill(alice, firm, small, payslips(3))
    fill(alice, firm, large, payslips(4))
    released(alice, firm, small, trust)
    with pytest.raises(sealing.SecondPersonNeeded):
        released(alice, firm, large, trust)
    sealing.propose(actor=ACTOR, person=alice, firm=firm, batch_id=large)
    with pytest.raises(sealing.SecondPersonNeeded):
        released(alice, firm, large, trust)
    with pytest.raises(sealing.WrongBatchState):
        fill(alice, firm, large, [("more.pdf", b"%PDF-1.4")])
    released(ines, firm, large, trust)
    release = Release.objects.get(batch=large, state="given")
    assert (release.proposed_by_id, release.released_by_id) == (alice.pk, ines.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(released_by=alice)
    assert done(large).sealed == 4


def test_a_release_left_at_the_trust_site_is_begun_anew_or_taken_back(trust: SmallTrust, house: Any) -> None:
    alice, _ines, firm = house
    batch = a_batch(alice, firm)
    fill(alice, firm, batch, payslips(2))
    first = sealing.begin_release(actor=ACTOR, person=alice, firm=firm, batch_id=batch, state=STATE)
    second = sealing.begin_release(actor=ACTOR, person=alice, firm=firm, batch_id=batch, state="other")
    with pytest.raises(sealing.ReturnMismatch):
        sealing.release_returned(person=alice, request=second.rsplit("/", 1)[-1], state="guessed")
    answer = trust.seals.approve(first)
    sealing.release_returned(person=alice, **answer)
    assert Batch.objects.get(pk=batch).state == "releasing", "the first one is dead"
    sealing.withdraw_release(actor=ACTOR, person=alice, firm=firm, batch_id=batch)
    assert Batch.objects.get(pk=batch).state == "draft"
    released(alice, firm, batch, trust)
    assert done(batch).sealed == 2


def test_a_browser_that_never_comes_back_is_not_needed(trust: SmallTrust, house: Any) -> None:
    alice, _ines, firm = house
    batch = a_batch(alice, firm)
    fill(alice, firm, batch, payslips(2))
    trust.seals.approve(sealing.begin_release(actor=ACTOR, person=alice, firm=firm, batch_id=batch, state=STATE))
    releasing.sweep()
    releasing.sweep()
    assert done(batch).sealed == 2
    assert Release.objects.filter(batch=batch).count() == 1


def test_a_seal_is_asked_for_once_renewed_late_and_revoked(trust: SmallTrust, house: Any) -> None:
    alice, ines, firm = house
    with pytest.raises(sealing.SealAsked):
        sealing.ask_seal(actor=ACTOR, person=alice, firm=firm, state=STATE)
    [view] = sealing.seals_of(ines, firm)
    assert view.state == "issued"
    assert "NTRFR-" in view.organisation_id
    with pytest.raises(sealing.MayNot):
        sealing.revoke_seal(actor=ACTOR, person=ines, firm=firm)
    sealing.revoke_seal(actor=ACTOR, person=alice, firm=firm)
    assert Seal.objects.get().state == "revoked"
    batch = a_batch(alice, firm)
    fill(alice, firm, batch, payslips(1))
    with pytest.raises(sealing.NoSeal):
        released(alice, firm, batch, trust)


def test_a_release_that_lasts_too_long_is_over_and_pays_what_was_sealed(
    trust: SmallTrust, house: Any, settings: Any
) -> None:
    settings.PRICES = {**settings.PRICES, "seal": 10}
    alice, _ines, firm = house
    credit.top_up(firm=firm, cents=100, reference="VIR-2", actor=ACTOR)
    batch = a_batch(alice, firm)
    fill(alice, firm, batch, payslips(2))
    released(alice, firm, batch, trust)
    sealing.pause(actor=ACTOR, person=alice, firm=firm, batch_id=batch)
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        releasing.sweep()
    row = Batch.objects.get(pk=batch)
    assert (row.state, row.problem) == ("paused", "release_refused")
    assert credit.balance(firm).available_cents == 100
    released(alice, firm, batch, trust)
    assert done(batch).sealed == 2
    assert credit.balance(firm).available_cents == 80


def test_who_loses_his_right_seals_nothing_more(trust: SmallTrust, house: Any) -> None:
    alice, _ines, firm = house
    bob, mandate = person(cast.BOB, trust), uuid.uuid4()
    accounts.grant(
        person=bob, firm=firm, rights=["seal"], mandate=mandate, granted_by=alice, starts_on=timezone.localdate()
    )
    batch = a_batch(bob, firm)
    fill(bob, firm, batch, payslips(2))
    released(bob, firm, batch, trust)
    assert accounts.withdraw(mandate) == [str(Release.objects.get(batch=batch).pk)]
    row = done(batch)
    assert (row.state, row.problem, row.sealed) == ("paused", "right_withdrawn", 0)
    released(alice, firm, batch, trust)
    assert done(batch).sealed == 2


def test_under_a_hold_of_its_title_a_batch_keeps_its_files(trust: SmallTrust, house: Any) -> None:
    alice, _ines, firm = house
    batch = a_batch(alice, firm)
    fill(alice, firm, batch, payslips(1))
    released(alice, firm, batch, trust)
    assert done(batch).state == "done"
    title = Batch.objects.get(pk=batch).title
    order = documents.order_hold(
        actor=ACTOR, person=alice, firm=firm, reason="Litige", owner_id=None, text=title.upper()
    )
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=False) as clock:
        assert closing.delete_due() == 0
        documents.lift_hold(actor=ACTOR, person=alice, firm=firm, order_id=order)
        clock.shift(timedelta(days=7))
        assert closing.delete_due() == 1


@pytest.mark.parametrize("kind", ["sealed", "deleted_soon"])
def test_who_wants_no_mail_about_batches_gets_none(trust: SmallTrust, house: Any, kind: str) -> None:
    alice, _ines, firm = house
    for kinds, told in ((accounts.NOTICES, 1), ([one for one in accounts.NOTICES if one != kind], 0)):
        accounts.choose_notices(actor=ACTOR, person=alice, kinds=kinds)
        before = len(messages_to(alice.email))
        batch = a_batch(alice, firm)
        fill(alice, firm, batch, payslips(1))
        released(alice, firm, batch, trust)
        assert done(batch).state == "done"
        with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
            closing.delete_due()
            closing.delete_due()
        subjects = [one.subject for one in messages_to(alice.email)[before:]]
        # The notice of the other kind comes all the same.
        assert len(subjects) == 1 + told, subjects
