"""The Cloud Signature Consortium API v2: credentials, their authorisation, signatures over digests.

Every method is a POST of a JSON object with a bearer token of scope ``service`` (``info`` needs none; ``signHash`` also
takes one of scope ``credential``, which is the activation data itself). Where this service differs from the API stands
in ``docs/standards/divergences.md``.
"""

import base64
from collections.abc import Callable, Sequence
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.urls import URLPattern, URLResolver, path
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from paraphe.kernel.errors import DomainError
from paraphe.trust.clients import api as clients
from paraphe.trust.http import csc_schemas as schemas
from paraphe.trust.http.auth import client_of
from paraphe.trust.http.authorization_details import DetailsRefused, digest
from paraphe.trust.http.csc_answers import (
    ALGORITHMS,
    CLIENT,
    MANDATE,
    OTP,
    RSA,
    TOTP,
    RequestRefused,
    answered,
    credential_info,
    refusal,
    service_info,
)
from paraphe.trust.http.csc_documents import sign_doc
from paraphe.trust.http.csc_parts import EVIDENCE_SCOPE, SCOPE, digests_of, identifier, signer_of, wrong_parameter
from paraphe.trust.remote import api as remote
from paraphe.trust.seals import api as seals
from paraphe.trust.tsa import api as tsa

#: Octets of the digests that are stamped, by algorithm: SHA-256, SHA-384, SHA-512.
DIGEST_OCTETS = {"2.16.840.1.101.3.4.2.1": 32, "2.16.840.1.101.3.4.2.2": 48, "2.16.840.1.101.3.4.2.3": 64}
api = NinjaAPI(title="CSC API", version="2", urls_namespace="csc", docs_url=None, openapi_url=None)


@api.post("/info")
def info(request: HttpRequest, body: schemas.Info | None = None) -> HttpResponse:
    """Describe the service (§11.1)."""
    return answered(service_info(body.lang if body else ""))


@api.post("/credentials/list")
def credentials_list(request: HttpRequest, body: schemas.CredentialsList) -> HttpResponse:
    """List the credentials of a holder whom this client brought (§11.4); of anybody else there are none."""
    client = client_of(request, SCOPE)
    rows = remote.credentials_of(client.client_id, identifier(body.userID, "userID"))
    views = [remote.view(row) for row in rows]
    if body.onlyValid:
        views = [found for found in views if found.status == "valid"]
    answer: dict[str, object] = {"credentialIDs": [str(found.id) for found in views]}
    if body.onlyValid:
        answer["onlyValid"] = True
    if body.credentialInfo:
        answer["credentialInfos"] = [{"credentialID": str(found.id), **_described(found, body)} for found in views]
    return answered(answer)


@api.post("/credentials/info")
def credentials_info(request: HttpRequest, body: schemas.CredentialsInfo) -> HttpResponse:
    """Describe one credential (§11.5)."""
    client = client_of(request, SCOPE)
    found = remote.view(remote.credential_of(client.client_id, identifier(body.credentialID, "credentialID")))
    return answered(_described(found, body))


@api.post("/credentials/getChallenge")
def get_challenge(request: HttpRequest, body: schemas.CredentialsGetChallenge) -> HttpResponse:
    """Send the holder a code for the next ``credentials/authorize`` (§11.8)."""
    client = client_of(request, SCOPE)
    credential_id = identifier(body.credentialID, "credentialID")
    if body.authObjectID != OTP:
        raise RequestRefused("Invalid parameter authObjectID")
    challenge(client, credential_id)
    return HttpResponse(status=204)


@api.post("/credentials/authorize")
def authorize(request: HttpRequest, body: schemas.CredentialsAuthorize) -> HttpResponse:
    """Give activation data for the code of ``getChallenge``; without a code send one for exactly these digests (§11.6).

    The second way answers 202 with a handle; the code goes to ``credentials/authorizeCheck``.
    """
    client = client_of(request, SCOPE)
    credential_id = identifier(body.credentialID, "credentialID")
    if not body.hashAlgorithmOID:
        raise RequestRefused("Invalid parameter hashAlgorithmOID")
    digests = digests_of(body.hashes, body.hashAlgorithmOID)
    if body.numSignatures > remote.MULTISIGN:
        raise RequestRefused("Numbers of signatures is too high")
    if body.numSignatures < 1 or body.numSignatures != len(digests):
        raise RequestRefused("Invalid value for parameter numSignatures")
    if body.authData:
        kind, code = _proof(body.authData)
        if kind == MANDATE:
            # The same attempt again is counted once: a program that was killed in between asks anew.
            return activation(seals.authorise(client.client_id, credential_id, digests, code, body.clientData))
        if kind == CLIENT:
            clients.check_scope(client, EVIDENCE_SCOPE)
            return activation(remote.authorise_evidence(client.client_id, credential_id, digests, code))
        verbs = {TOTP: remote.authorise_by_application}
        return activation(verbs.get(kind, remote.authorise)(client.client_id, credential_id, digests, code))
    row = remote.credential_of(client.client_id, credential_id)
    title = " ".join(body.description.split())[:150]
    with translation.override(row.subject.language):
        title = title or _("la demande de %(client)s") % {"client": client.name}
    labels = [title if len(digests) == 1 else f"{title} ({number})" for number in range(1, len(digests) + 1)]
    asked = remote.Asked(credential_id=credential_id, digests=digests, labels=labels, locale=row.subject.language)
    return answered({"handle": remote.push_to_telephone(client.client_id, asked, title)}, status=202)


