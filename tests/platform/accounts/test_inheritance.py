"""Data is inherited at each sign-in; what is no longer told is ended, not erased."""

from datetime import UTC, datetime

import pytest
import time_machine

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.accounts.models import Delegation, Firm, Membership, Person
from paraphe.platform.evidence import api as evidence
from tests.support.cast import (
    ALICE,
    BOB,
    CHLOE,
    COUNCIL,
    ETIENNE,
    HUGO,
    INES,
    JEANNE,
    LUCIE,
    MALLORY,
    MARC,
    MARTIN,
    NORA,
    OCEAN,
    PAUL,
    claims_of,
    firm,
    sign_in,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_alice_and_her_firm_are_taken_over() -> None:
    with time_machine.travel(MONDAY, tick=False):
        alice = sign_in(ALICE)
    assert (alice.given_name, alice.family_name, alice.email) == ("Alice", "Martin", ALICE.email)
    assert (alice.first_sign_in_at, alice.last_sign_in_at) == (MONDAY, MONDAY)
    assert [(one.siren, one.name, one.address) for one in accounts.firms_of(alice)] == [
        (MARTIN.siren, MARTIN.name, MARTIN.address)
    ]
    roll = accounts.roll_of(alice)
    assert roll is not None
    assert (roll.number, roll.region) == (ALICE.roll_number, ALICE.roll_region)


def test_a_corrected_email_arrives_at_the_next_sign_in() -> None:
    before = sign_in(PAUL)
    after = sign_in(PAUL, email="paul.garnier@garnier-expertise.example")
    assert after.pk == before.pk
    assert accounts.person(after.pk).email == "paul.garnier@garnier-expertise.example"


def test_a_person_is_known_by_issuer_and_subject_never_by_email() -> None:
    alice = sign_in(ALICE)
    same_email = sign_in(MALLORY, email=ALICE.email)
    elsewhere = accounts.sign_in(claims_of(ALICE, iss="https://other.example"))
    assert len({alice.pk, same_email.pk, elsewhere.pk}) == 3
    assert accounts.firms_of(same_email) == []


def test_a_firm_that_bob_left_is_ended_and_remembered() -> None:
    with time_machine.travel(MONDAY, tick=False):
        bob = sign_in(BOB)
    assert accounts.rights(bob, firm(MARTIN)) == {"sign", "prepare"}
    with time_machine.travel(TUESDAY, tick=False):
        sign_in(BOB, paraphe_firms=[], paraphe_delegations=[])
    assert accounts.rights(bob, firm(MARTIN)) == frozenset()
    assert accounts.firms_of(bob) == []
    assert [(row.started_at, row.ended_at) for row in Membership.objects.filter(person=bob)] == [(MONDAY, TUESDAY)]
    assert {(row.right, row.ended_at) for row in Delegation.objects.filter(person=bob)} == {
        ("sign", TUESDAY),
        ("prepare", TUESDAY),
    }


def test_a_right_withdrawn_and_granted_again_leaves_both_lines() -> None:
    less = [{"siren": MARTIN.siren, "rights": ["prepare"], "granted_by": "Alice Martin"}]
    with time_machine.travel(MONDAY, tick=False):
        bob = sign_in(BOB)
        sign_in(BOB, paraphe_delegations=less)
    assert accounts.rights(bob, firm(MARTIN)) == {"prepare"}
    assert accounts.track(bob) == "collaborator"
    sign_in(BOB)
    assert accounts.track(bob) == "signing_collaborator"
    assert Delegation.objects.filter(person=bob, right="sign").count() == 2
    assert Delegation.objects.filter(person=bob, right="prepare").count() == 1


def test_the_same_claims_twice_change_nothing() -> None:
    sign_in(ETIENNE)
    sign_in(ETIENNE)
    assert (Person.objects.count(), Firm.objects.count(), Membership.objects.count()) == (1, 3, 3)


def test_a_change_of_role_ends_one_membership_and_begins_another() -> None:
    nora = sign_in(NORA)
    sign_in(NORA, paraphe_firms=[MARTIN.claim("accountant")], paraphe_roll={"number": "26-75-1", "region": "Paris"})
    nora = accounts.person(nora.pk)
    assert accounts.track(nora) == "member"
    assert [(row.role, row.ended_at is None) for row in nora.memberships.order_by("pk")] == [
        ("collaborator", False),
        ("accountant", True),
    ]


def test_each_delegation_gives_its_right_and_no_other() -> None:
    for person, rights, track in (
        (ALICE, {"sign", "seal", "prepare", "launch"}, "member"),
        (BOB, {"sign", "prepare"}, "signing_collaborator"),
        (CHLOE, {"prepare"}, "collaborator"),
        (HUGO, {"launch"}, "collaborator"),
        (INES, {"seal"}, "collaborator"),
        (NORA, set(), "none"),
    ):
        row = sign_in(person)
        assert accounts.rights(row, firm(MARTIN)) == rights
        assert accounts.track(row) == track


def test_rights_stop_at_the_door_of_another_firm() -> None:
    sign_in(ETIENNE)
    for person in (ALICE, BOB, MALLORY):
        assert accounts.rights(sign_in(person), firm(OCEAN)) == frozenset()


def test_only_accountants_on_the_roll_have_firms_of_their_own() -> None:
    assert [one.siren for one in accounts.own_firms(sign_in(ALICE))] == [MARTIN.siren]
    assert len(accounts.own_firms(sign_in(ETIENNE))) == 3
    assert accounts.own_firms(sign_in(BOB)) == []
    assert accounts.own_firms(sign_in(ALICE, paraphe_roll=None)) == []


def test_the_president_signs_for_the_council_and_its_secretary_general_administers_it() -> None:
    jeanne, marc, lucie = (sign_in(each) for each in (JEANNE, MARC, LUCIE))
    council = firm(COUNCIL)
    assert council.kind == "council"
    assert [accounts.track(each) for each in (jeanne, marc, lucie)] == [
        "member", "collaborator", "signing_collaborator"
    ]  # fmt: skip
    assert accounts.rights(jeanne, council) == set(accounts.RIGHTS)
    assert accounts.rights(marc, council) == {"prepare", "launch"}
    assert accounts.rights(lucie, council) == {"sign", "prepare"}
    assert [accounts.administers(each, council) for each in (jeanne, marc, lucie)] == [True, True, False]
    assert accounts.own_firms(marc) == []


def test_a_secretary_general_exists_in_a_council_only() -> None:
    firms = [{**ALICE.claims()["paraphe_firms"][0], "role": "secretary"}]
    with pytest.raises(accounts.ClaimsUnreadable):
        sign_in(ALICE, paraphe_firms=firms)


def test_who_has_no_access_is_told_why() -> None:
    assert accounts.obstacle(sign_in(NORA)) == "no_delegation"
    assert accounts.obstacle(sign_in(MALLORY)) == "not_on_roll"
    assert accounts.obstacle(sign_in(ALICE, paraphe_firms=[])) == "no_firm"
    assert accounts.obstacle(sign_in(BOB)) == ""


def test_refused_claims_change_nothing() -> None:
    alice = sign_in(ALICE)
    with pytest.raises(accounts.ClaimsUnreadable):
        sign_in(ALICE, family_name="Changed", paraphe_firms=[{"siren": "1"}])
    assert accounts.person(alice.pk).family_name == "Martin"
    assert len(accounts.firms_of(alice)) == 1


def test_a_sign_in_and_a_sign_out_are_evidence() -> None:
    alice = accounts.sign_in(
        claims_of(ALICE, acr="urn:level:2", amr=["pwd", "otp"], auth_time=1_795_000_000, sid="s1"),
        address="192.0.2.7",
        agent="Firefox",
    )
    accounts.sign_out(alice, address="192.0.2.7")
    entered, left = evidence.history(person=str(alice.pk))
    assert (entered.tag, entered.actor_address, entered.actor_agent) == ("person:signed-in", "192.0.2.7", "Firefox")
    assert entered.data == {"acr": "urn:level:2", "amr": ["pwd", "otp"], "auth_time": 1_795_000_000, "sid": "s1"}
    assert left.tag == "person:signed-out"


def test_nobody_is_found_under_an_unknown_number() -> None:
    with pytest.raises(NotFound):
        accounts.person(4711)
