"""The Cloud Signature Consortium API v2: credentials, their authorisation, signatures over digests.

Every method is a POST of a JSON object with a bearer token of scope ``service`` (``info`` needs none; ``signHash`` also
takes one of scope ``credential``, which is the activation data itself). Where this service differs from the API stands
in ``docs/standards/divergences.md``.
"""

import base64
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from paraphe.kernel.errors import DomainError, NotFound
from paraphe.trust.clients import api as clients
from paraphe.trust.http import csc_schemas as schemas
from paraphe.trust.http.auth import bearer_of, client_of
from paraphe.trust.http.authorization_details import SHA256_OID, DetailsRefused, digest
from paraphe.trust.http.csc_answers import ALGORITHMS, OTP, RSA, RequestRefused, credential_info, refusal, service_info
from paraphe.trust.remote import api as remote

SCOPE = "service"
api = NinjaAPI(title="CSC API", version="2", urls_namespace="csc", docs_url=None, openapi_url=None)


@api.post("/info")
def info(request: HttpRequest, body: schemas.Info | None = None) -> HttpResponse:
    """Describe the service (§11.1)."""
    return _json(service_info(body.lang if body else ""))


@api.post("/credentials/list")
def credentials_list(request: HttpRequest, body: schemas.CredentialsList) -> HttpResponse:
    """List the credentials of a holder whom this client brought (§11.4); of anybody else there are none."""
    client = client_of(request, SCOPE)
    rows = remote.credentials_of(client.client_id, _uuid(body.userID, "userID"))
    views = [remote.view(row) for row in rows]
    if body.onlyValid:
        views = [found for found in views if found.status == "valid"]
    answer: dict[str, object] = {"credentialIDs": [str(found.id) for found in views]}
    if body.onlyValid:
        answer["onlyValid"] = True
    if body.credentialInfo:
        answer["credentialInfos"] = [{"credentialID": str(found.id), **_described(found, body)} for found in views]
    return _json(answer)


@api.post("/credentials/info")
def credentials_info(request: HttpRequest, body: schemas.CredentialsInfo) -> HttpResponse:
    """Describe one credential (§11.5)."""
    client = client_of(request, SCOPE)
    found = remote.view(remote.credential_of(client.client_id, _uuid(body.credentialID, "credentialID")))
    return _json(_described(found, body))


@api.post("/credentials/getChallenge")
def get_challenge(request: HttpRequest, body: schemas.CredentialsGetChallenge) -> HttpResponse:
    """Send the holder a code for the next ``credentials/authorize`` (§11.8)."""
    client = client_of(request, SCOPE)
    credential_id = _uuid(body.credentialID, "credentialID")
    if body.authObjectID != OTP:
        raise RequestRefused("Invalid parameter authObjectID")
    row = remote.credential_of(client.client_id, credential_id)
    with translation.override(row.subject.language):
        subject = _("ce que %(client)s vous présente") % {"client": client.name}
    remote.send_challenge(client.client_id, credential_id, subject)
    return _empty()


@api.post("/credentials/authorize")
def authorize(request: HttpRequest, body: schemas.CredentialsAuthorize) -> HttpResponse:
    """Give activation data for the code of ``getChallenge``; without a code send one for exactly these digests (§11.6).

    The second way answers 202 with a handle; the code goes to ``credentials/authorizeCheck``.
    """
    client = client_of(request, SCOPE)
    credential_id = _uuid(body.credentialID, "credentialID")
    digests = _digests(body.hashes, body.hashAlgorithmOID)
    if body.numSignatures < 1 or body.numSignatures != len(digests):
        raise RequestRefused("Invalid value for parameter numSignatures")
    if body.authData:
        code = _code(body.authData)
        return _activation(remote.authorise(client.client_id, credential_id, digests, code))
    row = remote.credential_of(client.client_id, credential_id)
    title = " ".join(body.description.split())[:150]
    with translation.override(row.subject.language):
        title = title or _("la demande de %(client)s") % {"client": client.name}
    labels = [title if len(digests) == 1 else f"{title} ({number})" for number in range(1, len(digests) + 1)]
    asked = remote.Asked(credential_id=credential_id, digests=digests, labels=labels, locale=row.subject.language)
    return _json({"handle": remote.push_to_telephone(client.client_id, asked, title)}, status=202)


