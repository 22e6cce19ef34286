"""OCSP, RFC 6960 and RFC 5019, by a delegated responder: requests read strictly, answers written by splicing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from paraphe.pki import der
from paraphe.pki.errors import MalformedRequest
from paraphe.pki.keys import PrivateKey
from paraphe.pki.signed import (
    INVALIDITY_DATE,
    REASON_CODES,
    algorithm_of,
    extension,
    generalized_time,
    signature_of,
)

MAX_NONCE = 128
"""RFC 9654 §2.1; RFC 8954 before it had 32."""
MOST_ASKED = 16
"""Certificates in one request; RFC 5019 §2.1.1 allows to take one only."""
LONGEST_SERIAL = 20
"""Octets, RFC 5280 §4.1.2.2."""
Refusal = Literal["malformed", "unauthorized", "try_later", "internal_error"]
_REFUSALS = {
    "malformed": ocsp.OCSPResponseStatus.MALFORMED_REQUEST,
    "unauthorized": ocsp.OCSPResponseStatus.UNAUTHORIZED,
    "try_later": ocsp.OCSPResponseStatus.TRY_LATER,
    "internal_error": ocsp.OCSPResponseStatus.INTERNAL_ERROR,
}
_DIGESTS = {
    bytes.fromhex("2b0e03021a"): "sha1",
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
_NONCE = bytes.fromhex("2b0601050507300102")
_BASIC = der.tlv(der.OBJECT_IDENTIFIER, bytes.fromhex("2b0601050507300101"))
_NONCE_OID = der.tlv(der.OBJECT_IDENTIFIER, _NONCE)
_ARCHIVE_CUTOFF = der.tlv(der.OBJECT_IDENTIFIER, bytes.fromhex("2b0601050507300106"))
_SUCCESSFUL = der.tlv(der.ENUMERATED, b"\x00")
_GOOD, _UNKNOWN = b"\x80\x00", b"\x82\x00"


@dataclass(frozen=True)
class CertId:
    """Which certificate is asked about: a serial number under an issuer that is named by two hashes (§4.1.1).

    ``digest`` is empty for an algorithm that is not known here. ``der``: as it was sent, which is repeated.
    """

    serial: int
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    digest: str
    der: bytes


@dataclass(frozen=True)
class OcspQuery:
    """What is asked: one certificate or several, and perhaps a nonce to echo."""

    asked: tuple[CertId, ...]
    nonce: bytes | None


@dataclass(frozen=True)
class CertStatus:
    """What is answered about one certificate: good, revoked (since when, why), or unknown."""

    state: Literal["good", "revoked", "unknown"]
    revoked_at: datetime | None = None
    reason: x509.ReasonFlags | None = None
    invalid_since: datetime | None = None


def parse_request(data: bytes) -> OcspQuery:
    """Return what an OCSPRequest asks (RFC 6960 §4.1). Raises MalformedRequest for anything else.

    A signature of the request and the name of who asks are passed over; so are extensions, unless they are critical.
    """
    try:
        outer = der.Reader(data)
        request = outer.inside(der.SEQUENCE)
        outer.done()
        query = _query(request.inside(der.SEQUENCE))
        if request.tag == 0xA0:
            request.take(0xA0)
        request.done()
    except der.NotDer:
        raise MalformedRequest(protocol="ocsp") from None
    if not 1 <= len(query.asked) <= MOST_ASKED:
        raise MalformedRequest(protocol="ocsp", reason="how many")
    if query.nonce is not None and not 1 <= len(query.nonce) <= MAX_NONCE:
        raise MalformedRequest(protocol="ocsp", reason="nonce")
    return query


def is_about(asked: CertId, issuer: x509.Certificate) -> bool:
    """Tell whether ``asked`` names ``issuer`` by name and key (RFC 6960 §4.1.1)."""
    return bool(asked.digest) and _names_of(issuer, asked.digest) == (asked.issuer_name_hash, asked.issuer_key_hash)


def build_response(
    query: OcspQuery,
    statuses: Sequence[CertStatus],
    *,
    responder: x509.Certificate,
    key: PrivateKey,
    this_update: datetime,
    next_update: datetime,
    archive_cutoff: datetime | None = None,
) -> bytes:
    """Return the DER of a signed OCSPResponse (RFC 6960 §4.2.1) that carries the responder's certificate.

    ``statuses`` are in the order of what was asked. ``archive_cutoff``: since when expired certificates are answered
    for (§4.4.4).
    """
    cutoff = b"" if archive_cutoff is None else extension(_ARCHIVE_CUTOFF, generalized_time(archive_cutoff))
    update, until = generalized_time(this_update), der.explicit(0, generalized_time(next_update))
    singles = []
    for one, status in zip(query.asked, statuses, strict=True):
        since = status.invalid_since
        more = cutoff + (b"" if since is None else extension(INVALIDITY_DATE, generalized_time(since)))
        extensions = der.explicit(1, der.sequence(more)) if more else b""
        singles.append(der.sequence(one.der, _status(status), update, until, extensions))
    nonce = b""
    if query.nonce is not None:
        value = der.tlv(der.OCTET_STRING, query.nonce)
        nonce = der.explicit(1, der.sequence(extension(_NONCE_OID, value)))
    name, certificates = _responder(responder)
    tbs = der.sequence(name, update, der.sequence(*singles), nonce)
    basic = der.sequence(tbs, algorithm_of(key), signature_of(key, tbs), certificates)
    return der.sequence(_SUCCESSFUL, der.explicit(0, der.sequence(_BASIC, der.tlv(der.OCTET_STRING, basic))))


@lru_cache(maxsize=8)
def build_refusal(why: Refusal) -> bytes:
    """Return the DER of an unsigned OCSPResponse that says why there is no answer (RFC 6960 §2.3)."""
    return ocsp.OCSPResponseBuilder.build_unsuccessful(_REFUSALS[why]).public_bytes(Encoding.DER)


def _query(tbs: der.Reader) -> OcspQuery:
    """Read a TBSRequest: version, name of who asks, what he asks, extensions."""
    if tbs.tag == 0xA0:
        version = tbs.inside(0xA0)
        if version.integer() != 0:
            raise der.NotDer(reason="version")
        version.done()
    if tbs.tag == 0xA1:
        tbs.take(0xA1)
    requests = tbs.inside(der.SEQUENCE)
    asked = []
    while requests.tag != -1:
        request = requests.inside(der.SEQUENCE)
        asked.append(_cert_id(request.whole(der.SEQUENCE)))
        if request.tag == 0xA0:
            _extensions(request.inside(0xA0))
        request.done()
    nonce = _extensions(tbs.inside(0xA2)) if tbs.tag == 0xA2 else None
    tbs.done()
    return OcspQuery(tuple(asked), nonce)


def _cert_id(encoded: bytes) -> CertId:
    reader = der.Reader(encoded).inside(der.SEQUENCE)
    algorithm = reader.inside(der.SEQUENCE)
    digest = _DIGESTS.get(algorithm.take(der.OBJECT_IDENTIFIER), "")
    if algorithm.tag == der.NULL:
        algorithm.null()
    algorithm.done()  # Nobody has something of his choice signed beside the number of a certificate.
    name, key = reader.take(der.OCTET_STRING), reader.take(der.OCTET_STRING)
    serial = reader.integer()
    reader.done()
    if serial < 0 or serial.bit_length() > 8 * LONGEST_SERIAL:  # RFC 5280 §4.1.2.2: no certificate has such a number.
        raise der.NotDer(reason="serial")
    return CertId(serial, name, key, digest, encoded)


def _extensions(outer: der.Reader) -> bytes | None:
    """Read Extensions and return the nonce among them; a critical one that is not known makes a request unreadable."""
    nonce: bytes | None = None
    extensions = outer.inside(der.SEQUENCE)
    outer.done()
    while extensions.tag != -1:
        one = extensions.inside(der.SEQUENCE)
        identifier = one.take(der.OBJECT_IDENTIFIER)
        critical = one.boolean() if one.tag == der.BOOLEAN else False
        value = one.inside(der.OCTET_STRING)
        one.done()
        if identifier == _NONCE and nonce is None:
            nonce = value.take(der.OCTET_STRING)
            value.done()
        elif critical or identifier == _NONCE:
            raise der.NotDer(reason="extension")
    return nonce


def _status(status: CertStatus) -> bytes:
    if status.revoked_at is None or status.state != "revoked":
        return _UNKNOWN if status.state == "unknown" else _GOOD
    code = None if status.reason is None else REASON_CODES.get(status.reason)
    reason = b"" if code is None else der.explicit(0, der.tlv(der.ENUMERATED, bytes((code,))))
    return der.explicit(1, generalized_time(status.revoked_at), reason)


@lru_cache(maxsize=16)
def _responder(certificate: x509.Certificate) -> tuple[bytes, bytes]:
    """Return the responder's name, by the hash of its key, and its certificate, as answers carry them."""
    name = hashlib.sha1(_key_bits(certificate), usedforsecurity=False).digest()  # RFC 6960 §4.2.1
    encoded = certificate.public_bytes(Encoding.DER)
    return der.explicit(2, der.tlv(der.OCTET_STRING, name)), der.explicit(0, der.sequence(encoded))


@lru_cache(maxsize=64)
def _names_of(issuer: x509.Certificate, digest: str) -> tuple[bytes, bytes]:
    named = (issuer.subject.public_bytes(), _key_bits(issuer))
    name, key = (hashlib.new(digest, one, usedforsecurity=False).digest() for one in named)
    return name, key


def _key_bits(certificate: x509.Certificate) -> bytes:
    """Return the public key without its algorithm, as hashed in requests (RFC 6960 §4.1.1)."""
    info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    reader = der.Reader(info).inside(der.SEQUENCE)
    reader.take(der.SEQUENCE)
    return reader.take(der.BIT_STRING)[1:]
