"""What proves validity later, fetched once for a batch and written into every document of it.

ISO 32000-2 §12.8.4.3, ETSI EN 319 142-1 §5.4.2. It is gathered anew when it grows old, so that a batch of hours does
not end with revocation information from its beginning.
"""

import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.kernel.clock import Clock
from paraphe.kernel.digests import sha256
from paraphe.pdf.bulk.check import certificates_of
from paraphe.pki.ports import HashSigner, RevocationSource, TimestampSource

if TYPE_CHECKING:
    from paraphe.pdf.material import ValidationMaterial

FRESH = timedelta(minutes=10)
_PROBE = sha256(b"how large is your token, and whose?")


class Proofs:
    """One token of the authority, to learn its size and its certificates; for B-LT the material around it."""

    def __init__(
        self,
        signer: HashSigner,
        timestamps: TimestampSource,
        revocation: RevocationSource | None,
        roots: Sequence[x509.Certificate],
        clock: Clock,
    ) -> None:
        self._timestamps, self._revocation, self._clock = timestamps, revocation, clock
        self._own = [one.public_bytes(Encoding.DER) for one in (signer.certificate, *signer.chain, *roots)]
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self._stampers: frozenset[bytes] = frozenset()
        self._bodies: tuple[tuple[bytes, list[bytes]], ...] = ()
        self.token_size = 0

    def refresh(self) -> None:
        """Ask again what is older than ten minutes. Raises TimestampUnavailable, RevocationUnavailable."""
        with self._lock:
            now = self._clock.now()
            if self._since is not None and (self._revocation is None or now - self._since < FRESH):
                return
            token = self._timestamps.timestamp(_PROBE)
            self.token_size = len(token)
            self._stampers = frozenset(certificates_of(token))
            if self._revocation is not None:
                self._bodies = _bodies(self._gathered(self._revocation))
            self._since = now

    def know(self, token: bytes) -> bool:
        """Tell whether the material is about the unit that made ``token``."""
        return self._revocation is None or self._stampers.issuperset(certificates_of(token))

    @property
    def objects(self) -> Callable[[int], Mapping[int, bytes]] | None:
        """Return what makes the objects of the store from the first free number; None below B-LT."""
        return self._objects if self._revocation is not None else None

    def _objects(self, first: int) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        store = b"<</Type/DSS"
        number = first + 1
        for key, bodies in self._bodies:
            numbers = range(number, number + len(bodies))
            store += key + b"[" + b" ".join(b"%d 0 R" % one for one in numbers) + b"]"
            found.update(zip(numbers, bodies, strict=True))
            number += len(bodies)
        return {first: store + b">>", **found}

    def _gathered(self, revocation: RevocationSource) -> "ValidationMaterial":
        # Imported here: it brings the whole general path, which a B-B batch does not need to wait for.
        from paraphe.pdf.material import gather

        return gather([*self._own, *self._stampers], revocation)


def _bodies(material: "ValidationMaterial") -> tuple[tuple[bytes, list[bytes]], ...]:
    kinds = ((b"/Certs", material.certificates), (b"/OCSPs", material.ocsps), (b"/CRLs", material.crls))
    return tuple((key, [_stream(der) for der in dict.fromkeys(ders)]) for key, ders in kinds if ders)


def _stream(der: bytes) -> bytes:
    packed = zlib.compress(der, 9)
    coding, content = (b"/Filter/FlateDecode", packed) if len(packed) < len(der) else (b"", der)
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (coding, len(content), content)
