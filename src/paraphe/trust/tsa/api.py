"""The door of the time-stamping authority."""

import secrets

from paraphe.pki import tsp
from paraphe.pki.errors import TimestampInvalid, TimestampUnavailable
from paraphe.trust.tsa.clock import accept_clock, watch
from paraphe.trust.tsa.errors import ClockUnsound, DigestUnsupported
from paraphe.trust.tsa.unit import answer, policy

__all__ = [
    "ClockUnsound",
    "DigestUnsupported",
    "LocalTimestampSource",
    "accept_clock",
    "answer",
    "policy",
    "stamp_digest",
    "watch",
]

_HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


def stamp_digest(digest: bytes, algorithm: str, nonce: int | None) -> bytes:
    """Return the DER of a token over ``digest``, made with the hash of this dotted identifier.

    Raises DigestUnsupported for another hash than SHA-256, SHA-384, SHA-512 or a digest of another length;
    TimestampUnavailable when no token can be made now.
    """
    name = _HASHES.get(algorithm)
    if name is None or len(digest) != tsp.ACCEPTED_DIGESTS[name]:
        raise DigestUnsupported(algorithm=algorithm)
    return _token(digest, nonce, name)


def _token(digest: bytes, nonce: int | None, name: str) -> bytes:
    try:
        return tsp.parse_response(answer(tsp.build_request(digest, nonce, name)), digest, nonce)
    except TimestampInvalid:
        raise TimestampUnavailable from None


class LocalTimestampSource:
    """TimestampSource for the trust site itself: the same unit, without HTTP."""

    def timestamp(self, digest: bytes) -> bytes:
        """Return the DER of a token over this SHA-256 ``digest``. Raises TimestampUnavailable."""
        return _token(digest, secrets.randbits(64), "sha256")
