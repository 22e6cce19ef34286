"""After the registration: a new version of the terms, a further firm, a firm that comes back."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from paraphe.kernel.errors import NotFound
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.enrolment.models import Adhesion, ChosenFirm, Enrolment, OpenFirm, TermsInForce
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.signing import api as signing
from tests.pdf.hands import judged
from tests.platform.conftest import ACTOR, give_certificate
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
FIRST_SEEN = datetime(2027, 3, 10, 12, tzinfo=UTC)
PRESENT = "2026-11"


def member(person: cast.CastPerson, *opened: cast.CastFirm, version: str = PRESENT) -> Any:
    """Return somebody who once signed ``version`` of the terms for these firms."""
    found, now = cast.sign_in(person), timezone.now()
    row = Enrolment.objects.create(
        person_id=found.pk, track="member", step="done", started_at=now, changed_at=now, completed_at=now,
        terms_version=version, signed_terms_file="00000000-0000-0000-0000-000000000001",
    )  # fmt: skip
    for one in opened:
        OpenFirm.objects.create(firm=cast.firm(one), enrolment=row, opened_at=now)
        ChosenFirm.objects.create(firm=cast.firm(one), enrolment=row)
    return found


def _join(person: Any, *chosen: cast.CastFirm, **words: Any) -> str:
    given = {"terms": True, "policy": True, "locale": "fr", **words}
    return enrolment.join(actor=ACTOR, person=person, firm_ids=[cast.firm(one).pk for one in chosen], **given)


def _sign(person: Any, trust: SmallTrust, address: str) -> signing.Outcome:
    outcome = signing.complete_authorisation(
        state=trust.state_of(address), code=trust.approve(address), person_id=person.pk, actor=ACTOR
    )
    enrolment.settle(outcome)
    return outcome


def test_a_new_version_waits_during_the_grace_and_then_blocks(settings: Any) -> None:
    settings.TERMS_GRACE_DAYS = 30
    with time_machine.travel(FIRST_SEEN, tick=False) as clock:
        member(cast.ALICE, cast.MARTIN, version="2025-01")
        firm = cast.firm(cast.MARTIN)
        enrolment.sweep()
        state = enrolment.terms_state(firm)
        assert (state.to_accept, state.blocking, str(state.last_day)) == (True, False, "2027-04-09")
        assert state.signed[0].version == "2025-01"
        clock.move_to(datetime(2027, 4, 9, 21, 59, tzinfo=UTC))
        enrolment.sweep()
        assert not enrolment.terms_state(firm).blocking
        clock.move_to(datetime(2027, 4, 9, 22, 1, tzinfo=UTC))
        assert enrolment.terms_state(firm).blocking
        assert TermsInForce.objects.count() == 1


def test_the_version_that_was_signed_waits_for_nothing(settings: Any) -> None:
    settings.TERMS_GRACE_DAYS = 0
    with time_machine.travel(FIRST_SEEN, tick=False) as clock:
        member(cast.ALICE, cast.MARTIN)
        enrolment.sweep()
        clock.shift(10_000_000)
        state = enrolment.terms_state(cast.firm(cast.MARTIN))
    assert (state.to_accept, state.blocking) == (False, False)


def test_a_version_that_nobody_had_seen_blocks_nobody(settings: Any) -> None:
    settings.TERMS_GRACE_DAYS = 0
    with time_machine.travel(datetime(2029, 1, 1, tzinfo=UTC), tick=False):
        member(cast.ALICE, cast.MARTIN, version="2025-01")
        assert not enrolment.terms_state(cast.firm(cast.MARTIN)).blocking


def test_alice_signs_the_new_version(trust: SmallTrust, settings: Any) -> None:
    alice = member(cast.ALICE, cast.MARTIN, version="2025-01")
    firm = cast.firm(cast.MARTIN)
    give_certificate(alice.pk, trust)
    address = _join(alice, cast.MARTIN)
    assert enrolment.terms_state(firm).to_accept
    assert enrolment.is_done(alice)
    outcome = _sign(alice, trust, address)
    enrolment.settle(outcome)
    state = enrolment.terms_state(firm)
    assert not state.to_accept
    assert [one.version for one in state.signed] == [PRESENT, "2025-01"]
    assert state.signed[0].adhesion
    report = judged(
        enrolment.signed_adhesion(alice, state.signed[0].adhesion), signing.trusted_roots(), outcome.changed_at
    )
    assert report.ok
    tags = [one.tag for one in evidence.history(firm=str(firm.pk))]
    assert tags == ["firm:terms-signed"]
    with pytest.raises(NotFound):
        enrolment.signed_adhesion(cast.sign_in(cast.ETIENNE), state.signed[0].adhesion)


def test_etienne_opens_a_further_firm(trust: SmallTrust) -> None:
    etienne = member(cast.ETIENNE, cast.LE_GALL)
    give_certificate(etienne.pk, trust)
    assert not enrolment.is_open(cast.firm(cast.OCEAN))
    _sign(etienne, trust, _join(etienne, cast.OCEAN))
    assert enrolment.is_open(cast.firm(cast.OCEAN))
    assert not enrolment.is_open(cast.firm(cast.FIDUCIAIRE))
    assert enrolment.terms_state(cast.firm(cast.OCEAN)).opened_by == etienne


def test_a_firm_that_left_comes_back_by_signing(trust: SmallTrust) -> None:
    alice = member(cast.ALICE, cast.MARTIN)
    firm = cast.firm(cast.MARTIN)
    give_certificate(alice.pk, trust)
    firms.close(actor=ACTOR, person=alice, firm=firm, typed_siren=firm.siren)
    assert not enrolment.is_open(firm)
    _sign(alice, trust, _join(alice, cast.MARTIN))
    assert enrolment.is_open(firm)
    tags = [one.tag for one in evidence.history(firm=str(firm.pk))]
    assert tags == ["firm:closed", "firm:reopened", "firm:opened", "firm:terms-signed"]


def test_beginning_again_forgets_what_was_not_signed(trust: SmallTrust) -> None:
    alice = member(cast.ALICE, cast.MARTIN, version="2025-01")
    give_certificate(alice.pk, trust)
    first = _join(alice, cast.MARTIN)
    second = _join(alice, cast.MARTIN)
    assert Adhesion.objects.count() == 1
    with pytest.raises(signing.AuthorisationMismatch):
        _sign(alice, trust, first)
    _sign(alice, trust, second)
    assert not enrolment.terms_state(cast.firm(cast.MARTIN)).to_accept


def test_a_sweep_settles_what_no_browser_came_back_for_and_forgets_the_rest(trust: SmallTrust) -> None:
    alice = member(cast.ALICE, cast.MARTIN, version="2025-01")
    give_certificate(alice.pk, trust)
    address = _join(alice, cast.MARTIN)
    signing.complete_authorisation(
        state=trust.state_of(address), code=trust.approve(address), person_id=alice.pk, actor=ACTOR
    )
    enrolment.sweep()
    assert not enrolment.terms_state(cast.firm(cast.MARTIN)).to_accept
    _join(alice, cast.MARTIN)
    Adhesion.objects.filter(signed_at=None).update(accepted_at=FIRST_SEEN.replace(year=2020))
    enrolment.sweep()
    assert Adhesion.objects.count() == 1


def test_refusals_on_the_same_set_up(trust: SmallTrust) -> None:
    alice = member(cast.ALICE, cast.MARTIN, version="2025-01")
    cast.sign_in(cast.ETIENNE)
    bob = cast.sign_in(cast.BOB)
    with pytest.raises(enrolment.BoxesNotTicked):
        _join(alice, cast.MARTIN, policy=False)
    with pytest.raises(enrolment.NoFirmChosen):
        _join(alice, cast.OCEAN)
    with pytest.raises(enrolment.WrongStep):
        _join(bob, cast.MARTIN)
    with pytest.raises(signing.NoCredential):
        _join(alice, cast.MARTIN)
    give_certificate(alice.pk, trust)
    assert _join(alice, cast.MARTIN).startswith(trust.url)
