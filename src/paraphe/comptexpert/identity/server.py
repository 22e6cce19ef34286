"""The OpenID Connect provider: Authlib's grants over our tables.

Authorization code only, PKCE with S256 and a nonce always, codes used once, a replayed code takes its tokens with it
(RFC 6749, 4.1.2). OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0; RFC 7636, RFC 9207.
"""

import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from authlib.integrations.django_oauth2 import AuthorizationServer, BearerTokenValidator, ResourceProtector
from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError, InvalidScopeError, TokenMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode
from authlib.oidc.rpinitiated import EndSessionEndpoint, EndSessionRequest
from django.conf import settings
from django.utils import timezone
from joserfc.jwk import KeySet

from paraphe.comptexpert.identity import keyfile
from paraphe.comptexpert.identity.models import AccessToken, Account, AuthorizationCode, Client, ServiceToken
from paraphe.comptexpert.identity.seeding import SECRET_PURPOSE
from paraphe.floor.secrets import keyed_hash, same

SCOPES: Final = ("openid", "profile", "email")
#: What a program asks for itself: to read what is said of people between two sign-ins.
DIRECTORY_SCOPE: Final = "directory"
# One password, checked here: what it is, not what it would be worth.
ACR: Final = "urn:comptexpert:acr:password"
AMR: Final = ("pwd",)
CODE_LIFETIME: Final = timedelta(minutes=1)
TOKEN_LIFETIME: Final = timedelta(hours=1)
ID_TOKEN_SECONDS: Final = 300
CODE_PURPOSE: Final = "identity.code"
TOKEN_PURPOSE: Final = "identity.access-token"  # noqa: S105
SERVICE_PURPOSE: Final = "identity.service-token"


class KnownClient(ClientMixin):
    """A registered program, as Authlib asks for it."""

    id_token_signed_response_alg = keyfile.ALGORITHM

    def __init__(self, row: Client) -> None:
        self.row = row
        self.client_id = row.client_id
        self.client_metadata = {"post_logout_redirect_uris": row.post_logout_redirect_uris}

    def get_client_id(self) -> str:
        """Return its identifier."""
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """Have none: the address must always be sent (OpenID Connect Core 1.0, 3.1.2.1)."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """Return those of the scopes asked for that exist here; unknown ones are ignored (the same, 3.1.2.1)."""
        known = (*SCOPES, DIRECTORY_SCOPE)
        return " ".join(one for one in (scope or "").split() if one in known)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Compare character by character (RFC 9700, 2.1)."""
        return redirect_uri in self.row.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare keyed hashes, in constant time."""
        return same(keyed_hash(client_secret, SECRET_PURPOSE), self.row.secret_hash)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Accept the secret in the header or in the body, never its absence."""
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        """Know the code flow only."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Know codes of people, and tokens of programs for themselves."""
        return grant_type in ("authorization_code", "client_credentials")


class PendingCode(AuthorizationCodeMixin):
    """A code that is being redeemed, as Authlib asks for it."""

    code_challenge_method = "S256"

    def __init__(self, row: AuthorizationCode) -> None:
        self.row = row
        self.code_challenge = row.code_challenge

    def get_redirect_uri(self) -> str:
        """Return the address that the code was sent to."""
        return self.row.redirect_uri

    def get_scope(self) -> str:
        """Return what it gives access to."""
        return self.row.scope

    def get_nonce(self) -> str:
        """Return the nonce of the authentication request."""
        return self.row.nonce

    def get_auth_time(self) -> int:
        """Return when the password was typed."""
        return self.row.auth_time

    def get_acr(self) -> str:
        """Return the level."""
        return ACR

    def get_amr(self) -> list[str]:
        """Return the method (RFC 8176)."""
        return list(AMR)


class LivingToken(TokenMixin):
    """An access token that is being used, as Authlib asks for it."""

    def __init__(self, row: AccessToken) -> None:
        self.row = row

    def get_scope(self) -> str:
        """Return what it gives access to."""
        return self.row.scope

    def is_expired(self) -> bool:
        """Tell whether its hour is over."""
        return self.row.expires_at <= timezone.now()

    def is_revoked(self) -> bool:
        """Never: a revoked token is deleted."""
        return False


