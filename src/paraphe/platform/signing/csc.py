"""Client of the Cloud Signature Consortium API v2: what the platform asks of the remote signing service."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from paraphe.platform.signing.errors import NoCredential, TrustRefused, TrustUnavailable
from paraphe.platform.signing.trust_client import TrustClient, text_of
from paraphe.platform.signing.values import Signatory

SHA256_OID = "2.16.840.1.101.3.4.2.1"
ECDSA_SHA256_OID = "1.2.840.10045.4.3.2"
RSA_SHA256_OID = "1.2.840.113549.1.1.11"
CREDENTIAL_TYPE = "https://cloudsignatureconsortium.org/2025/credential"


@dataclass(frozen=True)
class RemoteCredential:
    """A key held by the provider and its certificate chain, nearest issuer first, root last."""

    id: str
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def sign_algorithm_oid(self) -> str:
        """Return the algorithm with which this key signs a SHA-256 digest."""
        is_ec = isinstance(self.certificate.public_key(), ec.EllipticCurvePublicKey)
        return ECDSA_SHA256_OID if is_ec else RSA_SHA256_OID


@dataclass(frozen=True)
class PlannedCredential:
    """A credential whose key and certificate are made when its holder has authorised something."""

    id: str
    subject_id: str
    sign_algorithm_oid: str


def usable_credential(client: TrustClient, subject_id: str) -> RemoteCredential:
    """Return the newest credential of ``subject_id`` that can sign now (CSC v2 §11.4, §11.5). Raises NoCredential."""
    listed = credentials_of(client, subject_id)
    # On its last day the provider may not have noticed yet.
    usable = [
        one for one, status in listed if status == "valid" and one.certificate.not_valid_after_utc > timezone.now()
    ]
    if not usable:
        statuses = {status for one, status in listed if one.certificate.not_valid_after_utc > timezone.now()}
        # What can still come back says more than what is over.
        order = ("suspended", "disabled", "revoked", "expired")
        known = "expired" if listed else "none"
        raise NoCredential(subject=subject_id, status=next((one for one in order if one in statuses), known))
    return max(usable, key=lambda found: found.certificate.not_valid_before_utc)


def credentials_of(client: TrustClient, subject_id: str) -> list[tuple[RemoteCredential, str]]:
    """Return each credential of ``subject_id`` with the status of its certificate (CSC v2 §11.4, §11.5).

    ``valid``, ``suspended``, ``revoked``, ``expired``; ``disabled`` when only its key cannot be used.
    """
    token = client.token("service")
    listed = client.post_json("/csc/v2/credentials/list", {"userID": subject_id}, token=token)
    found = []
    for credential_id in _strings(listed, "credentialIDs"):
        info = client.post_json(
            "/csc/v2/credentials/info", {"credentialID": credential_id, "certificates": "chain"}, token=token
        )
        status = str(at(info, "cert", "status") or "valid")
        if status == "valid" and at(info, "key", "status") != "enabled":
            status = "disabled"
        found.append((_credential(credential_id, info), status))
    return found


def credential(client: TrustClient, credential_id: str) -> RemoteCredential:
    """Return a credential with its chain (CSC v2 §11.5). Raises NoCredential when it cannot sign now."""
    asked = {"credentialID": credential_id, "certificates": "chain"}
    info = client.post_json("/csc/v2/credentials/info", asked, token=client.token("service"))
    if at(info, "key", "status") != "enabled" or at(info, "cert", "status") not in (None, "valid"):
        raise NoCredential(credential=credential_id)
    return _credential(credential_id, info)


def activation_by_mandate(
    client: TrustClient, *, credential_id: str, digests: Sequence[bytes], mandate: str, attempt_id: str
) -> str:
    """Return activation data for exactly these digests on the strength of a mandate (CSC v2 §11.6, authData MANDATE).

    The same attempt with the same digests is counted once. Raises TrustRefused where the mandate does not allow it.
    """
    answer = client.post_json(
        "/csc/v2/credentials/authorize",
        {
            "credentialID": credential_id,
            "numSignatures": len(digests),
            "hashes": [_base64(digest) for digest in digests],
            "hashAlgorithmOID": SHA256_OID,
            "authData": [{"id": "MANDATE", "value": mandate}],
            "clientData": attempt_id,
        },
        token=client.token("service"),
    )
    return text_of(answer, "SAD")


def push_authorisation(
    client: TrustClient,
    *,
    credential_id: str,
    documents: Sequence[tuple[str, bytes]],
    redirect_uri: str,
    state: str,
    code_challenge: str,
    locale: str,
) -> str:
    """Push what is to be authorised (RFC 9126, CSC v2 §8.4) and return the ``request_uri``.

    ``documents`` are titles, as the holder will read them, with the 32-byte digests that will be signed.
    """
    details = {
        "type": CREDENTIAL_TYPE,
        "credentialID": credential_id,
        "documentDigests": [{"label": label, "hash": _base64(digest)} for label, digest in documents],
        "hashAlgorithmOID": SHA256_OID,
        "numSignatures": len(documents),
        "locale": locale,
    }
    answer = client.post_form(
        "/oauth2/pushed_authorize",
        {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": "credential",
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
            "authorization_details": json.dumps([details]),
        },
    )
    return text_of(answer, "request_uri")


def redeem_code(client: TrustClient, *, code: str, code_verifier: str, redirect_uri: str) -> str:
    """Exchange the authorisation code for the access token that activates the key (RFC 6749 §4.1.3, RFC 7636 §4.5)."""
    answer = client.post_form(
        "/oauth2/token",
        {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": code_verifier,
            "redirect_uri": redirect_uri,
            "client_id": client.client_id,
        },
    )
    return text_of(answer, "access_token")


def sign_hash(
    client: TrustClient,
    *,
    credential_id: str,
    sign_algorithm: str,
    activation: str,
    digests: Sequence[bytes],
    attempt_id: str,
) -> list[bytes]:
    """Have ``digests`` signed (CSC v2 §11.10). The same ``attempt_id`` again gets the same values again.

    Raises TrustRefused when the activation does not cover these digests, is used up or has ended.
    """
    answer = client.post_json(
        "/csc/v2/signatures/signHash",
        {
            "credentialID": credential_id,
            "hashes": [_base64(digest) for digest in digests],
            "hashAlgorithmOID": SHA256_OID,
            "signAlgo": sign_algorithm,
            "operationMode": "S",
            "clientData": attempt_id,
        },
        token=activation,
    )
    values = [_decoded(value) for value in _strings(answer, "signatures")]
    if len(values) != len(digests):
        raise TrustRefused(error="wrong_number_of_signatures", description="", status=200)
    return values


def plan_one_shot(client: TrustClient, signatory: Signatory, *, reference: str) -> PlannedCredential:
    """Name somebody for whom a certificate of one day is made once he authorised something (enrolment API).

    The same ``reference`` for the same person gives the same credential again.
    """
    answer = client.post_json(
        "/enrolment/v1/one-shots",
        {
            "reference": reference,
            "subject": {
                "given_name": signatory.given_name,
                "surname": signatory.surname,
                "email": signatory.email,
            },
            "mobile": signatory.mobile,
            "code_by": "sms" if signatory.mobile else "email",
            "locale": signatory.locale,
        },
        token=client.token("enrolment"),
    )
    return PlannedCredential(
        text_of(answer, "credential_id"), text_of(answer, "subject_id"), text_of(answer, "sign_algo")
    )


def sign_ranges(
    client: TrustClient,
    *,
    credential_id: str,
    sign_algorithm: str,
    activation: str,
    digests: Sequence[bytes],
    attempt_id: str,
) -> list[bytes]:
    """Have CMS signatures with timestamps made over digests of byte ranges (CSC v2 §11.11, PAdES B-T).

    The same ``attempt_id`` again uses the key no second time. Raises TrustRefused when the activation does not cover
    these digests, is used up or has ended.
    """
    answer = client.post_json(
        "/csc/v2/signatures/signDoc",
        {
            "credentialID": credential_id,
            "SAD": activation,
            "documentDigests": [
                {
                    "hashes": [_base64(digest) for digest in digests],
                    "hashAlgorithmOID": SHA256_OID,
                    "signature_format": "P",
                    "conformance_level": "AdES-B-T",
                    "signAlgo": sign_algorithm,
                    "signed_envelope_property": "Revision",
                }
            ],
            "operationMode": "S",
            "clientData": attempt_id,
        },
        token=client.token("service"),
    )
    values = [_decoded(value) for value in _strings(answer, "SignatureObject")]
    if len(values) != len(digests):
        raise TrustRefused(error="wrong_number_of_signatures", description="", status=200)
    return values


def _credential(credential_id: str, info: dict[str, Any]) -> RemoteCredential:
    certificates = info.get("cert")
    encoded = _strings(certificates, "certificates") if isinstance(certificates, dict) else []
    if not encoded:
        raise TrustUnavailable(reason="credential without certificate")
    try:
        chain = [x509.load_der_x509_certificate(_decoded(value)) for value in encoded]
    except ValueError:
        raise TrustUnavailable(reason="certificate cannot be read") from None
    return RemoteCredential(credential_id, chain[0], tuple(chain[1:]))


def _strings(body: dict[str, Any], key: str) -> list[str]:
    values = body.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TrustUnavailable(reason=f"{key} is not a list of strings")
    return values


def at(body: dict[str, Any], outer: str, inner: str) -> object:
    """Return a value inside an object of an answer; None when there is none."""
    part = body.get(outer)
    return part.get(inner) if isinstance(part, dict) else None


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise TrustUnavailable(reason="not base64") from None
