"""OAuth 2: the platform gets tokens for itself, and for what Alice authorised."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from paraphe.trust.journal import api as journal
from paraphe.trust.remote import api as remote
from tests.trust.http.conversation import (
    FORM,
    VERIFIER,
    arrive,
    basic,
    challenge_of,
    details,
    opened,
    post_csc,
    post_form,
    pushed,
    query_of,
    redeemed,
    service_token,
    sign_hash,
)
from tests.trust.remote.holders import LETTER, REPORT, RETURN, SECRET, code_on_telephone, platform

pytestmark = pytest.mark.django_db


def _authorised(browser: Client, credential: remote.Credential, **changes: str) -> str:
    """Return the authorisation code that Alice's browser brings back."""
    page = opened(browser, credential, **changes)
    browser.get(page)
    answer = browser.post(page, {"code": code_on_telephone()})
    assert answer.status_code == 302
    assert answer["Location"].startswith(RETURN)
    return query_of(answer)["code"]


def _refusals() -> list[str]:
    entries = journal.JournalEntry.objects.filter(tag="authorisation:grant-refused").order_by("sequence")
    return [entry.data["reason"] for entry in entries]


def test_from_the_pushed_request_to_the_signature(client: Client, credential: remote.Credential) -> None:
    page = opened(client, credential)
    client.get(page)
    back = client.post(page, {"code": code_on_telephone()})
    assert query_of(back)["state"] == "the state of the platform & more"
    answer = redeemed(query_of(back)["code"])
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert (body["token_type"], body["scope"], body["expires_in"]) == ("Bearer", "credential", 300)
    assert body["authorization_details"][0]["credentialID"] == str(credential.pk)
    first = sign_hash(credential, body["access_token"], [LETTER])
    assert first.status_code == 200
    assert len(first.json()["signatures"]) == 1
    assert sign_hash(credential, body["access_token"], [LETTER]).json() == first.json()


def test_the_activation_may_also_go_beside_a_service_token(client: Client, credential: remote.Credential) -> None:
    sad = redeemed(_authorised(client, credential)).json()["access_token"]
    assert sign_hash(credential, service_token(), [LETTER], SAD=sad).status_code == 200


