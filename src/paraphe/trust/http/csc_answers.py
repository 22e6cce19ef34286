"""What the CSC API v2 says: descriptions of the service and of credentials, errors (§10.2)."""

import base64
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext as _

from paraphe.kernel.errors import DomainError, NotFound
from paraphe.pki.errors import RevocationUnavailable, TimestampUnavailable
from paraphe.pki.ports import SignatureAlgorithm
from paraphe.trust.clients import api as clients
from paraphe.trust.codes import api as codes
from paraphe.trust.holders import api as holders
from paraphe.trust.http.auth import AuthorizationMalformed
from paraphe.trust.remote import api as remote
from paraphe.trust.seals import api as seals
from paraphe.trust.tsa import api as tsa
from paraphe.trust.vault import api as vault

OTP, TOTP, MANDATE, CLIENT = "OTP", "TOTP", "MANDATE", "CLIENT"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"
RSA_SHA256 = "1.2.840.113549.1.1.11"
RSA = "1.2.840.113549.1.1.1"
CURVES = {256: "1.2.840.10045.3.1.7", 384: "1.3.132.0.34"}
#: Signature algorithms (§11.10 ``signAlgo``) and what they are called here.
ALGORITHMS: dict[str, SignatureAlgorithm] = {
    ECDSA_SHA256: "ecdsa-sha256",
    RSA_SHA256: "rsa-pkcs1-sha256",
    RSA: "rsa-pkcs1-sha256",
}
METHODS = (
    "info",
    "credentials/list",
    "credentials/info",
    "credentials/authorize",
    "credentials/authorizeCheck",
    "credentials/getChallenge",
    "credentials/extendTransaction",
    "signatures/signHash",
    "signatures/signDoc",
    "signatures/timestamp",
    "oauth2/authorize",
    "oauth2/pushed_authorize",
    "oauth2/token",
    "oauth2/revoke",
)


class RequestRefused(DomainError):
    """A parameter is wrong; ``error`` and ``description`` are the words of the API for it."""

    code = "csc_request_refused"

    def __init__(self, description: str, error: str = "invalid_request") -> None:
        super().__init__(description=description)
        self.error, self.description = error, description


def language_of(wanted: str) -> str:
    """Return the language of an answer: English when it was asked for, else French."""
    return "en" if wanted.lower().startswith("en") else "fr"


def service_info(lang: str) -> dict[str, Any]:
    """Return the answer of ``info`` (§11.1)."""
    language = language_of(lang)
    with translation.override(language):
        description = _("Signature à distance de condensats, avec un code par SMS pour chaque lot.")
    return {
        "specs": "2.0.0.0",
        "name": "Paraphe Confiance",
        "logo": settings.SITE_URL + static("design/logo.svg"),
        "region": "FR",
        "lang": language,
        "description": description,
        "authType": ["oauth2client"],
        "oauth2": settings.SITE_URL,
        "asynchronousOperationMode": False,
        "methods": list(METHODS),
        "validationInfo": True,
        "signAlgorithms": {"algos": list(ALGORITHMS)},
        "signature_formats": {"formats": ["P"], "envelope_properties": [["Certification", "Revision"]]},
        "conformance_levels": ["AdES-B-B", "AdES-B-T", "AdES-B-LT", "AdES-B-LTA"],
    }


def credential_info(
    found: remote.CredentialView, *, certificates: str, cert_info: bool, auth_info: bool, lang: str
) -> dict[str, Any]:
    """Return the description of a credential (§11.5)."""
    valid = found.status == "valid"
    cert: dict[str, Any] = {"status": "revoked" if found.status == "pending" else found.status}
    if certificates != "none":
        listed = [found.certificate, *found.chain] if certificates == "chain" else [found.certificate]
        cert["certificates"] = [_base64(one) for one in listed]
    if cert_info:
        cert |= _names(found.certificate)
    info: dict[str, Any] = {
        "key": {"status": "enabled" if valid else "disabled", **_key(found.certificate)},
        "cert": cert,
        "SCAL": "2",
        "multisign": remote.MULTISIGN,
        "lang": language_of(lang),
    }
    if auth_info:
        info["auth"] = _auth(found, lang)
    return info


