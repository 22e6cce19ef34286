"""Telling programs that a session is over (OpenID Connect Back-Channel Logout 1.0)."""

import secrets
from typing import Any, Final

import requests
from django.conf import settings
from django.utils import timezone
from joserfc import jwt

from paraphe.comptexpert.identity import keyfile
from paraphe.comptexpert.identity.models import Client

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
TOKEN_SECONDS: Final = 120
TIMEOUT_SECONDS: Final = 5


def tell(client: Client, subject: str, sid: str) -> None:
    """Post a logout token to ``client``. Raises requests' errors when it does not take it."""
    answer = requests.post(
        client.backchannel_logout_uri,
        data={"logout_token": logout_token(client.client_id, subject, sid)},
        timeout=TIMEOUT_SECONDS,
        allow_redirects=False,
    )
    answer.raise_for_status()


def logout_token(client_id: str, subject: str, sid: str) -> str:
    """Return a logout token (2.4): who, which session, that it is over, and no nonce."""
    now = int(timezone.now().timestamp())
    claims: dict[str, Any] = {
        "iss": settings.SITE_URL,
        "aud": client_id,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "jti": secrets.token_urlsafe(16),
        "sub": subject,
        "sid": sid,
        "events": {EVENT: {}},
    }
    key = keyfile.key_set().keys[0]
    header = {"alg": keyfile.ALGORITHM, "kid": str(key.kid), "typ": "logout+jwt"}
    return jwt.encode(header, claims, key, algorithms=[keyfile.ALGORITHM])
