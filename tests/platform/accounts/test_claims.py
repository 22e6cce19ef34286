"""What claims say, and what they may not."""

from collections.abc import Mapping
from typing import Any

import pytest

from paraphe.platform.accounts.errors import ClaimsIncomplete, ClaimsUnreadable
from paraphe.platform.accounts.rules import CLAIM_NAMES, is_siren, obstacle_of, read_claims, rights_in_firm, track_of
from tests.support.cast import ALICE, BOB, CAST, ETIENNE, FIRMS, MALLORY, claims_of


def read(claims: Mapping[str, object]) -> Any:
    return read_claims(claims, CLAIM_NAMES)


@pytest.mark.parametrize("person", CAST, ids=lambda person: person.identifier)
def test_everybody_of_the_cast_can_be_read(person: Any) -> None:
    inherited = read(claims_of(person))
    assert (inherited.given_name, inherited.family_name) == (person.given_name, person.family_name)
    assert [firm.siren for firm in inherited.firms] == [post.firm.siren for post in person.posts]


def test_names_keep_accents_and_hyphens() -> None:
    inherited = read(claims_of(ETIENNE))
    assert (inherited.given_name, inherited.family_name) == ("Étienne", "Le Gall-Dubois")


@pytest.mark.parametrize("missing", ["given_name", "family_name", "email", "sub", "iss"])
def test_what_names_a_person_may_not_be_missing(missing: str) -> None:
    for value in (None, "", "  "):
        with pytest.raises(ClaimsIncomplete) as refusal:
            read(claims_of(ALICE, **{missing: value}))
        assert refusal.value.params == {"missing": missing}


def test_without_claims_of_firms_a_person_has_none() -> None:
    claims = {name: value for name, value in claims_of(ALICE).items() if not name.startswith("paraphe_")}
    inherited = read(claims)
    assert (inherited.firms, inherited.roll, inherited.delegations) == ((), None, ())


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("paraphe_firms", "Cabinet Martin"),
        ("paraphe_firms", ["000104216"]),
        ("paraphe_firms", [{"siren": "000104217", "name": "Faux", "address": "", "role": "accountant"}]),
        ("paraphe_firms", [{"siren": "000104216", "name": "Martin", "address": "", "role": "owner"}]),
        ("paraphe_firms", [{"siren": "000104216", "name": "", "address": "", "role": "accountant"}]),
        ("paraphe_firms", [{"siren": 104216, "name": "Martin", "role": "accountant"}]),
        ("paraphe_firms", [ALICE.posts[0].firm.claim("accountant"), ALICE.posts[0].firm.claim("collaborator")]),
        ("paraphe_roll", "14-75-01042"),
        ("paraphe_roll", {"region": "Paris"}),
        ("paraphe_delegations", {"siren": "000104216"}),
        ("paraphe_delegations", [{"siren": "000104216", "rights": "sign"}]),
        ("email", "alice"),
        ("email", "alice@localhost"),
        ("email", ["alice@cabinet-martin.example"]),
        ("given_name", "Alice\r\nBcc: x"),
        ("family_name", "M" * 101),
        ("sub", 7),
    ],
)
def test_a_claim_in_another_form_is_refused(claim: str, value: object) -> None:
    with pytest.raises(ClaimsUnreadable) as refusal:
        read(claims_of(ALICE, **{claim: value}))
    assert refusal.value.params == {"claim": claim}


def test_claims_of_another_provider_may_have_other_names() -> None:
    claims = claims_of(ALICE)
    claims["prenom"], claims["cabinets"] = claims.pop("given_name"), claims.pop("paraphe_firms")
    inherited = read_claims(claims, {**CLAIM_NAMES, "given_name": "prenom", "firms": "cabinets"})
    assert (inherited.given_name, len(inherited.firms)) == ("Alice", 1)


def test_a_delegation_for_a_firm_that_is_not_named_counts_for_nothing() -> None:
    foreign = {"siren": ETIENNE.posts[0].firm.siren, "rights": ["sign"], "granted_by": "Mallory"}
    inherited = read(claims_of(BOB, paraphe_delegations=[foreign, *BOB.claims()["paraphe_delegations"]]))
    assert {(told.siren, told.right) for told in inherited.delegations} == {
        (BOB.posts[0].firm.siren, "sign"),
        (BOB.posts[0].firm.siren, "prepare"),
    }


def test_an_unknown_right_gives_nothing() -> None:
    told = [{"siren": BOB.posts[0].firm.siren, "rights": ["administer", "launch", 7], "granted_by": "Alice Martin"}]
    assert [one.right for one in read(claims_of(BOB, paraphe_delegations=told)).delegations] == ["launch"]


def test_sirens() -> None:
    assert all(is_siren(firm.siren) for firm in FIRMS)
    assert is_siren("732829320")
    for wrong in ("732829321", "73282932", "7328293200", "73282932O", "٧٣٢٨٢٩٣٢٠", ""):
        assert not is_siren(wrong)


@pytest.mark.parametrize(
    ("role", "on_roll", "delegated", "rights"),
    [
        ("accountant", True, [], {"sign", "seal", "prepare", "launch"}),
        ("accountant", False, [], set()),
        ("accountant", False, ["launch"], {"launch"}),
        ("collaborator", True, [], set()),
        ("collaborator", False, ["sign", "prepare"], {"sign", "prepare"}),
    ],
)
def test_rights(role: str, on_roll: bool, delegated: list[str], rights: set[str]) -> None:
    assert rights_in_firm(role=role, on_roll=on_roll, delegated=delegated) == rights


@pytest.mark.parametrize(
    ("on_roll", "roles", "delegated", "track", "obstacle"),
    [
        (True, ["accountant"], [], "member", ""),
        (True, ["accountant", "collaborator"], ["sign"], "member", ""),
        (True, ["collaborator"], ["seal"], "collaborator", ""),
        (False, ["accountant"], [], "none", "not_on_roll"),
        (False, ["collaborator"], ["sign", "seal"], "signing_collaborator", ""),
        (False, ["collaborator"], ["prepare"], "collaborator", ""),
        (False, ["collaborator"], [], "none", "no_delegation"),
        (False, [], [], "none", "not_on_roll"),
        (True, [], [], "none", "no_firm"),
    ],
)
def test_tracks(on_roll: bool, roles: list[str], delegated: list[str], track: Any, obstacle: str) -> None:
    assert track_of(on_roll=on_roll, roles=roles, delegated=delegated) == track
    assert obstacle_of(track=track, on_roll=on_roll, roles=roles) == obstacle


def test_mallory_is_on_no_roll_and_in_no_firm() -> None:
    inherited = read(claims_of(MALLORY))
    assert (inherited.roll, inherited.firms) == (None, ())
