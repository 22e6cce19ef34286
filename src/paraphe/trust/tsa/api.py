"""The door of the time-stamping authority."""

import secrets

from paraphe.pki import tsp
from paraphe.pki.errors import TimestampInvalid, TimestampUnavailable
from paraphe.trust.tsa.unit import answer, policy

__all__ = ["LocalTimestampSource", "answer", "policy"]


class LocalTimestampSource:
    """TimestampSource for the trust site itself: the same unit, without HTTP."""

    def timestamp(self, digest: bytes) -> bytes:
        """Return the DER of a token over this SHA-256 ``digest``. Raises TimestampUnavailable."""
        nonce = secrets.randbits(64)
        try:
            return tsp.parse_response(answer(tsp.build_request(digest, nonce)), digest, nonce)
        except TimestampInvalid:
            raise TimestampUnavailable from None
