"""Version 1.0.4 of the CSC API for programs that know no other: the same services under the older names.

Digests are SHA-256 only and every activation is for exactly its digests (SCAL 2), as in version 2. ``auth/login`` takes
the identifier and secret of a client program by HTTP Basic; people have no password here.
"""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from pydantic import Field

from paraphe.trust.clients import api as clients
from paraphe.trust.http import csc, csc_schemas
from paraphe.trust.http.auth import AuthorizationMalformed, client_by_secret, client_of
from paraphe.trust.http.csc_answers import ALGORITHMS, OTP, RSA, RequestRefused, answered, credential_info, service_info
from paraphe.trust.http.csc_parts import SCOPE, digests_of, identifier, signer_of
from paraphe.trust.remote import api as remote

METHODS = (
    "info",
    "auth/login",
    "auth/revoke",
    "credentials/list",
    "credentials/info",
    "credentials/authorize",
    "credentials/extendTransaction",
    "credentials/sendOTP",
    "signatures/signHash",
    "signatures/timestamp",
)
api = NinjaAPI(title="CSC API", version="1", urls_namespace="csc1", docs_url=None, openapi_url=None)


class _Hashed(csc_schemas._Body):
    credentialID: csc_schemas.Identifier
    hash: csc_schemas.Hashes = []


class Authorize(_Hashed):
    """§11.6 of version 1."""

    numSignatures: int
    PIN: Annotated[str, Field(max_length=32)] = ""
    OTP: Annotated[str, Field(max_length=32)] = ""


class Extend(_Hashed):
    """§11.7 of version 1."""

    SAD: Annotated[str, Field(max_length=128)]


class Otp(csc_schemas._Body):
    """§11.8 of version 1."""

    credentialID: csc_schemas.Identifier


class Sign(_Hashed):
    """§11.9 of version 1."""

    SAD: Annotated[str, Field(max_length=128)] = ""
    hashAlgo: csc_schemas.Identifier = ""
    signAlgo: csc_schemas.Identifier


class Revoke(csc_schemas._Body):
    """§11.3 of version 1."""

    token: Annotated[str, Field(max_length=200)]


@api.post("/info")
def info(request: HttpRequest, body: csc_schemas.Info | None = None) -> HttpResponse:
    """Describe the service (§11.1)."""
    told = service_info(body.lang if body else "")
    names = ("name", "logo", "region", "lang", "description", "oauth2")
    return answered(
        {
            "specs": "1.0.4.0",
            **{name: told[name] for name in names},
            "authType": ["basic", "oauth2client"],
            "methods": list(METHODS),
        }
    )


@api.post("/auth/login")
def login(request: HttpRequest) -> HttpResponse:
    """Give a client program an access token for its identifier and secret (§11.2)."""
    try:
        client = client_by_secret(request, {})
    except AuthorizationMalformed:
        raise RequestRefused("Malformed username-password") from None
    except clients.ClientRefused:
        raise RequestRefused("An error occurred during authentication process", "authentication_error") from None
    try:
        token, _scopes = clients.issue_token(client, [SCOPE])
    except clients.ScopeRefused:
        raise clients.ClientRefused from None
    return answered({"access_token": token, "expires_in": int(clients.TOKEN_LIFETIME.total_seconds())})


@api.post("/auth/revoke")
def revoke(request: HttpRequest, body: Revoke) -> HttpResponse:
    """Take back an access token (§11.3)."""
    client = client_of(request, SCOPE)
    clients.revoke_token(client, body.token)
    return HttpResponse(status=204)


@api.post("/credentials/list")
def credentials_list(request: HttpRequest, body: csc_schemas.CredentialsList) -> HttpResponse:
    """List the credentials of a holder whom this client brought (§11.4)."""
    client = client_of(request, SCOPE)
    rows = remote.credentials_of(client.client_id, identifier(body.userID, "userID"))
    return answered({"credentialIDs": [str(row.pk) for row in rows]})


@api.post("/credentials/info")
def credentials_info(request: HttpRequest, body: csc_schemas.CredentialsInfo) -> HttpResponse:
    """Describe one credential (§11.5)."""
    client = client_of(request, SCOPE)
    found = remote.view(remote.credential_of(client.client_id, identifier(body.credentialID, "credentialID")))
    told = credential_info(
        found, certificates=body.certificates, cert_info=body.certInfo, auth_info=False, lang=body.lang
    )
    if body.authInfo:
        told |= _authorisation(found, body.lang)
    return answered({**told, "authMode": "explicit" if found.factors else "oauth2code"})


@api.post("/credentials/sendOTP")
def send_otp(request: HttpRequest, body: Otp) -> HttpResponse:
    """Send the holder a code for the next ``credentials/authorize`` (§11.8)."""
    client = client_of(request, SCOPE)
    credential_id = identifier(body.credentialID, "credentialID")
    csc.challenge(client, credential_id)
    return HttpResponse(status=204)


@api.post("/credentials/authorize")
def authorize(request: HttpRequest, body: Authorize) -> HttpResponse:
    """Give activation data for these digests and the code that came by SMS (§11.6)."""
    client = client_of(request, SCOPE)
    digests = digests_of(body.hash, "")
    if body.numSignatures != len(digests):
        raise RequestRefused("Invalid value for parameter numSignatures")
    if not body.OTP:
        raise RequestRefused("Missing (or invalid type) string parameter OTP")
    sad = remote.authorise(client.client_id, identifier(body.credentialID, "credentialID"), digests, body.OTP)
    return csc.activation(sad)


@api.post("/credentials/extendTransaction")
def extend_transaction(request: HttpRequest, body: Extend) -> HttpResponse:
    """Give new activation data for digests authorised with those of the old one (§11.7)."""
    client = client_of(request, SCOPE)
    sad = remote.extend(
        sad=body.SAD,
        credential_id=identifier(body.credentialID, "credentialID"),
        client_id=client.client_id,
        digests=digests_of(body.hash, ""),
    )
    return csc.activation(sad)


@api.post("/signatures/signHash")
def sign_hash(request: HttpRequest, body: Sign) -> HttpResponse:
    """Sign the digests that the activation data allows, once (§11.9)."""
    client, sad = signer_of(request, body.SAD)
    if body.signAlgo not in ALGORITHMS or (body.signAlgo == RSA and not body.hashAlgo):
        raise RequestRefused("Invalid parameter signAlgo")
    values = remote.sign(
        sad=sad,
        credential_id=identifier(body.credentialID, "credentialID"),
        client_id=client.client_id,
        digests=digests_of(body.hash, body.hashAlgo),
        algorithm=ALGORITHMS[body.signAlgo],
        attempt_id=body.clientData,
    )
    return csc.signatures(values)


api.post("/signatures/timestamp")(csc.timestamp)
for kinds, answer in csc.HANDLERS:
    for kind in kinds:
        api.add_exception_handler(kind, answer)


def _authorisation(found: remote.CredentialView, lang: str) -> dict[str, Any]:
    with translation.override("en" if lang.lower().startswith("en") else "fr"):
        label, description = _("Code par SMS"), _("Saisissez les six chiffres reçus par SMS.")
    return {
        "PIN": {"presence": "false"},
        "OTP": {
            "presence": "true" if OTP in found.factors else "false",
            "type": "online",
            "format": "N",
            "label": label,
            "description": description,
            "provider": "Paraphe Confiance",
            "ID": OTP,
        },
    }


urlpatterns = [path("csc/v1/", api.urls)]
