"""Signatures whose certificate does not exist yet when the document is prepared.

The digest of the byte range is what the person authorises; a whole CMS signature comes back (CSC v2 §11.11) and is
checked before it is put into its place.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from paraphe.kernel.clock import Clock
from paraphe.kernel.digests import sha256
from paraphe.pdf.errors import SignatureMismatch, StateBroken
from paraphe.pdf.opening import opened
from paraphe.pdf.reading import inspect
from paraphe.pdf.reserving import Wish, reserve
from paraphe.pdf.stages import HEAD, Signed, Tail
from paraphe.pdf.values import FieldValue, SignatureSettings, Source
from paraphe.pdf.writing import Slot
from paraphe.pki.detached import read_detached
from paraphe.pki.errors import SignatureInvalid

MAGIC = b"PARAPHE-RANGE-1\n"
ROOM = 16_000
"""Octets for a CMS signature with the certificates of signer, issuers and time-stamping unit, whoever makes it."""


@dataclass(frozen=True)
class PreparedRange(Tail):
    """A document with a place for a CMS signature over ``digest``, the SHA-256 of everything around the place."""

    digest: bytes
    start: int
    end: int

    def to_bytes(self) -> bytes:
        """Return the state as bytes: a line of magic, a SHA-256 of the rest, a length, JSON, what is appended."""
        values = {
            "source_size": self.source_size, "digest": self.digest.hex(), "start": self.start, "end": self.end
        }  # fmt: skip
        head = json.dumps(values).encode()
        return MAGIC + HEAD.pack(sha256(head + self.tail), len(head)) + head + self.tail

    @classmethod
    def from_bytes(cls, state: bytes) -> "PreparedRange":
        """Return the value that ``to_bytes`` gave. Raises StateBroken."""
        try:
            begin = len(MAGIC) + HEAD.size
            digest, length = HEAD.unpack(state[len(MAGIC) : begin])
            if not state.startswith(MAGIC) or digest != sha256(state[begin:]):
                raise StateBroken()
            head = json.loads(state[begin : begin + length])
            return cls(
                int(head["source_size"]),
                state[begin + length :],
                bytes.fromhex(head["digest"]),
                int(head["start"]),
                int(head["end"]),
            )
        except (ValueError, KeyError, TypeError, struct.error):
            raise StateBroken() from None

    def check(self, source: Source) -> None:
        """Refuse another source than the one that was prepared, and a state that was changed. Raises StateBroken."""
        with opened(source) as buffer:
            inside = self.source_size < self.start < self.end <= self.source_size + len(self.tail)
            if len(buffer) != self.source_size or not inside:
                raise StateBroken()
            if Slot(self.tail, self.start, self.end).digest(buffer, "sha256") != self.digest:
                raise StateBroken()


def prepare_range(
    source: Source, settings: SignatureSettings, clock: Clock, *, fill: Sequence[FieldValue] = ()
) -> PreparedRange:
    """Return what makes a place in ``source`` for a signature by somebody whose certificate is made later.

    ``fill``: form fields that get their values in the same revision, under the signature. Raises a PdfRefused.
    """
    found = inspect(source, password=settings.password)
    with opened(source) as buffer:
        made = reserve(buffer, found, Wish(settings, "sha256", ROOM, fill=fill), clock)
        digest = made.made or made.digest(buffer, "sha256")
        return PreparedRange(len(buffer), made.tail, digest, made.start, made.end)


def embed(source: Source, prepared: PreparedRange, signature: bytes) -> Signed:
    """Put a CMS signature that was made elsewhere into its place.

    Raises SignatureMismatch when it is not a good one over this digest, StateBroken, NoRoom. Whether its certificate is
    trusted, and names the person that was meant, is the caller's to check.
    """
    prepared.check(source)
    try:
        found = read_detached(signature, prepared.digest)
    except SignatureInvalid as error:
        raise SignatureMismatch(**error.params) from error
    slot = Slot(prepared.tail, prepared.start, prepared.end)
    tail, padded = slot.filled(prepared.source_size, signature)
    return Signed(prepared.source_size, tail, padded, found.certificates, found.token)