def answered(body: dict[str, object], status: int = 200) -> HttpResponse:
    """Return a good answer; nothing of it is cached."""
    answer = JsonResponse(body, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def refusal(error: DomainError) -> HttpResponse:
    """Return the answer for a typed error: standard words, nothing that the caller did not know."""
    status, word, description = _meaning(error)
    answer = JsonResponse({"error": word, "error_description": description}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if status in (429, 503):
        answer["Retry-After"] = str(error.params.get("seconds", 30 if status == 429 else 2))
    return answer


def _meaning(error: DomainError) -> tuple[int, str, str]:
    for kind, (status, word, description) in _MEANINGS:
        if isinstance(error, kind):
            return status, word, description
    if isinstance(error, RequestRefused):
        return 400, error.error, error.description
    if isinstance(error, remote.CredentialUnusable):
        expired = error.params.get("status") == "expired"
        disabled = "The credential identified by credentialID is disabled"
        return 400, "invalid_request", "Signing certificate is expired" if expired else disabled
    if isinstance(error, remote.DigestsRefused):
        return 400, "invalid_request", _DIGESTS.get(str(error.params.get("reason")), "Invalid parameter hashes")
    return 400, "invalid_request", "The request cannot be served"


_DIGESTS = {"count": "Numbers of signatures is too high", "length": "Invalid digest value length"}
_MEANINGS: tuple[tuple[type[DomainError], tuple[int, str, str]], ...] = (
    (AuthorizationMalformed, (400, "invalid_request", "Malformed authorization header")),
    (clients.TooManyAttempts, (429, "invalid_request", "Too many failed attempts, wait")),
    (clients.ClientRefused, (401, "invalid_token", "A valid access token of the right scope is needed")),
    (NotFound, (400, "invalid_request", "Invalid parameter credentialID")),
    (remote.AlgorithmRefused, (400, "invalid_request", "Invalid parameter signAlgo")),
    (remote.ActivationExpired, (400, "invalid_request", "SAD expired")),
    (remote.DigestNotAuthorised, (400, "invalid_request", "Hash is not authorized by the SAD")),
    (remote.ActivationRefused, (400, "invalid_request", "Invalid parameter SAD")),
    (remote.AuthorisationGone, (400, "invalid_request", "Invalid parameter handle")),
    (remote.AuthorisationClosed, (400, "invalid_request", "Invalid parameter handle")),
    (remote.ReuseRefused, (400, "invalid_authentication_data", "The authentication data is invalid")),
    (remote.SigningInProgress, (503, "temporarily_unavailable", "This request is being served, ask again")),
    (vault.VaultError, (503, "temporarily_unavailable", "The key cannot be used at this moment, ask again")),
    (remote.CodesNotAllowed, (400, "invalid_request", "The holder does not authorise by this authentication object")),
    (seals.MandateRefused, (400, "invalid_authentication_data", "The authentication data is invalid")),
    (holders.FactorLocked, (400, "invalid_request", "Credential locked")),
    (holders.FactorError, (400, "invalid_authentication_data", "The authentication data is invalid")),
    (tsa.DigestUnsupported, (400, "invalid_request", "Invalid parameter hashAlgo")),
    (TimestampUnavailable, (503, "temporarily_unavailable", "No timestamp can be made at this moment, ask again")),
    (RevocationUnavailable, (503, "temporarily_unavailable", "The status cannot be told at this moment, ask again")),
    (codes.CodeLocked, (400, "invalid_request", "Credential locked")),
    (codes.CodeTooSoon, (429, "invalid_request", "A code was sent less than 30 seconds ago")),
    (codes.CodeLimit, (429, "invalid_request", "Too many codes were sent to this holder")),
    (codes.CodeError, (400, "invalid_authentication_data", "The authentication data is invalid")),
)


def _key(certificate: x509.Certificate) -> dict[str, Any]:
    public = certificate.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        return {"algo": [ECDSA_SHA256], "len": public.key_size, "curve": CURVES[public.key_size]}
    length = public.key_size if isinstance(public, rsa.RSAPublicKey) else 0
    return {"algo": [RSA_SHA256, RSA], "len": length}


def _names(certificate: x509.Certificate) -> dict[str, str]:
    return {
        "issuerDN": certificate.issuer.rfc4514_string(),
        "subjectDN": certificate.subject.rfc4514_string(),
        "serialNumber": f"{certificate.serial_number:X}",
        "validFrom": f"{certificate.not_valid_before_utc:%Y%m%d%H%M%SZ}",
        "validTo": f"{certificate.not_valid_after_utc:%Y%m%d%H%M%SZ}",
    }


def _auth(found: remote.CredentialView, lang: str) -> dict[str, Any]:
    """Return how the holder may authorise (§11.5); a passkey works on the page of this site only."""
    with translation.override(language_of(lang)):
        told = {
            OTP: (_("Code par SMS"), _("Saisissez les six chiffres reçus par SMS.")),
            TOTP: (_("Application d'authentification"), _("Saisissez le code que montre votre application.")),
            MANDATE: (_("Mandat de cachet"), _("Le jeton du mandat que le responsable a signé.")),
            CLIENT: (_("Preuves scellées par l'exploitant"), _("Le numéro de la tentative, un UUID.")),
        }
    objects = [
        {
            "type": "Password",
            "id": kind,
            "format": "A" if kind in (MANDATE, CLIENT) else "N",
            "label": told[kind][0],
            "description": told[kind][1],
        }
        for kind in found.factors
    ]
    if not objects:
        return {"mode": "oauth2code"}
    return {"mode": "explicit", "expression": " OR ".join(found.factors), "objects": objects}


def _base64(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")
