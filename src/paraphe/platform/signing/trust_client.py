"""The only way from the platform to the trust service provider: HTTP with bounded time, over the standard protocols."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import urllib3
from django.conf import settings

from paraphe.platform.signing.errors import TrustRefused, TrustUnavailable

CONNECT_SECONDS = 5
READ_SECONDS = 20
WHOLE_SECONDS = 60
MAX_ANSWER = 20_000_000


def _secret(path: Path) -> str:
    return path.read_text(encoding="ascii").strip()


@dataclass
class TrustClient:
    """Speaks to one trust service provider as one registered client program.

    Every method raises TrustUnavailable when there is no usable answer (network, time-out, 5xx) and TrustRefused, with
    the standard error code, when the answer is a refusal.
    """

    base_url: str
    client_id: str
    client_secret: str
    session: requests.Session = field(default_factory=requests.Session)
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def post_json(self, path: str, body: Mapping[str, object], *, token: str) -> dict[str, Any]:
        """POST ``body`` as JSON with a bearer token and return the JSON object of the answer."""
        answer = self._request("POST", path, json=dict(body), headers={"Authorization": f"Bearer {token}"})
        return _json_object(answer)

    def get_json(self, path: str, *, token: str) -> dict[str, Any]:
        """GET the JSON object at ``path``."""
        return _json_object(self._request("GET", path, headers={"Authorization": f"Bearer {token}"}))

    def get_bytes(self, path: str, *, token: str) -> bytes:
        """GET the bytes at ``path``."""
        return self._request("GET", path, headers={"Authorization": f"Bearer {token}"}).content

    def post_form(self, path: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """POST ``fields`` as a form, authenticated as the client (RFC 6749 §2.3.1), and return the JSON object."""
        answer = self._request("POST", path, data=dict(fields), auth=(self.client_id, self.client_secret))
        return _json_object(answer)

    def post_der(self, url: str, body: bytes, content_type: str) -> bytes:
        """POST DER to ``url`` (absolute, or a path of the provider) and return the DER of the answer."""
        return self._request("POST", url, data=body, headers={"Content-Type": content_type}).content

    def get_der(self, url: str) -> bytes:
        """GET the DER at ``url`` (absolute, or a path of the provider)."""
        return self._request("GET", url).content

    def token(self, scope: str) -> str:
        """Return an access token of ``scope`` for the client itself (RFC 6749 §4.4), reused while it is good."""
        with self._lock:
            known = self._tokens.get(scope)
            if known and known[1] > time.monotonic():
                return known[0]
        answer = self.post_form("/oauth2/token", {"grant_type": "client_credentials", "scope": scope})
        token = text_of(answer, "access_token")
        seconds = answer.get("expires_in", 60)
        with self._lock:
            self._tokens[scope] = (token, time.monotonic() + (max(seconds - 30, 0) if type(seconds) is int else 0))
        return token

    def forget_tokens(self) -> None:
        """Ask for new tokens from now on: the provider said that the present ones are not good."""
        with self._lock:
            self._tokens.clear()

    def _request(self, method: str, path: str, **options: Any) -> requests.Response:
        url = path if path.startswith(("http://", "https://")) else self.base_url + path
        try:
            answer = self.session.request(
                method, url, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False, stream=True, **options
            )
            body = _bounded_body(answer)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise TrustUnavailable(reason=type(error).__name__) from error
        answer._content = body  # requests reads bodies without a bound; this one was read with one
        if answer.status_code >= 500:
            raise TrustUnavailable(status=answer.status_code, description=_described(answer))
        if answer.status_code not in (200, 201, 204):
            if answer.status_code == 401:
                self.forget_tokens()
            raise _refusal(answer)
        return answer


def _bounded_body(answer: requests.Response) -> bytes:
    """Read a body that is neither too long nor comes too slowly: each read alone may be in time for ever."""
    deadline = time.monotonic() + WHOLE_SECONDS
    body = bytearray()
    with answer:
        for part in answer.raw.stream(65_536, decode_content=True):
            body += part
            if len(body) > MAX_ANSWER or time.monotonic() > deadline:
                raise TrustUnavailable(reason="answer is too long or too slow")
    return bytes(body)


def _refusal(answer: requests.Response) -> TrustRefused:
    try:
        body = answer.json()
        error, description = str(body["error"]), str(body.get("error_description", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        error, description = f"http_{answer.status_code}", ""
    return TrustRefused(error=error, description=description, status=answer.status_code)


def _described(answer: requests.Response) -> str:
    """Return what a provider that cannot serve now says of it, where it says so in the form of the standard."""
    try:
        return str(answer.json()["error_description"])[:200]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def text_of(answer: Mapping[str, object], name: str) -> str:
    """Return field ``name`` of an answer. Raises TrustUnavailable when it is missing, empty or not a string."""
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise TrustUnavailable(reason=f"{name} is missing")
    return value


def _json_object(answer: requests.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        raise TrustUnavailable(reason="answer is not JSON") from None
    if not isinstance(body, dict):
        raise TrustUnavailable(reason="answer is not a JSON object")
    return body


_shared: dict[tuple[str, str], TrustClient] = {}


def trust(provider: str = "") -> TrustClient:
    """Return the client of a trust service provider; connections and tokens are shared in the process.

    ``provider`` is ``advanced`` for signatures at that level; where no provider of its own is set for it, and for
    everything else, it is the one of the platform.
    """
    other = settings.ADVANCED_TRUST_URL if provider == "advanced" else ""
    url, client_id, secret = (
        (other, settings.ADVANCED_TRUST_CLIENT_ID, settings.ADVANCED_TRUST_CLIENT_SECRET_FILE)
        if other
        else (settings.TRUST_URL, settings.TRUST_CLIENT_ID, settings.TRUST_CLIENT_SECRET_FILE)
    )
    key = (url, client_id)
    if key not in _shared:
        session = requests.Session()
        session.verify = settings.TRUST_CA_FILE or True
        session.cert = settings.TRUST_CLIENT_CERT_FILE or None
        _shared[key] = TrustClient(url, client_id, _secret(secret), session)
    return _shared[key]