def test_a_token_for_the_client_itself(db: None) -> None:
    platform()
    for headers, more in ((basic(), {}), ({}, {"client_id": "platform", "client_secret": SECRET})):
        answer = post_form(
            "/oauth2/token", {"grant_type": "client_credentials", "scope": "service enrolment", **more}, headers
        )
        body = answer.json()
        assert (answer.status_code, body["scope"], body["expires_in"]) == (200, "enrolment service", 3600)


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (basic(secret="wrong"), {}),
        (basic("nobody"), {}),
        ({}, {}),
        ({}, {"client_id": "platform", "client_secret": "wrong"}),
        (basic(), {"client_secret": SECRET}),
        (basic(), {"client_id": "mallory"}),
    ],
)
def test_a_client_that_does_not_prove_itself_gets_nothing(db: None, headers: dict, fields: dict) -> None:
    platform()
    for path in ("/oauth2/token", "/oauth2/pushed_authorize", "/oauth2/revoke"):
        answer = post_form(path, {"grant_type": "client_credentials", "token": "x", **fields}, headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("header", ["Basic !!!", "Basic", "Basic " + "YQ==", "Digest abc", "Bearer x", "Basic \u00e9"])
def test_a_header_that_nobody_can_read(db: None, header: str) -> None:
    platform()
    answer = post_form("/oauth2/token", {"grant_type": "client_credentials"}, {"Authorization": header})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        ("", FORM, "invalid_request"),
        ("grant_type=password", FORM, "unsupported_grant_type"),
        ("grant_type=client_credentials&scope=credential", FORM, "invalid_scope"),
        ("grant_type=client_credentials&scope=everything", FORM, "invalid_scope"),
        ("grant_type=client_credentials&grant_type=client_credentials", FORM, "invalid_request"),
        ("grant_type=client_credentials&scope=%00", FORM, "invalid_request"),
        ("grant_type=authorization_code&code=x", FORM, "invalid_request"),
        ("grant_type=authorization_code&code=x&redirect_uri=y&code_verifier=z", FORM, "invalid_grant"),
        ('{"grant_type": "client_credentials"}', "application/json", "invalid_request"),
        ("--x", "multipart/form-data; boundary=x", "invalid_request"),
        ("grant_type=client_credentials&x=" + "y" * 3_000_000, FORM, "invalid_request"),
        ("&".join(f"a{number}=1" for number in range(2000)), FORM, "invalid_request"),
    ],
)
def test_a_token_request_that_is_wrong(db: None, body: str, content_type: str, error: str) -> None:
    platform()
    answer = Client().post("/oauth2/token", body, content_type=content_type, headers=basic())
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_only_posts_are_answered(db: None) -> None:
    for path in ("/oauth2/token", "/oauth2/pushed_authorize", "/oauth2/revoke"):
        assert Client().get(path, headers=basic()).status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "service"}, "invalid_scope"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"redirect_uri": RETURN + "x"}, "invalid_request"),
        ({"redirect_uri": "https://mallory.example/"}, "invalid_request"),
        ({"request_uri": "urn:x"}, "invalid_request"),
        ({"state": "x" * 2001}, "invalid_request"),
        ({"authorization_details": ""}, "invalid_authorization_details"),
        ({"authorization_details": "[]"}, "invalid_authorization_details"),
        ({"authorization_details": "{}"}, "invalid_authorization_details"),
        ({"authorization_details": "[" * 100_000}, "invalid_authorization_details"),
        ({"authorization_details": '[{"type":"credential"}]'}, "invalid_authorization_details"),
    ],
)
def test_a_pushed_request_that_is_wrong(credential: remote.Credential, changes: dict, error: str) -> None:
    answer = pushed(credential, **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "other"},
        {"type": ["credential"]},
        {"hashAlgorithmOID": "1.3.14.3.2.26"},
        {"credentialID": "not an identifier"},
        {"credentialID": None},
        {"credentialID": "4f2e1c1e-5f5f-4d4d-8a8a-0123456789ab"},
        {"numSignatures": 2},
        {"numSignatures": True},
        {"numSignatures": "1"},
        {"documentDigests": []},
        {"documentDigests": "x"},
        {"documentDigests": [[]]},
        {"documentDigests": [{"hash": "AAAA", "label": "x"}]},
        {"documentDigests": [{"hash": "not base64", "label": "x"}]},
        {"documentDigests": [{"hash": 12, "label": "x"}]},
        {"documentDigests": [{"hash": "A" * 43 + "=", "label": 12}]},
        {"documentDigests": [{"hash": "A" * 43 + "=", "label": ""}]},
        {"documentDigests": [{"hash": "A" * 43 + "=", "label": "a\u202eb"}]},
        {"documentDigests": [{"hash": "A" * 43 + "=", "label": "x" * 201}]},
        {"documentDigests": [{"hash": "A" * 43 + "=", "label": "\ud800"}]},
        {"documentDigests": [{"hash": "A" * 43 + "="}] * 501, "numSignatures": 501},
    ],
)
def test_authorization_details_that_are_wrong(credential: remote.Credential, changes: Any) -> None:
    text = details(credential, [("Lettre de mission", LETTER)], **changes)
    answer = pushed(credential, authorization_details=text)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_authorization_details")


def test_nobody_asks_for_the_key_of_another_clients_holder(credential: remote.Credential) -> None:
    fields = {
        "response_type": "code",
        "redirect_uri": "https://mallory.example/",
        "scope": "credential",
        "code_challenge": challenge_of(),
        "code_challenge_method": "S256",
        "authorization_details": details(credential, [("Lettre de mission", LETTER)]),
    }
    answer = post_form("/oauth2/pushed_authorize", fields, basic("mallory", "the-secret-of-mallory"))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_authorization_details")


def test_a_code_is_exchanged_once_and_a_second_time_takes_back_what_it_gave(
    client: Client, credential: remote.Credential
) -> None:
    code = _authorised(client, credential)
    sad = redeemed(code).json()["access_token"]
    assert redeemed(code).json()["error"] == "invalid_grant"
    assert sign_hash(credential, sad, [LETTER]).status_code == 400
    assert _refusals() == ["replay"]


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("wrong-proof", {"code_verifier": "w" * 43}),
        ("wrong-proof", {"code_verifier": "short"}),
        ("other-address", {"redirect_uri": RETURN + "?x"}),
    ],
)
def test_a_code_with_the_wrong_proof_or_address(
    client: Client, credential: remote.Credential, reason: str, changes: dict
) -> None:
    code = _authorised(client, credential)
    assert redeemed(code, **changes).json()["error"] == "invalid_grant"
    assert _refusals() == [reason]
    assert redeemed(code).status_code == 200


