"""Every method of the CSC API, given a good body in which one thing is wrong: a standard error, never a failure."""

import json
import random
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from paraphe.trust.http import csc_answers, csc_v1
from paraphe.trust.remote import api as remote
from paraphe.trust.remote.models import Activation
from tests.trust.http.conversation import ECDSA_SHA256, SHA256_OID, b64, basic, bearer, details, pushed, service_token
from tests.trust.remote.holders import LETTER

pytestmark = pytest.mark.django_db

RUNS = 260
HOSTILE: tuple[Any, ...] = (
    *(None, True, -1, 0, 10**400, 1.5, float("nan"), float("inf")),
    *("", " ", "\x00", "\ud800", "\u202e", "é" * 70, "A" * 100_000, "=" * 8, "../../x", "0" * 64),
    *([], {}, [None], [[]], [{}], {"id": {}}, [b64(LETTER)] * 600, [["x"] * 3] * 3),
)
RAW = (
    b"[" * 20_000 + b"]" * 20_000,
    b'{"a":' * 20_000,
    b"9" * 5_000,
    b'{"x": 1' + b"0" * 5_000 + b"}",
    b"\x00",
    b"{}{}",
)
TYPES = (
    "text/plain",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "application/json; charset=utf-16",
    "",
)


def good_bodies(credential: remote.Credential) -> dict[str, dict[str, Any]]:
    """Return a body for each method; its activation data is none, so that nothing is used up."""
    named = {"credentialID": str(credential.pk)}
    v2 = {**named, "hashes": [b64(LETTER)], "hashAlgorithmOID": SHA256_OID, "clientData": "one"}
    v1 = {**named, "hash": [b64(LETTER)], "hashAlgo": SHA256_OID}
    code = [{"id": "OTP", "value": "123456"}]
    file = {"document": b64(b"%PDF-1.7"), "signAlgo": ECDSA_SHA256, "signature_format": "P"}
    stamp = {"hash": b64(LETTER), "hashAlgo": SHA256_OID, "nonce": "0a"}
    return {
        "v2/info": {"lang": "fr"},
        "v2/credentials/list": {"userID": str(uuid4()), "onlyValid": True, "certificates": "chain", "lang": "fr"},
        "v2/credentials/info": {**named, "certificates": "chain", "certInfo": True, "authInfo": True},
        "v2/credentials/getChallenge": {**named, "authObjectID": "PIN"},
        "v2/credentials/authorize": {**v2, "numSignatures": 1, "authData": code, "description": "Bilan"},
        "v2/credentials/authorizeCheck": {"handle": "none", "authData": code},
        "v2/credentials/extendTransaction": {**v2, "SAD": "none.none"},
        "v2/signatures/signHash": {**v2, "SAD": "none.none", "signAlgo": ECDSA_SHA256, "operationMode": "S"},
        "v2/signatures/signDoc": {**named, "SAD": "none.none", "documents": [file], "returnValidationInfo": True},
        "v2/signatures/signPolling": {"responseID": "none"},
        "v2/signatures/timestamp": stamp,
        "v1/info": {"lang": "fr"},
        "v1/auth/login": {"rememberMe": True},
        "v1/auth/revoke": {"token": "none"},
        "v1/credentials/list": {"userID": str(uuid4()), "maxResults": 3},
        "v1/credentials/info": {**named, "certificates": "chain", "certInfo": True, "authInfo": True},
        "v1/credentials/authorize": {**v1, "numSignatures": 1, "OTP": "123456", "PIN": ""},
        "v1/credentials/extendTransaction": {**v1, "SAD": "none.none"},
        "v1/credentials/sendOTP": {"credentialID": str(uuid4())},
        "v1/signatures/signHash": {**v1, "SAD": "none.none", "signAlgo": ECDSA_SHA256},
        "v1/signatures/timestamp": stamp,
    }


def _spoiled(chance: random.Random, value: Any) -> Any:
    """Return ``value`` with one thing in it, however deep, replaced by something hostile, or left out."""
    if isinstance(value, dict) and value and chance.random() < 0.95:
        name = chance.choice(sorted(value))
        if chance.random() < 0.1:
            return {other: kept for other, kept in value.items() if other != name}
        return {**value, name: _spoiled(chance, value[name])}
    if isinstance(value, list) and value and chance.random() < 0.5:
        return [_spoiled(chance, value[0]), *value[1:]]
    return chance.choice(HOSTILE)


def _bodies(credential: remote.Credential, runs: int) -> Iterator[tuple[str, bytes, str]]:
    chance, good = random.Random(20261123), good_bodies(credential)
    methods = sorted(good)
    for number in range(runs):
        method = methods[number % len(methods)]
        kind = chance.random()
        if kind < 0.12:
            yield method, chance.choice(RAW), "application/json"
        elif kind < 0.2:
            yield method, json.dumps(good[method]).encode(), chance.choice(TYPES)
        else:
            yield method, json.dumps(_spoiled(chance, good[method])).encode(), "application/json"


def test_one_thing_wrong_is_a_standard_error(credential: remote.Credential) -> None:
    good, browser, token = good_bodies(credential), Client(raise_request_exception=False), bearer(service_token())
    assert {one.removeprefix("v2/") for one in good if one.startswith("v2/")} >= {
        name for name in csc_answers.METHODS if not name.startswith("oauth2/")
    }
    assert {one.removeprefix("v1/") for one in good if one.startswith("v1/")} == set(csc_v1.METHODS)
    for method, body, content_type in _bodies(credential, RUNS):
        headers = basic() if method == "v1/auth/login" else token
        answer = browser.post(f"/csc/{method}", body, content_type=content_type, headers=headers)
        told = (method, content_type, body[:300], answer.status_code, answer.content[:200])
        assert answer.status_code in (200, 202, 204, 400, 401, 429), told
        if answer.status_code >= 400:
            assert set(answer.json()) == {"error", "error_description"}, told
            assert answer.json()["error"] in ("invalid_request", "invalid_authentication_data", "invalid_token"), told
            assert len(answer.content) < 300, "nothing of the body is repeated"
    assert not Activation.objects.exists()


def test_details_with_one_thing_wrong_are_a_standard_error(credential: remote.Credential) -> None:
    chance, good = random.Random(20261123), json.loads(details(credential, [("Bilan", LETTER)]))
    for _run in range(80):
        raw = chance.choice(RAW).decode() if chance.random() < 0.1 else json.dumps(_spoiled(chance, good))
        answer = pushed(credential, authorization_details=raw)
        assert answer.status_code in (201, 400), raw[:300]
        if answer.status_code == 400:
            assert answer.json()["error"] in ("invalid_request", "invalid_authorization_details"), raw[:300]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_a_request(credential: remote.Credential, method: str) -> None:
    for name in ("v2/info", "v2/signatures/signHash", "v2/signatures/signDoc", "v1/auth/login"):
        answer = Client(raise_request_exception=False).generic(method, f"/csc/{name}")
        assert answer.status_code in (400, 405), (name, answer.status_code)