@api.post("/credentials/authorizeCheck")
def authorize_check(request: HttpRequest, body: schemas.CredentialsAuthorizeCheck) -> HttpResponse:
    """Give activation data for a handle and the code that the holder received; 202 while there is no code (§11.7)."""
    client = client_of(request, SCOPE)
    if not body.authData:
        remote.of_handle(client.client_id, body.handle)
        return _json({"handle": body.handle}, status=202)
    return _activation(remote.finish_by_handle(client.client_id, body.handle, _code(body.authData)))


@api.post("/signatures/signHash")
def sign_hash(request: HttpRequest, body: schemas.SignHash) -> HttpResponse:
    """Sign the digests that the activation data allows, once; ``clientData`` names the attempt (§11.10)."""
    client, sad = _signer(request, body.SAD)
    credential_id = _uuid(body.credentialID, "credentialID")
    if body.operationMode != "S":
        raise RequestRefused("Invalid parameter operationMode")
    if body.signAlgo not in ALGORITHMS:
        raise RequestRefused("Invalid parameter signAlgo")
    if body.signAlgo == RSA and not body.hashAlgorithmOID:
        raise RequestRefused("Missing (or invalid type) string parameter hashAlgorithmOID")
    values = remote.sign(
        sad=sad,
        credential_id=credential_id,
        client_id=client.client_id,
        digests=_digests(body.hashes, body.hashAlgorithmOID or SHA256_OID),
        algorithm=ALGORITHMS[body.signAlgo],
        attempt_id=body.clientData,
    )
    return _json({"signatures": [_base64(value) for value in values]})


@api.exception_handler(DomainError)
def _on_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    return refusal(error)


@api.exception_handler(ValidationError)
def _on_wrong_body(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name the first parameter that is missing or of a wrong type; its value is never repeated."""
    first = error.errors[0] if error.errors else {}
    place = [str(part) for part in first.get("loc", ()) if str(part) not in ("body", "body_params")]
    name = next((part for part in place if part.isidentifier()), "body")
    missing = str(first.get("type", "")) in ("missing", "string_type", "int_type", "bool_type", "list_type")
    sentence = "Missing (or invalid type) parameter" if missing else "Invalid parameter"
    return refusal(RequestRefused(f"{sentence} {name}"))


@api.exception_handler(HttpError)
@api.exception_handler(SuspiciousOperation)
@api.exception_handler(UnreadablePostError)
def _on_unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return refusal(RequestRefused("The body is not a JSON object, or too large"))


@api.exception_handler(Http404)
def _on_unknown_method(request: HttpRequest, error: Http404) -> HttpResponse:
    return refusal(RequestRefused("There is no such method"))


def _signer(request: HttpRequest, sad: str) -> tuple[clients.Client, str]:
    """Return who signs and the activation data: in the body with a service token, or the token itself."""
    token = bearer_of(request)
    try:
        client = clients.client_of_token(token, SCOPE)
    except clients.ClientRefused:
        return _by_activation(token, sad)
    if not sad:
        raise RequestRefused("Missing (or invalid type) string parameter SAD")
    return client, sad


def _by_activation(token: str, sad: str) -> tuple[clients.Client, str]:
    try:
        client = clients.find(remote.client_of_sad(token))
    except NotFound:
        raise clients.ClientRefused from None
    if "credential" not in client.scopes or sad not in ("", token):
        raise clients.ClientRefused
    return client, token


def _described(
    found: remote.CredentialView, body: schemas.CredentialsList | schemas.CredentialsInfo
) -> dict[str, object]:
    return credential_info(
        found,
        certificates=body.certificates,
        cert_info=body.certInfo,
        auth_info=body.authInfo,
        lang=body.lang,
    )


def _uuid(value: str, name: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise RequestRefused(f"Invalid parameter {name}") from None


def _digests(hashes: list[str], algorithm: str) -> list[bytes]:
    if algorithm != SHA256_OID:
        raise RequestRefused("Invalid parameter hashAlgorithmOID")
    if not hashes:
        raise RequestRefused("Empty hash array")
    try:
        return [digest(value) for value in hashes]
    except DetailsRefused:
        raise RequestRefused("Invalid Base64 hash string parameter") from None


def _code(given: list[schemas.AuthData]) -> str:
    if len(given) != 1 or given[0].id != OTP:
        raise RequestRefused("Invalid parameter authData")
    return given[0].value


def _activation(sad: str) -> HttpResponse:
    return _json({"SAD": sad, "expiresIn": int(remote.ACTIVATION_LIFETIME.total_seconds())})


def _json(body: dict[str, object], status: int = 200) -> HttpResponse:
    answer = JsonResponse(body, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _empty() -> HttpResponse:
    return HttpResponse(status=204)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


urlpatterns = [path("csc/v2/", api.urls)]