def test_a_code_of_another_client(client: Client, credential: remote.Credential) -> None:
    code = _authorised(client, credential)
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": VERIFIER,
        "redirect_uri": RETURN,
    }
    answer = post_form("/oauth2/token", fields, basic("mallory", "the-secret-of-mallory"))
    assert answer.json()["error"] == "invalid_grant"
    assert _refusals() == ["other-client"]
    assert redeemed(code).status_code == 200


def test_a_code_lives_a_minute(client: Client, credential: remote.Credential) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = _authorised(client, credential)
        clock.shift(timedelta(seconds=60))
        assert redeemed(code).json()["error"] == "invalid_grant"
    assert _refusals() == ["expired"]


def test_a_request_uri_opens_once_within_ten_minutes(client: Client, credential: remote.Credential) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first, late = (pushed(credential).json()["request_uri"] for _number in range(2))
        assert arrive(client, first).status_code == 302
        assert arrive(Client(), first).status_code == 404
        clock.shift(timedelta(minutes=10))
        assert arrive(Client(), late).status_code == 404
    assert arrive(Client(), "urn:ietf:params:oauth:request_uri:guessed").status_code == 404
    assert arrive(Client(), "https://mallory.example/").status_code == 404
    assert arrive(Client(), pushed(credential).json()["request_uri"], "mallory").status_code == 404


def test_what_was_authorised_is_what_is_signed(client: Client, credential: remote.Credential) -> None:
    sad = redeemed(_authorised(client, credential)).json()["access_token"]
    answer = sign_hash(credential, sad, [REPORT])
    assert answer.json() == {"error": "invalid_request", "error_description": "Hash is not authorized by the SAD"}
    assert sign_hash(credential, sad, [LETTER]).status_code == 200


def test_tokens_are_taken_back(client: Client, credential: remote.Credential) -> None:
    token, sad = service_token(), redeemed(_authorised(client, credential)).json()["access_token"]
    for gone in (token, sad, "unknown"):
        assert post_form("/oauth2/revoke", {"token": gone}).status_code == 200
    assert post_csc("credentials/list", {"userID": str(credential.subject_id)}, token).status_code == 401
    assert sign_hash(credential, sad, [LETTER]).status_code == 400


def test_the_server_describes_itself(db: None) -> None:
    body = Client().get("/.well-known/oauth-authorization-server").json()
    assert body["require_pushed_authorization_requests"] is True
    assert body["code_challenge_methods_supported"] == ["S256"]
    for name in ("token_endpoint", "revocation_endpoint", "pushed_authorization_request_endpoint"):
        assert body[name].startswith(body["issuer"])


def _guess(client_id: str, address: str, secret: str = "a-guess-of-mallory") -> Any:
    return Client(REMOTE_ADDR=address).post(
        "/oauth2/token", "grant_type=client_credentials", content_type=FORM, headers=basic(client_id, secret)
    )


def test_who_guesses_secrets_has_to_wait_and_nobody_else(db: None) -> None:
    platform()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert [_guess("platform", "192.0.2.66").status_code for _each in range(11)] == [401] * 10 + [429]
        assert int(_guess("platform", "192.0.2.66", SECRET)["Retry-After"]) == 901
        login = Client(REMOTE_ADDR="192.0.2.66").post("/csc/v1/auth/login", headers=basic())
        assert (login.status_code, login.json()["error"]) == (429, "invalid_request")
        assert _guess("platform", "192.0.2.10", SECRET).status_code == 200
        entry = journal.JournalEntry.rows().get(tag="client:locked-out")
        assert (entry.actor_id, entry.actor_address) == ("platform", "192.0.2.66")
        clock.shift(timedelta(minutes=15))
        assert _guess("platform", "192.0.2.66").status_code == 401
        assert _guess("platform", "192.0.2.66", SECRET).status_code == 200


def test_who_guesses_for_many_clients_has_to_wait_too(db: None) -> None:
    platform()
    answers = [_guess(f"client-{number}", "192.0.2.66").status_code for number in range(51)]
    assert answers == [401] * 50 + [429]
    entry = journal.JournalEntry.rows().get(tag="client:locked-out")
    assert entry.actor_id == "unknown", "what strangers type is not kept"