@api.post("/credentials/authorizeCheck")
def authorize_check(request: HttpRequest, body: schemas.CredentialsAuthorizeCheck) -> HttpResponse:
    """Give activation data for a handle and the code that the holder received; 202 while there is no code (§11.7)."""
    client = client_of(request, SCOPE)
    if not body.authData:
        remote.of_handle(client.client_id, body.handle)
        return answered({"handle": body.handle}, status=202)
    return activation(remote.finish_by_handle(client.client_id, body.handle, _proof(body.authData[:1], OTP)[1]))


@api.post("/credentials/extendTransaction")
def extend_transaction(request: HttpRequest, body: schemas.ExtendTransaction) -> HttpResponse:
    """Give new activation data for digests that were authorised together with those of the old one (§11.9)."""
    client = client_of(request, SCOPE)
    sad = remote.extend(
        sad=body.SAD,
        credential_id=identifier(body.credentialID, "credentialID"),
        client_id=client.client_id,
        digests=digests_of(body.hashes, body.hashAlgorithmOID),
    )
    return activation(sad)


@api.post("/signatures/timestamp")
def timestamp(request: HttpRequest, body: schemas.Timestamp) -> HttpResponse:
    """Return a timestamp token over a digest (§11.13, RFC 3161)."""
    client_of(request, SCOPE)
    if not body.hash:
        raise RequestRefused("Empty hash parameter")
    try:
        imprint = digest(body.hash)
    except DetailsRefused:
        raise RequestRefused("Invalid Base64 hash string parameter") from None
    if len(imprint) != DIGEST_OCTETS.get(body.hashAlgo, len(imprint)):
        raise RequestRefused("Invalid digest value length")
    token = tsa.stamp_digest(imprint, body.hashAlgo, int(body.nonce, 16) if body.nonce else None)
    return answered({"timestamp": _base64(token)})


@api.post("/signatures/signPolling")
def sign_polling(request: HttpRequest) -> HttpResponse:
    """Refuse: nothing is signed in the background here, so that there is nothing to ask for (§11.12)."""
    client_of(request, SCOPE)
    raise RequestRefused("There is no such method")


@api.post("/signatures/signHash")
def sign_hash(request: HttpRequest, body: schemas.SignHash) -> HttpResponse:
    """Sign the digests that the activation data allows, once; ``clientData`` names the attempt (§11.10)."""
    client, sad = signer_of(request, body.SAD)
    credential_id = identifier(body.credentialID, "credentialID")
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
        digests=digests_of(body.hashes, body.hashAlgorithmOID),
        algorithm=ALGORITHMS[body.signAlgo],
        attempt_id=body.clientData,
    )
    return signatures(values)


def _on_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    return refusal(error)


def _on_wrong_body(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name the first parameter that is missing or of a wrong type; its value is never repeated."""
    first = error.errors[0] if error.errors else {}
    return refusal(wrong_parameter(list(first.get("loc", ())), str(first.get("type", ""))))


def _on_unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return refusal(RequestRefused("The body is not a JSON object, or too large"))


def _on_unknown_method(request: HttpRequest, error: Http404) -> HttpResponse:
    return refusal(RequestRefused("There is no such method"))


#: Which answer follows which error, in both versions of the API.
HANDLERS: tuple[tuple[tuple[type[Exception], ...], Callable[..., HttpResponse]], ...] = (
    ((DomainError,), _on_domain_error),
    ((ValidationError,), _on_wrong_body),
    ((HttpError, SuspiciousOperation, UnreadablePostError), _on_unreadable),
    ((Http404,), _on_unknown_method),
)
for kinds, answer in HANDLERS:
    for kind in kinds:
        api.add_exception_handler(kind, answer)


def challenge(client: clients.Client, credential_id: UUID) -> None:
    """Send the holder a code for the next authorisation that this client asks for. Raises what remote raises."""
    row = remote.credential_of(client.client_id, credential_id)
    with translation.override(row.subject.language):
        subject = _("ce que %(client)s vous présente") % {"client": client.name}
    remote.send_challenge(client.client_id, credential_id, subject)


def activation(sad: str) -> HttpResponse:
    """Return the answer that carries activation data."""
    return answered({"SAD": sad, "expiresIn": int(remote.ACTIVATION_LIFETIME.total_seconds())})


def signatures(values: Sequence[bytes]) -> HttpResponse:
    """Return the answer that carries raw signature values."""
    return answered({"signatures": [_base64(value) for value in values]})


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


def _proof(given: list[schemas.AuthData], *kinds: str) -> tuple[str, str]:
    """Return which authentication object the client brings, and its value. Raises RequestRefused."""
    if len(given) != 1 or given[0].id not in (kinds or (OTP, TOTP, MANDATE, CLIENT)):
        raise RequestRefused("Invalid parameter authData")
    return given[0].id, given[0].value


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


urlpatterns: list[URLPattern | URLResolver] = [
    path("csc/v2/signatures/signDoc", sign_doc, name="csc-sign-doc"),
    path("csc/v2/", api.urls),
]
