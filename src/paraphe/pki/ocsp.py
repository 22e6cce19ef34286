"""OCSP, RFC 6960, in the profile of RFC 5019: one certificate per request, delegated responder."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from paraphe.kernel.digests import sha256
from paraphe.pki.errors import MalformedRequest
from paraphe.pki.keys import PrivateKey

MAX_NONCE = 128
Refusal = Literal["malformed", "unauthorized", "try_later", "internal_error"]
_REFUSALS = {
    "malformed": ocsp.OCSPResponseStatus.MALFORMED_REQUEST,
    "unauthorized": ocsp.OCSPResponseStatus.UNAUTHORIZED,
    "try_later": ocsp.OCSPResponseStatus.TRY_LATER,
    "internal_error": ocsp.OCSPResponseStatus.INTERNAL_ERROR,
}


@dataclass(frozen=True)
class OcspQuery:
    """What is asked: a serial number under an issuer that is named by two hashes, and perhaps a nonce to echo."""

    serial: int
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    hash_algorithm: hashes.HashAlgorithm
    nonce: bytes | None


@dataclass(frozen=True)
class CertStatus:
    """What is answered about one certificate: good, revoked (since when, why), or unknown."""

    state: Literal["good", "revoked", "unknown"]
    revoked_at: datetime | None = None
    reason: x509.ReasonFlags | None = None


def parse_request(der: bytes) -> OcspQuery:
    """Return what an OCSPRequest asks (RFC 6960 §4.1). Raises MalformedRequest for anything else.

    A request for several certificates is refused as malformed, as RFC 5019 §2.1.1 allows.
    """
    try:
        request = ocsp.load_der_ocsp_request(der)
        algorithm = request.hash_algorithm
        nonce = next(
            (one.value.nonce for one in request.extensions if isinstance(one.value, x509.OCSPNonce)),
            None,
        )
        query = OcspQuery(request.serial_number, request.issuer_name_hash, request.issuer_key_hash, algorithm, nonce)
    except Exception:  # noqa: BLE001 - whatever the parser says of bytes from outside, the answer is the same
        raise MalformedRequest(protocol="ocsp") from None
    if query.serial < 0:  # RFC 5280 §4.1.2.2: no certificate has such a number, and no answer can repeat it.
        raise MalformedRequest(protocol="ocsp", reason="serial")
    if nonce is not None and not 1 <= len(nonce) <= MAX_NONCE:
        raise MalformedRequest(protocol="ocsp", reason="nonce")
    return query


def is_about(query: OcspQuery, issuer: x509.Certificate) -> bool:
    """Tell whether ``query`` names ``issuer`` by name and key (RFC 6960 §4.1.1)."""
    state = hashes.Hash(query.hash_algorithm)
    state.update(issuer.subject.public_bytes())
    if state.finalize() != query.issuer_name_hash:
        return False
    state = hashes.Hash(query.hash_algorithm)
    state.update(_key_bits(issuer))
    return state.finalize() == query.issuer_key_hash


def build_response(
    query: OcspQuery,
    status: CertStatus,
    *,
    responder: x509.Certificate,
    key: PrivateKey,
    this_update: datetime,
    next_update: datetime,
) -> bytes:
    """Return the DER of a signed OCSPResponse (RFC 6960 §4.2.1) that carries the responder's certificate."""
    states = {
        "good": ocsp.OCSPCertStatus.GOOD,
        "revoked": ocsp.OCSPCertStatus.REVOKED,
        "unknown": ocsp.OCSPCertStatus.UNKNOWN,
    }
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response_by_hash(
            issuer_name_hash=query.issuer_name_hash,
            issuer_key_hash=query.issuer_key_hash,
            serial_number=query.serial,
            algorithm=query.hash_algorithm,
            cert_status=states[status.state],
            this_update=this_update,
            next_update=next_update,
            revocation_time=status.revoked_at,
            revocation_reason=status.reason,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, responder)
        .certificates([responder])
    )
    if query.nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(query.nonce), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def build_refusal(why: Refusal) -> bytes:
    """Return the DER of an unsigned OCSPResponse that says why there is no answer (RFC 6960 §2.3)."""
    return ocsp.OCSPResponseBuilder.build_unsuccessful(_REFUSALS[why]).public_bytes(Encoding.DER)


def key_id(certificate: x509.Certificate) -> bytes:
    """Return the SHA-256 of the public key bits: a name for an issuer that does not depend on the request's hash."""
    return sha256(_key_bits(certificate))


def _key_bits(certificate: x509.Certificate) -> bytes:
    """Return the public key without its algorithm, as hashed in requests (RFC 6960 §4.1.1)."""
    from asn1crypto.keys import PublicKeyInfo
    from cryptography.hazmat.primitives.serialization import PublicFormat

    der = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return bytes(PublicKeyInfo.load(der)["public_key"])
