"""What programs learn between two sign-ins: the directory, and sign-outs told to them."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from joserfc import jwt

from paraphe.comptexpert.identity import api as identity
from paraphe.comptexpert.identity import keyfile, people
from paraphe.comptexpert.identity.backchannel import EVENT, logout_token
from paraphe.comptexpert.identity.models import Account, Post
from paraphe.kernel.errors import NotFound
from tests.comptexpert.conftest import GOODBYE, RETURN, SECRET, App
from tests.support import jobs
from tests.support.cast import ALICE, JEANNE, PAUL

EXTENSION = "urn:paraphe:params:scim:schemas:extension:1.0:Accountant"


def service_token(app: App, **changes: str) -> Any:
    words = {"grant_type": "client_credentials", "scope": "directory", "client_id": "app", "client_secret": SECRET}
    return app.browser.post("/token", {**words, **changes})


def bearer(app: App) -> dict[str, str]:
    return {"Authorization": f"Bearer {service_token(app).json()['access_token']}"}


def account(identifier: str) -> Account:
    return Account.objects.get(identifier=identifier)


def test_a_program_reads_what_is_said_of_alice_with_a_token_of_its_own(app: App) -> None:
    alice = account(ALICE.identifier)
    answer = app.browser.get(f"/scim/v2/Users/{alice.subject}", headers=bearer(app))
    assert answer["Content-Type"] == "application/scim+json"
    told = answer.json()
    assert (told["id"], told["active"], told["emails"][0]["value"]) == (alice.subject, True, ALICE.email)
    claims = ALICE.claims()
    assert told[EXTENSION] == {name: claims[f"paraphe_{name}"] for name in ("firms", "roll", "delegations")}


def test_nobody_else_reads_it(app: App) -> None:
    address = f"/scim/v2/Users/{account(ALICE.identifier).subject}"
    of_a_person = app.redeem(app.code_of(ALICE)).json()["access_token"]
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {of_a_person}"}):
        assert app.browser.get(address, headers=headers).status_code == 401
    assert app.browser.get("/userinfo", headers=bearer(app)).status_code == 401, "and it says nothing of people"
    for wrong in ({"client_secret": "no"}, {"scope": "openid"}, {"scope": "directory openid"}, {"scope": ""}):
        assert service_token(app, **wrong).status_code in (400, 401)


def test_whom_the_directory_does_not_know(app: App) -> None:
    answer = app.browser.get("/scim/v2/Users/nobody", headers=bearer(app))
    assert answer.status_code == 404
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_the_council_strikes_a_member_off_and_notes_who_left_a_firm(app: App) -> None:
    app.sign_in(JEANNE)
    paul = account(PAUL.identifier)
    siren = paul.posts.get().firm.siren
    assert app.browser.post(f"/conseil/{paul.pk}/depart/", {"firm": "000000000"}).status_code == 404
    assert app.browser.post(f"/conseil/{paul.pk}/depart/", {"firm": siren}).status_code == 302
    assert app.browser.post(f"/conseil/{paul.pk}/radiation/").status_code == 302
    told = app.browser.get(f"/scim/v2/Users/{paul.subject}", headers=bearer(app)).json()[EXTENSION]
    assert told == {"firms": [], "roll": None, "delegations": []}
    identity.seed(settings.DATA_DIR)
    assert not Post.objects.filter(account=paul).exists(), "a new start does not bring him back"


def test_nobody_but_a_council_strikes_anybody_off(app: App) -> None:
    app.sign_in(ALICE)
    paul = account(PAUL.identifier)
    for path in ("radiation", "depart"):
        assert app.browser.post(f"/conseil/{paul.pk}/{path}/").status_code == 404
    with pytest.raises(NotFound):
        people.strike_off(account(ALICE.identifier), paul.pk)
    assert account(PAUL.identifier).roll_number


def test_a_sign_out_is_told_to_programs_that_want_to_know(app: App, client: Client) -> None:
    app.sign_in(ALICE)
    app.browser.post("/deconnexion/")
    assert jobs.waiting() == []
    identity.register_client(
        client_id="app", client_secret=SECRET, redirect_uris=[RETURN], post_logout_redirect_uris=[GOODBYE],
        backchannel_logout_uri="https://app.example/fin/",
    )  # fmt: skip
    app.sign_in(ALICE)
    app.browser.post("/deconnexion/")
    assert [path.rsplit(".", 1)[1] for path in jobs.waiting()] == ["tell_program"]


def test_a_logout_token_says_who_and_which_session_and_has_no_nonce(cast: dict[str, str]) -> None:
    token = jwt.decode(logout_token("app", "alice", "session-1"), keyfile.key_set(), algorithms=["RS256"])
    assert token.header["typ"] == "logout+jwt"
    claims = token.claims
    assert (claims["iss"], claims["aud"], claims["sub"], claims["sid"]) == (
        settings.SITE_URL, "app", "alice", "session-1"
    )  # fmt: skip
    assert claims["events"] == {EVENT: {}}
    assert claims["jti"]
    assert "nonce" not in claims
