"""The providers that the platform meets: the real Comptexpert, and one that does wrong."""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from paraphe.platform.accounts import openid
from tests.support.cast import ALICE
from tests.support.live_comptexpert import CLIENT_SECRET, LiveComptexpert

SiteSettings = Any  # what the fixture of pytest-django gives: any setting can be set on it


@pytest.fixture(scope="session")
def live() -> Iterator[LiveComptexpert]:
    process = LiveComptexpert()
    yield process
    process.stop()


@pytest.fixture
def provider_settings(settings: SiteSettings, tmp_path: Path) -> SiteSettings:
    secret = tmp_path / "oidc-client.secret"
    secret.write_text(f"{CLIENT_SECRET}\n", encoding="ascii")
    settings.OIDC_CLIENT_SECRET_FILE = secret
    openid._discovered.clear()
    return settings


@pytest.fixture
def comptexpert(live: LiveComptexpert, provider_settings: SiteSettings) -> LiveComptexpert:
    provider_settings.OIDC_ISSUER = live.url
    return live


class OtherProvider:
    """An OpenID provider whose every answer a test can bend."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.signer: Any = self.key
        self.algorithm = "RS256"
        self.nonce = ""
        self.wrong_nonce = ""
        self.id_claims: dict[str, Any] = {}
        self.without: tuple[str, ...] = ()
        self.metadata: dict[str, Any] = {}
        self.answers: dict[str, tuple[int, str, bytes]] = {}
        self.token: dict[str, Any] = {}
        self.person: dict[str, Any] = {"sub": "alice", **ALICE.claims()}
        self.asked: list[dict[str, str]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner._answer(self)

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                owner.asked.append({"body": self.rfile.read(length).decode(), **dict(self.headers)})
                owner._answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def id_token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": "paraphe",
            "sub": "alice",
            "iat": now,
            "exp": now + 300,
            "nonce": self.wrong_nonce or self.nonce,
            **self.id_claims,
        }
        header = {"alg": self.algorithm, "kid": "one"}
        if self.algorithm == "none":
            header.pop("kid")
        told = {name: value for name, value in claims.items() if name not in self.without}
        return jwt.encode(header, told, self.signer, algorithms=[self.algorithm])

    def sign_with_the_client_secret(self) -> None:
        self.algorithm, self.signer = "HS256", OctKey.import_key(CLIENT_SECRET)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.split("?")[0]
        status, kind, body = self.answers.get(path) or (200, "application/json", json.dumps(self._json(path)).encode())
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _json(self, path: str) -> Any:
        if path == "/jwks":
            return KeySet([self.key]).as_dict(private=False)
        if path == "/token":
            token = {"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "id_token": self.id_token()}
            return {name: value for name, value in {**token, **self.token}.items() if value is not None}
        if path == "/userinfo":
            return self.person
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            **self.metadata,
        }


@pytest.fixture
def other(provider_settings: SiteSettings) -> Iterator[OtherProvider]:
    provider = OtherProvider()
    provider_settings.OIDC_ISSUER = provider.url
    yield provider
    provider.stop()