class CodeGrant(AuthorizationCodeGrant):
    """Codes of one minute, used once, bound to program, address and PKCE challenge."""

    def validate_authorization_request(self) -> str:
        """Want ``openid``, PKCE with S256 and a nonce, besides what RFC 6749 wants."""
        address: str = super().validate_authorization_request()
        payload = self.request.payload
        for name in ("request", "request_uri", "registration"):
            if payload.data.get(name):
                raise OAuth2Error(error=f"{name}_not_supported", redirect_uri=address)
        for name, value in (("code_challenge_method", "S256"), ("response_mode", "query")):
            default = None if name == "code_challenge_method" else "query"
            if payload.data.get(name, default) != value:
                raise InvalidRequestError(f"'{name}' must be '{value}'.", redirect_uri=address)
        if not payload.data.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge'.", redirect_uri=address)
        if "openid" not in (payload.scope or "").split():
            raise InvalidRequestError("'scope' must contain 'openid'.", redirect_uri=address)
        if not 8 <= len(payload.data.get("nonce") or "") <= 255:
            raise InvalidRequestError("'nonce' must have 8 to 255 characters.", redirect_uri=address)
        return address

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        """Keep the code, hashed, with everything it is bound to; forget old ones."""
        now = timezone.now()
        AuthorizationCode.objects.filter(expires_at__lte=now - 2 * TOKEN_LIFETIME).delete()
        signed_in: SignedIn = request.user
        AuthorizationCode.objects.create(
            code_hash=keyed_hash(code, CODE_PURPOSE),
            client=request.client.row,
            account=signed_in.account,
            redirect_uri=request.payload.redirect_uri,
            scope=request.scope,
            nonce=request.payload.data["nonce"],
            code_challenge=request.payload.data["code_challenge"],
            auth_time=signed_in.auth_time,
            sid=signed_in.sid,
            expires_at=now + CODE_LIFETIME,
        )

    def query_authorization_code(self, code: str, client: KnownClient) -> PendingCode | None:
        """Claim the code: whoever comes second finds it used, and the tokens of the first are withdrawn."""
        now = timezone.now()
        row = AuthorizationCode.objects.filter(code_hash=keyed_hash(code, CODE_PURPOSE), client=client.row).first()
        if row is None:
            return None
        if not AuthorizationCode.objects.filter(pk=row.pk, used_at=None, expires_at__gt=now).update(used_at=now):
            row.tokens.all().delete()
            return None
        return PendingCode(row)

    def delete_authorization_code(self, authorization_code: PendingCode) -> None:
        """Keep the used code until it is old, to notice its replay."""

    def authenticate_user(self, authorization_code: PendingCode) -> Account:
        """Return whose code it is."""
        return authorization_code.row.account


