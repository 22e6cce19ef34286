"""Comptexpert with its cast, and a program that signs people in."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from paraphe.comptexpert.identity import api as identity
from tests.support.cast import CastPerson

RETURN = "https://app.example/retour/"
GOODBYE = "https://app.example/"
SECRET = "a-secret-of-the-program-for-tests"


@pytest.fixture
def cast(db: None) -> dict[str, str]:
    """Return the passwords of the cast by identifier."""
    cache.clear()
    identity.seed(settings.DATA_DIR)
    people = json.loads((settings.SECRETS_DIR / "cast.json").read_text(encoding="utf-8"))
    return {person["identifier"]: person["password"] for person in people}


@dataclass
class App:
    """A program that signs people in, with one browser."""

    browser: Client
    passwords: dict[str, str]
    verifier: str = ""
    nonce: str = ""

    def request(self, **changes: str | None) -> dict[str, str]:
        """Return the words of an authentication request."""
        self.verifier = secrets.token_urlsafe(48)
        self.nonce = secrets.token_urlsafe(20)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        words = {
            "response_type": "code",
            "client_id": "app",
            "redirect_uri": RETURN,
            "scope": "openid profile email",
            "state": "st/te & more",
            "nonce": self.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in words.items() if value is not None}

    def authorize(self, **changes: str | None) -> Any:
        return self.browser.get("/authorize", self.request(**changes))

    def sign_in(self, person: CastPerson, target: str = "/", password: str | None = None) -> Any:
        return self.browser.post(
            "/connexion/",
            {
                "identifier": person.identifier,
                "password": self.passwords[person.identifier] if password is None else password,
                "next": target,
            },
        )

    def code_of(self, person: CastPerson, **changes: str | None) -> str:
        """Return the code of a complete sign-in."""
        words = self.request(**changes)
        self.sign_in(person, f"/authorize?{urlencode(words)}")
        return answer_of(self.browser.get("/authorize", words))["code"]

    def redeem(self, code: str, **changes: str) -> Any:
        words = {"grant_type": "authorization_code", "code": code, "redirect_uri": RETURN}
        return self.browser.post(
            "/token",
            {**words, "client_id": "app", "client_secret": SECRET, "code_verifier": self.verifier, **changes},
        )


def answer_of(response: Any) -> dict[str, str]:
    """Return the words that were sent to the program."""
    assert response.status_code == 302, response.content
    assert response["Location"].startswith(RETURN)
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


@pytest.fixture
def app(cast: dict[str, str], client: Client) -> App:
    identity.register_client(
        client_id="app", client_secret=SECRET, redirect_uris=[RETURN], post_logout_redirect_uris=[GOODBYE]
    )
    return App(client, cast)
