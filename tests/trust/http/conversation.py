"""How a client program speaks to the trust site: small helpers over Django's test client."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from paraphe.trust.remote import api as remote
from tests.trust.remote.holders import LETTER, RETURN, SECRET

VERIFIER = "v" * 43
SHA256_OID = "2.16.840.1.101.3.4.2.1"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"
FORM = "application/x-www-form-urlencoded"


def b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def challenge_of(verifier: str = VERIFIER) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def basic(client_id: str = "platform", secret: str = SECRET) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def post_form(path: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> Any:
    from urllib.parse import urlencode

    return Client().post(path, urlencode(fields), content_type=FORM, headers=basic() if headers is None else headers)


def service_token(client_id: str = "platform", secret: str = SECRET) -> str:
    answer = post_form(
        "/oauth2/token", {"grant_type": "client_credentials", "scope": "service"}, basic(client_id, secret)
    )
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


def post_csc(method: str, body: object, token: str | None) -> Any:
    return Client().post(
        f"/csc/v2/{method}", json.dumps(body), content_type="application/json", headers=bearer(token) if token else {}
    )


def details(credential: remote.Credential, documents: list[tuple[str, bytes]], **changes: Any) -> str:
    value = {
        "type": "https://cloudsignatureconsortium.org/2025/credential",
        "credentialID": str(credential.pk),
        "documentDigests": [{"label": label, "hash": b64(digest)} for label, digest in documents],
        "hashAlgorithmOID": SHA256_OID,
        "numSignatures": len(documents),
        "locale": "fr",
    }
    return json.dumps([{**value, **changes}])


def pushed(credential: remote.Credential, **changes: str) -> Any:
    fields = {
        "response_type": "code",
        "client_id": "platform",
        "redirect_uri": RETURN,
        "state": "the state of the platform & more",
        "scope": "credential",
        "code_challenge": challenge_of(),
        "code_challenge_method": "S256",
        "authorization_details": details(credential, [("Lettre de mission", LETTER)]),
    }
    return post_form("/oauth2/pushed_authorize", {**fields, **changes})


def opened(browser: Client, credential: remote.Credential, **changes: str) -> str:
    """Push a request, bring it with ``browser``, and return the address of its page."""
    answer = pushed(credential, **changes)
    assert answer.status_code == 201, answer.content
    arrived = arrive(browser, answer.json()["request_uri"])
    assert arrived.status_code == 302
    return str(arrived["Location"])


def arrive(browser: Client, request_uri: str, client_id: str = "platform") -> Any:
    return browser.get("/oauth2/authorize", {"client_id": client_id, "request_uri": request_uri})


def query_of(answer: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}


def redeemed(code: str, **changes: str) -> Any:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": VERIFIER,
        "redirect_uri": RETURN,
        "client_id": "platform",
    }
    return post_form("/oauth2/token", {**fields, **changes})


def sign_hash(credential: remote.Credential, token: str, digests: list[bytes], **changes: Any) -> Any:
    body = {
        "credentialID": str(credential.pk),
        "hashes": [b64(digest) for digest in digests],
        "hashAlgorithmOID": SHA256_OID,
        "signAlgo": ECDSA_SHA256,
        "operationMode": "S",
        "clientData": "attempt-1",
    }
    return post_csc("signatures/signHash", {**body, **changes}, token)
