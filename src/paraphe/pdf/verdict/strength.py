"""How long each algorithm is believed: a table of dates, with where each comes from.

A signature is judged at the time at which it is proved to have existed (ETSI EN 319 102-1 §5.2.8): what was strong then
stays good when a timestamp by something stronger holds it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes


@dataclass(frozen=True)
class Limit:
    """Until when something is believed; None as long as nothing else is known. ``source``: who says so."""

    until: datetime | None
    source: str


NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


DIGESTS = {
    "md5": Limit(_day(2004, 8, 17), "Wang et al., collisions shown 2004-08-17; not in ETSI TS 119 312"),
    "ripemd160": Limit(_day(2014, 1, 1), "80 bits of collision resistance: NIST SP 800-131A, not after 2013"),
    "sha1": Limit(_day(2017, 1, 1), "CA/Browser Forum ballot 118: no SHA-1 from 2017-01-01; not in ETSI TS 119 312"),
    "sha224": Limit(_day(2029, 1, 1), "ETSI TS 119 312, SOG-IS ACM: below 125 bits of strength"),
    "sha256": Limit(None, "ETSI TS 119 312"),
    "sha384": Limit(None, "ETSI TS 119 312"),
    "sha512": Limit(None, "ETSI TS 119 312"),
    "sha3_256": Limit(None, "ETSI TS 119 312"),
    "sha3_384": Limit(None, "ETSI TS 119 312"),
    "sha3_512": Limit(None, "ETSI TS 119 312"),
}
RSA_BITS = (
    (1024, Limit(NEVER, "RSA-768 factored in 2009; below every list that ever was")),
    (2048, Limit(_day(2014, 1, 1), "NIST SP 800-131A: below 112 bits not after 2013")),
)
"""Sizes below which a modulus is believed only until then."""
CURVE_BITS = (
    (224, Limit(_day(2014, 1, 1), "NIST SP 800-131A: below 112 bits not after 2013")),
    (256, Limit(_day(2029, 1, 1), "ETSI TS 119 312, SOG-IS ACM: below 125 bits of strength")),
)


def digest_limit(name: str) -> Limit:
    """Return until when a digest is believed; one that is not in the table never is."""
    return DIGESTS.get(name, Limit(NEVER, "not in the table"))


def key_limit(key: PublicKeyTypes) -> Limit:
    """Return until when signatures by ``key`` are believed."""
    if isinstance(key, rsa.RSAPublicKey):
        return next((limit for bits, limit in RSA_BITS if key.key_size < bits), Limit(None, "ETSI TS 119 312"))
    if isinstance(key, ec.EllipticCurvePublicKey):
        return next((limit for bits, limit in CURVE_BITS if key.curve.key_size < bits), Limit(None, "ETSI TS 119 312"))
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return Limit(None, "ETSI TS 119 312")
    if isinstance(key, dsa.DSAPublicKey):
        return Limit(_day(2014, 1, 1), "NIST SP 800-131A")
    return Limit(NEVER, "not in the table")


def weak(key: PublicKeyTypes, digest_name: str, at: datetime) -> str | None:
    """Return what was no longer believed at ``at``: the digest, or the key; None when both were."""
    hashed, sized = digest_limit(digest_name).until, key_limit(key).until
    if hashed is not None and at >= hashed:
        return digest_name.replace("_", "-")
    if sized is None or at < sized:
        return None
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    return key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else type(key).__name__
