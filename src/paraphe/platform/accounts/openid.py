"""The relying party: OpenID Connect by Authlib, closed wherever Authlib leaves the choice open.

Authorization code flow with PKCE S256, state and nonce. Refused: an answer without ID token, with a wrong nonce, from
another issuer or for another audience, expired, unsigned or signed by a shared secret, a foreign or used state.
OpenID Connect Core 1.0, 3.1.3.7; Discovery 1.0, 4.3; RFC 9207.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.django_client import OAuth, OAuthError
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from paraphe.kernel.ids import new_token
from paraphe.platform.accounts.errors import ProviderUnreachable, SignInDenied, SignInStale, SignInUnproved

PENDING_KEY: Final = "sign_in"
MOST_PENDING: Final = 10
TIMEOUT_SECONDS: Final = 10
METADATA_SECONDS: Final = 3600
LEEWAY_SECONDS: Final = 60
#: How old a logout token may be, whatever it says itself.
LOGOUT_SECONDS: Final = 600
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
DISCOVERY: Final = "/.well-known/openid-configuration"
# Signatures that only the provider can make: neither `none` nor anything keyed by the secret that both sides know.
ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)

# Discovery documents by issuer, with when they were read. The keys are read anew at each sign-in.
_discovered: dict[str, tuple[float, Mapping[str, Any]]] = {}


@dataclass(frozen=True)
class SignIn:
    """A sign-in that was proved: what the provider tells, its ID token, and where the person was going."""

    claims: Mapping[str, object]
    id_token: str
    target: str


def begin_sign_in(request: HttpRequest, *, callback: str, target: str, locale: str) -> HttpResponse:
    """Send the browser to the provider; it comes back to ``callback``, then the person goes on to ``target``.

    Raises ProviderUnreachable.
    """
    with _speaking():
        app, _ = _provider()
        state = new_token()
        answer: HttpResponse = app.authorize_redirect(request, callback, state=state, ui_locales=locale)
    pending = dict(request.session.get(PENDING_KEY, {}))
    while len(pending) >= MOST_PENDING:
        pending.pop(next(iter(pending)))
    request.session[PENDING_KEY] = {**pending, state: target}
    return answer


def finish_sign_in(request: HttpRequest) -> SignIn:
    """Return the sign-in with which the browser came back.

    Raises SignInStale, SignInDenied, SignInUnproved, ProviderUnreachable. Whatever is raised, nobody is signed in.
    """
    target = _claim_pending(request)
    with _speaking():
        app, metadata = _provider()
        _check_answering_issuer(request, metadata)
        token = app.authorize_access_token(request, leeway=LEEWAY_SECONDS)
        proof = token.get("userinfo")
        # Authlib is content without an ID token, and does not look at its audience.
        if not proof:
            raise SignInUnproved(reason="no_id_token")
        _check_proof(proof)
        told = app.userinfo(token=token) if metadata.get("userinfo_endpoint") else {}
    if told and told.get("sub") != proof["sub"]:
        raise SignInUnproved(reason="userinfo_of_somebody_else")
    return SignIn(claims={**told, **proof}, id_token=str(token["id_token"]), target=target)


def sign_out_address(*, id_token: str, back: str) -> str:
    """Return where the browser ends the session at the provider, to come back to ``back``.

    Empty when the provider has no such address or does not answer: the session here is over in any case. OpenID
    Connect RP-Initiated Logout 1.0.
    """
    try:
        with _speaking():
            _, metadata = _provider()
    except ProviderUnreachable:
        return ""
    address = str(metadata.get("end_session_endpoint") or "")
    if not address or not id_token:
        return ""
    words = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "client_id": settings.OIDC_CLIENT_ID}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(words)}"


def logged_out(logout_token: str) -> Mapping[str, str]:
    """Return ``iss``, ``sub``, ``sid`` and ``jti`` of a logout token that the provider signed for this platform.

    Raises SignInUnproved for any other, ProviderUnreachable when its keys cannot be read. OpenID Connect Back-Channel
    Logout 1.0, 2.4 and 2.6.
    """
    with _speaking():
        app, metadata = _provider()
        algorithms = metadata["id_token_signing_alg_values_supported"]
        token = jwt.decode(logout_token, KeySet.import_key_set(app.fetch_jwk_set(force=True)), algorithms=algorithms)
    told = token.claims
    _check_proof({"sub": "-", **told})
    now = time.time()
    fresh = (told.get("iat"), told.get("exp"))
    if not all(isinstance(moment, int) for moment in fresh) or not (
        told["iat"] - LEEWAY_SECONDS <= now <= min(told["exp"], told["iat"] + LOGOUT_SECONDS) + LEEWAY_SECONDS
    ):
        raise SignInUnproved(reason="logout_expired")
    events = told.get("events")
    if not isinstance(events, Mapping) or LOGOUT_EVENT not in events or "nonce" in told:
        raise SignInUnproved(reason="no_logout_token")
    found = {name: told.get(name, "") for name in ("iss", "sub", "sid", "jti")}
    if not all(isinstance(value, str) for value in found.values()) or not found["jti"]:
        raise SignInUnproved(reason="logout_claims")
    if not found["sub"] and not found["sid"]:
        raise SignInUnproved(reason="logout_of_nobody")
    return found


def service_token(scope: str) -> str:
    """Return an access token of ``scope`` for the platform itself (RFC 6749, 4.4). Raises ProviderUnreachable."""
    with _speaking():
        app, metadata = _provider()
        with app._get_oauth_client() as client:
            token = client.fetch_token(metadata["token_endpoint"], grant_type="client_credentials", scope=scope)
        return str(token["access_token"])


def _claim_pending(request: HttpRequest) -> str:
    """Return where the person was going; a state is good once, in the browser that it was given to."""
    state = request.GET.get("state", "")
    pending = dict(request.session.get(PENDING_KEY, {}))
    if state not in pending:
        raise SignInStale
    target = str(pending.pop(state))
    request.session[PENDING_KEY] = pending
    return target


def _check_answering_issuer(request: HttpRequest, metadata: Mapping[str, Any]) -> None:
    """Refuse an answer of another provider (RFC 9207, 2.4)."""
    named = request.GET.get("iss")
    if named is None and not metadata.get("authorization_response_iss_parameter_supported"):
        return
    if named != settings.OIDC_ISSUER:
        raise SignInUnproved(reason="issuer")


def _check_proof(proof: Mapping[str, Any]) -> None:
    if proof.get("iss") != settings.OIDC_ISSUER:
        raise SignInUnproved(reason="issuer")
    audience = proof.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience or []
    if settings.OIDC_CLIENT_ID not in audiences:
        raise SignInUnproved(reason="audience")
    if len(audiences) > 1 and proof.get("azp") != settings.OIDC_CLIENT_ID:
        raise SignInUnproved(reason="authorised_party")
    if not isinstance(proof.get("sub"), str) or not proof["sub"]:
        raise SignInUnproved(reason="subject")


@contextmanager
def _speaking() -> Iterator[None]:
    """Turn what Authlib, its cryptography and the network raise into our own errors."""
    try:
        yield
    except MismatchingStateError:
        raise SignInStale from None
    except OAuthError as error:
        # The provider's words go nowhere: not into a page, where anybody could write them into the address.
        refused = error.error in ("access_denied", "login_required", "interaction_required", "consent_required")
        raise (SignInDenied if refused else SignInUnproved)(reason=str(error.error)[:80]) from error
    except JoseError as error:
        raise SignInUnproved(reason=str(error.error)[:80]) from error
    except RequestException as error:
        raise ProviderUnreachable(reason=type(error).__name__) from error
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        # An answer that is not what an OpenID provider sends: a page of a proxy, a key of another form.
        raise ProviderUnreachable(reason=type(error).__name__) from error


def _provider() -> tuple[Any, Mapping[str, Any]]:
    """Return Authlib's client for this one conversation, and the discovery document it goes by."""
    if settings.DEMONSTRATION:
        # Authlib refuses plain HTTP beyond localhost; a demonstration may be shown to another machine of the house.
        os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")
    kept, metadata = _discovered.get(settings.OIDC_ISSUER, (0.0, {}))
    if time.time() - kept > METADATA_SECONDS:
        metadata = _read_discovery()
        _discovered[settings.OIDC_ISSUER] = (time.time(), metadata)
    return _client(metadata), metadata


def _read_discovery() -> Mapping[str, Any]:
    metadata = dict(_client({}).load_server_metadata())
    algorithms = ALGORITHMS.intersection(metadata.get("id_token_signing_alg_values_supported") or ["RS256"])
    if metadata.get("issuer") != settings.OIDC_ISSUER or not algorithms:
        raise ProviderUnreachable(reason="discovery")
    return {**metadata, "id_token_signing_alg_values_supported": sorted(algorithms)}


def _client(metadata: Mapping[str, Any]) -> Any:
    try:
        secret = settings.OIDC_CLIENT_SECRET_FILE.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ProviderUnreachable(reason="client_secret") from error
    words = {"scope": settings.OIDC_SCOPE, "code_challenge_method": "S256", "default_timeout": TIMEOUT_SECONDS}
    if "client_secret_basic" not in metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        words["token_endpoint_auth_method"] = "client_secret_post"  # noqa: S105
    return OAuth().register(
        "provider",
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=secret,
        server_metadata_url=settings.OIDC_ISSUER.rstrip("/") + DISCOVERY,
        client_kwargs=words,
        **metadata,
    )
