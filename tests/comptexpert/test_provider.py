"""The OpenID Connect endpoints, from the first request to logout."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet

from paraphe.comptexpert.identity import keyfile
from paraphe.comptexpert.identity.models import AccessToken, AuthorizationCode
from tests.comptexpert.conftest import GOODBYE, RETURN, SECRET, App, answer_of
from tests.support.cast import ALICE, BOB, ETIENNE, MALLORY, claims_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def id_token_of(app: App, code: str) -> tuple[dict[str, Any], str]:
    answer = app.redeem(code).json()
    keys = KeySet.import_key_set(app.browser.get("/jwks").json())
    return dict(jwt.decode(answer["id_token"], keys, algorithms=["RS256"]).claims), answer["id_token"]


@time_machine.travel(NOW, tick=False)
def test_alice_signs_in(app: App) -> None:
    response = app.authorize()
    assert urlsplit(response["Location"]).path == "/connexion/"
    target = parse_qs(urlsplit(response["Location"]).query)["next"][0]
    response = app.sign_in(ALICE, target)
    assert response["Location"] == target
    answer = answer_of(app.browser.get(target))
    assert (answer["state"], answer["iss"]) == ("st/te & more", settings.SITE_URL)
    claims, _ = id_token_of(app, answer["code"])
    assert claims["iss"] == settings.SITE_URL
    assert claims["aud"] == "app"
    assert claims["nonce"] == app.nonce
    assert claims["auth_time"] == claims["iat"] == int(NOW.timestamp())
    assert claims["exp"] == claims["iat"] + 300
    assert (claims["acr"], claims["amr"]) == ("urn:comptexpert:acr:password", ["pwd"])
    assert claims["sid"]
    assert not {"email", "given_name", "paraphe_firms"} & claims.keys()


@pytest.mark.parametrize("person", [ALICE, ETIENNE, BOB, MALLORY], ids=lambda person: person.identifier)
def test_the_program_learns_firms_roll_and_delegations(app: App, person: Any) -> None:
    answer = app.redeem(app.code_of(person)).json()
    told = app.browser.get("/userinfo", headers=bearer(answer["access_token"])).json()
    expected = claims_of(person)
    for name in ("given_name", "family_name", "email", "paraphe_roll", "paraphe_delegations"):
        assert told[name] == expected[name]
    assert sorted(told["paraphe_firms"], key=lambda firm: firm["siren"]) == sorted(
        expected["paraphe_firms"], key=lambda firm: firm["siren"]
    )


def test_the_program_learns_only_what_it_asked_for(app: App) -> None:
    answer = app.redeem(app.code_of(ALICE, scope="openid email")).json()
    told = app.browser.get("/userinfo", headers=bearer(answer["access_token"])).json()
    assert told.keys() == {"sub", "email", "email_verified"}


def test_the_subject_stays_the_same_and_says_nothing(app: App) -> None:
    first, _ = id_token_of(app, app.code_of(ALICE))
    second, _ = id_token_of(app, app.code_of(ALICE))
    assert first["sub"] == second["sub"]
    assert "alice" not in first["sub"]


def test_the_secret_may_travel_in_the_header(app: App) -> None:
    code = app.code_of(ALICE)
    basic = base64.b64encode(f"app:{SECRET}".encode()).decode()
    answer = app.browser.post(
        "/token",
        {"grant_type": "authorization_code", "code": code, "redirect_uri": RETURN, "code_verifier": app.verifier},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"


def test_what_discovery_says_is_so(app: App) -> None:
    document = app.browser.get("/.well-known/openid-configuration").json()
    assert document["issuer"] == settings.SITE_URL
    assert document["code_challenge_methods_supported"] == ["S256"]
    for name in ("jwks_uri", "authorization_endpoint", "end_session_endpoint"):
        assert app.browser.get(document[name].removeprefix(settings.SITE_URL)).status_code in (200, 302, 400)


def test_the_public_key_is_all_that_leaves(app: App) -> None:
    (key,) = app.browser.get("/jwks").json()["keys"]
    assert key.keys() == {"kty", "n", "e", "kid", "use", "alg"}
    path = settings.SECRETS_DIR / keyfile.FILE_NAME
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"nonce": "short"}, "invalid_request"),
        ({"nonce": "n" * 256}, "invalid_request"),
        ({"scope": "profile"}, "invalid_request"),
        ({"scope": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://app.example/r"}, "request_uri_not_supported"),
    ],
)
def test_a_request_that_is_not_as_agreed_goes_back_with_its_error(app: App, changes: Any, error: str) -> None:
    answer = answer_of(app.authorize(**changes))
    assert (answer["error"], answer["state"], answer["iss"]) == (error, "st/te & more", settings.SITE_URL)
    assert "code" not in answer


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "stranger"},
        {"client_id": None},
        {"redirect_uri": "https://app.example/retour/../autre/"},
        {"redirect_uri": "https://app.example/retour/?x=1"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/", "response_type": "token"},
        {"redirect_uri": "https://evil.example/", "prompt": "none"},
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(app: App, changes: Any) -> None:
    app.sign_in(ALICE)
    response = app.authorize(**changes)
    assert response.status_code == 400
    assert "Demande refusée" in response.content.decode()
    assert not AuthorizationCode.objects.exists()


def test_a_code_is_good_once_and_its_replay_takes_the_tokens_with_it(app: App) -> None:
    code = app.code_of(ALICE)
    token = app.redeem(code).json()["access_token"]
    assert app.browser.get("/userinfo", headers=bearer(token)).status_code == 200
    again = app.redeem(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert app.browser.get("/userinfo", headers=bearer(token)).status_code == 401
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code_verifier": "v" * 64}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_request"),
        ({"redirect_uri": "https://app.example/other/"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "stranger"}, 400, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_code_needs_its_verifier_its_address_and_its_program(
    app: App, changes: dict[str, str], status: int, error: str
) -> None:
    code = app.code_of(ALICE)
    response = app.redeem(code, **changes)
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert not AccessToken.objects.exists()


def test_a_guessed_code_gives_nothing(app: App) -> None:
    app.code_of(ALICE)
    assert app.redeem("guess").json()["error"] == "invalid_grant"


def test_a_code_lives_a_minute(app: App) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        code = app.code_of(ALICE)
        clock.shift(timedelta(seconds=61))
        assert app.redeem(code).json()["error"] == "invalid_grant"


def test_an_access_token_lives_an_hour(app: App) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        token = app.redeem(app.code_of(ALICE)).json()["access_token"]
        clock.shift(timedelta(minutes=59))
        assert app.browser.get("/userinfo", headers=bearer(token)).status_code == 200
        clock.shift(timedelta(minutes=2))
        refusal = app.browser.get("/userinfo", headers=bearer(token))
    assert refusal.status_code == 401
    assert refusal["WWW-Authenticate"].startswith("Bearer")


def test_a_nonce_is_good_once(app: App) -> None:
    app.code_of(ALICE)
    answer = answer_of(app.authorize(nonce=app.nonce))
    assert (answer["error"], answer["error_description"]) == ("invalid_request", "Replay attack")


def test_secrets_codes_and_tokens_are_stored_hashed(app: App) -> None:
    code = app.code_of(ALICE)
    token = app.redeem(code).json()["access_token"]
    row = AccessToken.objects.get()
    assert code not in row.code.code_hash
    assert token not in row.token_hash
    assert SECRET not in row.client.secret_hash


def test_garbage_is_answered_not_suffered(app: App) -> None:
    for body, headers in (
        ("", {}),
        ("grant_type=authorization_code", {"Authorization": "Basic /////w=="}),
        ("grant_type=%ff%fe&code=%00", {"Authorization": "Basic !!"}),
    ):
        answer = app.browser.post("/token", body, content_type="application/x-www-form-urlencoded", headers=headers)
        assert answer.status_code in (400, 401)
        assert "error" in answer.json()
    assert app.browser.get("/token").status_code == 405
    assert app.browser.get("/userinfo").status_code == 401
    assert app.browser.get("/userinfo", headers={"Authorization": "Basic x"}).status_code in (400, 401)


def test_the_second_program_need_not_ask_for_the_password(app: App) -> None:
    app.sign_in(ALICE)
    assert "code" in answer_of(app.authorize())
    assert "code" in answer_of(app.authorize(prompt="none"))


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "60"}])
def test_the_password_is_typed_again_when_the_program_wants(app: App, changes: dict[str, str]) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        app.sign_in(ALICE)
        clock.shift(timedelta(seconds=61))
        response = app.authorize(**changes)
        assert urlsplit(response["Location"]).path == "/connexion/"
        target = parse_qs(urlsplit(response["Location"]).query)["next"][0]
        app.sign_in(ALICE, target)
        claims, _ = id_token_of(app, answer_of(app.browser.get(target))["code"])
        assert claims["auth_time"] == int(NOW.timestamp()) + 61


def test_max_age_zero_always_asks(app: App) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        words = app.request(max_age="0")
        clock.shift(timedelta(seconds=2))
        app.sign_in(ALICE)
        clock.shift(timedelta(seconds=2))
        assert urlsplit(app.browser.get("/authorize", words)["Location"]).path == "/connexion/"


def test_a_young_enough_session_is_enough_for_max_age(app: App) -> None:
    app.sign_in(ALICE)
    assert "code" in answer_of(app.authorize(max_age="60"))
    assert "code" in answer_of(app.authorize(max_age="nonsense"))


def test_sign_in_speaks_the_language_of_the_program(app: App) -> None:
    response = app.authorize(ui_locales="en-GB fr")
    assert "password" in app.browser.get(response["Location"]).content.decode()


def test_logout_with_the_id_token_ends_the_session_and_returns(app: App) -> None:
    _, hint = id_token_of(app, app.code_of(ALICE))
    response = app.browser.get("/logout", {"id_token_hint": hint, "post_logout_redirect_uri": GOODBYE, "state": "s 1"})
    assert response["Location"] == f"{GOODBYE}?state=s+1" or response["Location"] == f"{GOODBYE}?state=s%201"
    assert answer_of(app.authorize(prompt="none"))["error"] == "login_required"


def test_logout_works_after_the_id_token_expired(app: App) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        _, hint = id_token_of(app, app.code_of(ALICE))
        clock.shift(timedelta(hours=3))
        response = app.browser.get("/logout", {"id_token_hint": hint, "post_logout_redirect_uri": GOODBYE})
    assert response["Location"] == GOODBYE


@pytest.mark.parametrize("address", ["https://evil.example/", "https://app.example/other", "javascript:alert(1)"])
def test_logout_returns_to_registered_addresses_only(app: App, address: str) -> None:
    _, hint = id_token_of(app, app.code_of(ALICE))
    response = app.browser.get("/logout", {"id_token_hint": hint, "post_logout_redirect_uri": address})
    assert response["Location"] == "/au-revoir/"


def test_a_foreign_page_signs_nobody_out(app: App) -> None:
    app.sign_in(ALICE)
    response = app.browser.get("/logout", {"client_id": "app", "post_logout_redirect_uri": GOODBYE})
    assert "Alice Martin" in response.content.decode()
    assert "code" in answer_of(app.authorize(prompt="none"))


def test_bobs_token_does_not_sign_alice_out(app: App) -> None:
    _, hint = id_token_of(app, app.code_of(BOB))
    app.browser = Client()
    app.sign_in(ALICE)
    response = app.browser.get("/logout", {"id_token_hint": hint, "post_logout_redirect_uri": GOODBYE})
    assert "Se déconnecter" in response.content.decode()
    assert "code" in answer_of(app.authorize(prompt="none"))


@pytest.mark.parametrize("hint", ["nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "a.b.c"])
def test_a_forged_hint_is_refused(app: App, hint: str) -> None:
    app.sign_in(ALICE)
    response = app.browser.get("/logout", {"id_token_hint": hint, "post_logout_redirect_uri": GOODBYE})
    assert response.status_code == 400
    assert "code" in answer_of(app.authorize(prompt="none"))
