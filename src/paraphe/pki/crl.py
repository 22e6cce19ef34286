"""Certificate revocation lists, RFC 5280 §5. Written by splicing: a hundred thousand entries are no burden."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from asn1crypto import algos
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ReasonFlags

from paraphe.pki import der
from paraphe.pki.keys import PrivateKey, checked_key

INTEGER, BIT_STRING, ENUMERATED, UTC_TIME, GENERALIZED_TIME, URI = 0x02, 0x03, 0x0A, 0x17, 0x18, 0x86
BOOLEAN_TRUE = b"\x01\x01\xff"
VERSION_2 = b"\x02\x01\x01"
_CRL_NUMBER, _ISSUING_POINT = bytes.fromhex("0603551d14"), bytes.fromhex("0603551d1c")
_REASON_CODE, _AUTHORITY_KEY = bytes.fromhex("0603551d15"), bytes.fromhex("0603551d23")
#: CRLReason, RFC 5280 §5.3.1. The code "unspecified" shall be left out rather than written.
_REASONS = {
    ReasonFlags.key_compromise: 1,
    ReasonFlags.ca_compromise: 2,
    ReasonFlags.affiliation_changed: 3,
    ReasonFlags.superseded: 4,
    ReasonFlags.cessation_of_operation: 5,
    ReasonFlags.certificate_hold: 6,
    ReasonFlags.privilege_withdrawn: 9,
    ReasonFlags.aa_compromise: 10,
}


@dataclass(frozen=True)
class RevokedEntry:
    """One revoked certificate: since when, and why where that may be said."""

    serial: int
    revoked_at: datetime
    reason: ReasonFlags | None = None


def build_crl(
    issuer: x509.Certificate,
    key: PrivateKey,
    number: int,
    this_update: datetime,
    next_update: datetime,
    entries: Iterable[RevokedEntry],
    part_address: str = "",
) -> bytes:
    """Return the DER of a list of ``issuer``, version 2, with number and authority key identifier (§5.2).

    With ``part_address`` it is the list of one part only, the one whose certificates name that address: a critical
    issuing distribution point says so (§5.2.5).
    """
    public_key = checked_key(issuer.public_key())
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(public_key).public_bytes()
    extensions = [_extension(_AUTHORITY_KEY, identifier), _extension(_CRL_NUMBER, _integer(number))]
    if part_address:
        name = der.tlv(0xA0, der.tlv(0xA0, der.tlv(URI, part_address.encode("ascii"))))
        extensions.append(der.sequence(_ISSUING_POINT, BOOLEAN_TRUE, der.tlv(der.OCTET_STRING, der.sequence(name))))
    algorithm = _algorithm(isinstance(public_key, rsa.RSAPublicKey))
    revoked = b"".join(map(_entry, entries))
    tbs = der.sequence(
        VERSION_2,
        algorithm,
        issuer.subject.public_bytes(),
        _time(this_update),
        _time(next_update),
        der.sequence(revoked) if revoked else b"",
        der.tlv(0xA0, der.sequence(*extensions)),
    )
    return der.sequence(tbs, algorithm, der.tlv(BIT_STRING, b"\x00", _signature(key, tbs)))


def _signature(key: PrivateKey, tbs: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(tbs, ec.ECDSA(hashes.SHA256()))
    return key.sign(tbs, padding.PKCS1v15(), hashes.SHA256())


def _entry(entry: RevokedEntry) -> bytes:
    code = _REASONS.get(entry.reason) if entry.reason is not None else None
    reason = _reason(code) if code is not None else b""
    return der.sequence(_integer(entry.serial), _time(entry.revoked_at), reason)


@lru_cache(maxsize=16)
def _reason(code: int) -> bytes:
    return der.sequence(_extension(_REASON_CODE, der.tlv(ENUMERATED, bytes((code,)))))


@lru_cache(maxsize=4)
def _algorithm(is_rsa: bool) -> bytes:
    name = "sha256_rsa" if is_rsa else "sha256_ecdsa"
    encoded: bytes = algos.SignedDigestAlgorithm({"algorithm": name}).dump()
    return encoded


def _extension(identifier: bytes, value: bytes) -> bytes:
    return der.sequence(identifier, der.tlv(der.OCTET_STRING, value))


def _integer(value: int) -> bytes:
    return der.tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _time(moment: datetime) -> bytes:
    """Return a Time: UTCTime through 2049, GeneralizedTime from 2050 (§5.1.2.4)."""
    moment = moment.astimezone(UTC)
    if moment.year < 2050:
        return der.tlv(UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode("ascii"))
    return der.tlv(GENERALIZED_TIME, moment.strftime("%Y%m%d%H%M%SZ").encode("ascii"))
