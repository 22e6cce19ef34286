"""Somebody left the roll or a firm: his certificate is revoked at the trust site, once, and for the right reason."""

from typing import Any

import pytest
from django.conf import settings

from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.enrolment.departures import conclude_departures
from paraphe.platform.enrolment.models import Enrolment
from paraphe.platform.enrolment.rules import reason_to_revoke, step_after_identity
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing
from tests.platform.conftest import ACTOR, give_certificate
from tests.platform.documents.test_documents import as_person
from tests.support import cast
from tests.support.small_trust import CREDENTIAL, SmallTrust

pytestmark = pytest.mark.django_db

REVOKE = f"/enrolment/v1/credentials/{CREDENTIAL}/revoke"


def certified(person: cast.CastPerson, trust: SmallTrust) -> accounts.Person:
    """Return somebody who is registered and has a certificate."""
    found: accounts.Person = as_person(person)[1]
    give_certificate(found.pk, trust)
    Enrolment.objects.filter(person=found).update(certified_as=accounts.track(found))
    return found


def revocations(person: accounts.Person) -> list[Any]:
    return [entry.data for entry in evidence.history(person=str(person.pk)) if entry.tag == "certificate:revoked"]


def test_who_is_struck_off_loses_his_certificate_at_his_next_sign_in(trust: SmallTrust) -> None:
    alice = certified(cast.ALICE, trust)
    cast.sign_in(cast.ALICE)
    conclude_departures()
    assert trust.revoked == {}
    cast.sign_in(cast.ALICE, paraphe_roll=None)
    conclude_departures()
    conclude_departures()
    assert trust.revoked == {CREDENTIAL: "left_the_roll"}
    assert trust.asked.count(REVOKE) == 1
    assert revocations(alice) == [{"reason": "left_the_roll"}]


def test_a_collaborator_who_left_his_firm_loses_his(trust: SmallTrust, monkeypatch: pytest.MonkeyPatch) -> None:
    # The certificate of the small trust site is Alice's and names a firm of its own; Bob's would name none.
    monkeypatch.setattr(signing, "siren_of", lambda person_id: "")
    bob = certified(cast.BOB, trust)
    accounts.confirm(bob, cast.claims_of(cast.BOB, paraphe_delegations=[]))
    conclude_departures()
    assert trust.revoked == {}, "he still works there"
    accounts.confirm(bob, cast.claims_of(cast.BOB, paraphe_firms=[], paraphe_delegations=[]))
    conclude_departures()
    assert trust.revoked == {CREDENTIAL: "left_the_firm"}


def test_it_waits_for_a_trust_site_that_does_not_answer(trust: SmallTrust) -> None:
    alice = certified(cast.ALICE, trust)
    accounts.confirm(alice, None)
    trust.faults[REVOKE] = "down"
    conclude_departures()
    assert (trust.revoked, revocations(alice)) == ({}, [])
    trust.faults.clear()
    conclude_departures()
    assert trust.revoked == {CREDENTIAL: "left_the_roll"}
    assert accounts.departures() == []


def test_one_that_the_trust_site_refuses_does_not_keep_the_others_waiting(trust: SmallTrust) -> None:
    alice, bob = certified(cast.ALICE, trust), certified(cast.BOB, trust)
    for person in (alice, bob):
        accounts.confirm(person, None)
    trust.faults[REVOKE] = (404, {"error": "not_found"})
    conclude_departures()
    assert {one.pk for one in accounts.departures()} == {alice.pk, bob.pk}
    assert trust.asked.count(REVOKE) >= 2


def test_who_never_had_one_is_concluded_at_once(trust: SmallTrust) -> None:
    nora = cast.sign_in(cast.CHLOE)
    accounts.confirm(nora, None)
    conclude_departures()
    assert (accounts.departures(), trust.revoked) == ([], {})


def test_what_ended_while_one_concluded_is_not_forgotten(trust: SmallTrust) -> None:
    chloe = cast.sign_in(cast.CHLOE)
    accounts.confirm(chloe, cast.claims_of(cast.CHLOE, paraphe_delegations=[]))
    (read,) = accounts.departures()
    accounts.confirm(chloe, None)
    accounts.note_concluded(read)
    assert [one.pk for one in accounts.departures()] == [chloe.pk]


@pytest.mark.parametrize(
    ("certified_as", "on_roll", "named", "sirens", "reason"),
    [
        ("member", True, "", {"1"}, ""),
        ("member", True, "", set(), ""),
        ("member", False, "", {"1"}, "left_the_roll"),
        ("member", True, "1", {"2"}, "left_the_firm"),
        ("member", False, "1", set(), "left_the_roll"),
        ("signing_collaborator", False, "", {"1"}, ""),
        ("signing_collaborator", False, "1", {"1", "2"}, ""),
        ("signing_collaborator", False, "1", {"2"}, "left_the_firm"),
        ("signing_collaborator", False, "", set(), "left_the_firm"),
    ],
)
def test_why_a_certificate_is_no_longer_true(
    certified_as: str, on_roll: bool, named: str, sirens: set[str], reason: str
) -> None:
    found = reason_to_revoke(certified_as=certified_as, on_roll=on_roll, named_siren=named, sirens=sirens)
    assert found == reason


def test_a_second_certificate_asks_for_the_terms_only_where_they_were_never_signed(trust: SmallTrust) -> None:
    assert step_after_identity("member", completed=True, has_signed_terms=True) == "done"
    assert step_after_identity("member", completed=True, has_signed_terms=False) == "terms"
    assert step_after_identity("signing_collaborator", completed=True, has_signed_terms=False) == "done"
    assert step_after_identity("signing_collaborator", completed=False, has_signed_terms=False) == "terms"


def test_bob_asks_again_and_is_back_with_his_new_number(trust: SmallTrust) -> None:
    bob = certified(cast.BOB, trust)
    Enrolment.objects.filter(person=bob).update(completed_at="2026-11-01T00:00Z")
    with pytest.raises(enrolment.CertificateStillGood):
        enrolment.request_again(actor=ACTOR, person=bob)
    trust.revoked[CREDENTIAL] = "affiliation_changed"
    enrolment.request_again(actor=ACTOR, person=bob)
    with pytest.raises(enrolment.WrongStep):
        enrolment.request_again(actor=ACTOR, person=bob)
    enrolment.give_mobile(actor=ACTOR, person=bob, typed="06 98 76 54 32")
    enrolment.trust_address(actor=ACTOR, person=bob, locale=settings.LANGUAGE_CODE)
    trust.issue(list(trust.enrolments)[-1])
    assert enrolment.refresh(actor=ACTOR, person=bob).step == "done"