class ServiceGrant(ClientCredentialsGrant):
    """Tokens of a program for itself (RFC 6749, 4.4): good for the directory and nothing else."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

    def validate_token_request(self) -> None:
        """Want the scope of the directory, and no other."""
        super().validate_token_request()
        if (self.request.payload.scope or "").split() != [DIRECTORY_SCOPE]:
            raise InvalidScopeError


class IdToken(OpenIDCode):
    """ID tokens that prove the sign-in and carry no personal data: that is at the userinfo endpoint."""

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        """Refuse a nonce that was seen before."""
        return AuthorizationCode.objects.filter(client__client_id=request.payload.client_id, nonce=nonce).exists()

    def resolve_client_private_key(self, client: KnownClient) -> KeySet:
        """Return the key of the provider."""
        return keyfile.key_set()

    def get_encode_header(self, client: KnownClient) -> dict[str, str]:
        """Name algorithm and key."""
        return {"alg": keyfile.ALGORITHM, "kid": str(keyfile.key_set().keys[0].kid), "typ": "JWT"}

    def get_client_claims(self, client: KnownClient) -> dict[str, Any]:
        """Return issuer, audience and validity."""
        now = int(timezone.now().timestamp())
        return {"iss": settings.SITE_URL, "aud": client.client_id, "iat": now, "exp": now + ID_TOKEN_SECONDS}

    def get_authorization_code_claims(self, authorization_code: PendingCode) -> dict[str, Any]:
        """Add the session at the provider to nonce, time, level and method."""
        return {**super().get_authorization_code_claims(authorization_code), "sid": authorization_code.row.sid}

    def generate_user_info(self, user: Account, scope: str) -> dict[str, Any]:
        """Return the subject."""
        return {"sub": user.subject}


class LogoutEndpoint(EndSessionEndpoint):
    """RP-initiated logout: checks what the program sends; the page ends the session."""

    def get_server_jwks(self) -> KeySet:
        """Return the key that hints must be signed with."""
        return keyfile.key_set()

    def get_algorithms(self) -> list[str]:
        """Accept our algorithm only."""
        return [keyfile.ALGORITHM]

    def end_session(self, end_session_request: EndSessionRequest) -> None:
        """Leave it to the page, which knows the browser."""


class SignedIn:
    """Who is signed in at Comptexpert, since when, in which session."""

    def __init__(self, account: Account, auth_time: int, sid: str) -> None:
        self.account = account
        self.auth_time = auth_time
        self.sid = sid
        self.pk = account.pk


class Provider(AuthorizationServer):
    """The server over our tables."""

    def __init__(self) -> None:
        super().__init__(Client, AccessToken)

    def query_client(self, client_id: str) -> KnownClient | None:
        """Return the program of that identifier."""
        row = Client.objects.filter(client_id=client_id).first()
        return KnownClient(row) if row else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Keep an access token, hashed."""
        if request.payload.grant_type == "client_credentials":
            now = timezone.now()
            ServiceToken.objects.filter(expires_at__lte=now).delete()
            ServiceToken.objects.create(
                token_hash=keyed_hash(token["access_token"], SERVICE_PURPOSE),
                client=request.client.row,
                expires_at=now + timedelta(seconds=token["expires_in"]),
            )
            return
        code: AuthorizationCode = request.authorization_code.row
        AccessToken.objects.create(
            token_hash=keyed_hash(token["access_token"], TOKEN_PURPOSE),
            code=code,
            client=code.client,
            account=code.account,
            scope=code.scope,
            expires_at=timezone.now() + timedelta(seconds=token["expires_in"]),
        )

    def create_bearer_token_generator(self) -> Any:
        """Make access tokens only: a session is renewed by signing in."""

        def generate(*, scope: str | None = None, **_: object) -> dict[str, Any]:
            return {
                "token_type": "Bearer",
                "access_token": secrets.token_urlsafe(32),
                "expires_in": int(TOKEN_LIFETIME.total_seconds()),
                "scope": scope,
            }

        return generate


class TokenCheck(BearerTokenValidator):
    """Finds access tokens by their hash."""

    def authenticate_token(self, token_string: str) -> LivingToken | None:
        """Return the token, None when it is unknown."""
        rows = AccessToken.objects.select_related("account")
        row = rows.filter(token_hash=keyed_hash(token_string, TOKEN_PURPOSE)).first()
        return LivingToken(row) if row else None


def reads_directory(authorization: str) -> bool:
    """Tell whether an Authorization header lets a program read the directory."""
    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer":
        return False
    rows = ServiceToken.objects.filter(expires_at__gt=timezone.now())
    return rows.filter(token_hash=keyed_hash(token.strip(), SERVICE_PURPOSE)).exists()


@lru_cache(maxsize=1)
def provider() -> Provider:
    """Return the server of this process."""
    server = Provider()
    server.register_grant(CodeGrant, [IdToken(require_nonce=True), CodeChallenge(required=True)])
    server.register_grant(ServiceGrant)
    server.register_endpoint(LogoutEndpoint)
    return server


@lru_cache(maxsize=1)
def protector() -> ResourceProtector:
    """Return what lets requests with a living access token pass."""
    found = ResourceProtector()
    found.register_token_validator(TokenCheck(None))
    return found


def metadata() -> dict[str, Any]:
    """Return the discovery document (OpenID Connect Discovery 1.0, 3)."""
    issuer = settings.SITE_URL
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/logout",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [keyfile.ALGORITHM],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": [*SCOPES, DIRECTORY_SCOPE],
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "acr_values_supported": [ACR],
        "prompt_values_supported": ["none", "login", "select_account"],
        "ui_locales_supported": ["fr", "en"],
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid",
            "name", "given_name", "family_name", "email", "email_verified",
            "paraphe_firms", "paraphe_roll", "paraphe_delegations",
        ],
        "authorization_response_iss_parameter_supported": True,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }  # fmt: skip


def seconds(moment: datetime) -> int:
    """Return ``moment`` as seconds since 1970."""
    return int(moment.timestamp())
