"""What certificates' lists and OCSP answers share: the algorithm of a signature, the signature, times, extensions."""

from datetime import UTC, datetime
from functools import lru_cache

from asn1crypto import algos
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ReasonFlags

from paraphe.pki import der
from paraphe.pki.keys import PrivateKey

UTC_TIME_ENDS = 2050
"""RFC 5280 §5.1.2.4: from this year on, times are GeneralizedTime."""
REASON_CODES = {
    ReasonFlags.key_compromise: 1,
    ReasonFlags.ca_compromise: 2,
    ReasonFlags.affiliation_changed: 3,
    ReasonFlags.superseded: 4,
    ReasonFlags.cessation_of_operation: 5,
    ReasonFlags.certificate_hold: 6,
    ReasonFlags.privilege_withdrawn: 9,
    ReasonFlags.aa_compromise: 10,
}
"""CRLReason, RFC 5280 §5.3.1. The code "unspecified" shall be left out rather than written."""
INVALIDITY_DATE = bytes.fromhex("0603551d18")


def algorithm_of(key: PrivateKey) -> bytes:
    """Return the DER of the AlgorithmIdentifier of signatures by ``key``."""
    return _algorithm(isinstance(key, rsa.RSAPrivateKey))


def signature_of(key: PrivateKey, tbs: bytes) -> bytes:
    """Return the BIT STRING of a signature over ``tbs``, with SHA-256. Raises what the key raises."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        value = key.sign(tbs, ec.ECDSA(hashes.SHA256()))
    else:
        value = key.sign(tbs, padding.PKCS1v15(), hashes.SHA256())
    return der.tlv(der.BIT_STRING, b"\x00", value)


def extension(identifier: bytes, value: bytes, *, critical: bool = False) -> bytes:
    """Return an Extension (RFC 5280 §4.1) of an encoded identifier and value."""
    return der.sequence(identifier, b"\x01\x01\xff" if critical else b"", der.tlv(der.OCTET_STRING, value))


def time(moment: datetime) -> bytes:
    """Return a Time: UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 §5.1.2.4)."""
    moment = moment.astimezone(UTC)
    if moment.year < UTC_TIME_ENDS:
        return der.tlv(der.UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode("ascii"))
    return generalized_time(moment)


def generalized_time(moment: datetime) -> bytes:
    """Return a GeneralizedTime to the second, in UTC."""
    return der.tlv(der.GENERALIZED_TIME, moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode("ascii"))


@lru_cache(maxsize=4)
def _algorithm(is_rsa: bool) -> bytes:
    name = "sha256_rsa" if is_rsa else "sha256_ecdsa"
    encoded: bytes = algos.SignedDigestAlgorithm({"algorithm": name}).dump()
    return encoded
