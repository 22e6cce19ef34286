"""The steps of a signature as types: Prepared → Signed → Augmented → Archived, each what is appended to the source.

An incremental update (ISO 32000-2 §7.5.6) makes this exact: the source is a byte prefix of every result.
"""

import base64
import json
import os
import secrets
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from paraphe.kernel.digests import sha256
from paraphe.pdf.errors import StateBroken
from paraphe.pdf.opening import Buffer, opened
from paraphe.pdf.values import Source
from paraphe.pdf.writing import Slot
from paraphe.pki.algorithms import digest_of
from paraphe.pki.cms import CmsTemplate
from paraphe.pki.ports import SignatureAlgorithm

MAGIC = b"PARAPHE-PREPARED-3\n"
HEAD = struct.Struct(">32sI")
"""SHA-256 of what follows it, length of the JSON."""


@dataclass(frozen=True)
class Tail:
    """What is appended to a source of ``source_size`` bytes."""

    source_size: int
    tail: bytes

    def whole(self, source: bytes) -> bytes:
        """Return the whole document. Raises StateBroken for a source of another size."""
        if len(source) != self.source_size:
            raise StateBroken()
        return source + self.tail

    def write(self, source: Path, target: Path) -> None:
        """Write the whole document to ``target``, at once or not at all: beside it first, then into its place.

        The source is copied by the system, never held in memory. Raises StateBroken, OSError.
        """
        if source.stat().st_size != self.source_size:
            raise StateBroken()
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        try:
            with source.open("rb") as origin, draft.open("xb") as file:
                _copy(origin.fileno(), file.fileno(), self.source_size)
                file.seek(0, os.SEEK_END)
                file.write(self.tail)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


@dataclass(frozen=True)
class Prepared(Tail):
    """A document with a place for its signature, waiting for the signature value; it can wait for hours.

    ``digest_to_sign`` is the digest of the DER of the signed attributes (RFC 5652 §5.4): the only thing that the holder
    of the key needs. ``start`` and ``end`` say where /Contents lies, with its brackets, from the first byte.
    """

    certificates: tuple[bytes, ...]
    algorithm: SignatureAlgorithm
    document_digest: bytes
    start: int
    end: int

    @property
    def template(self) -> CmsTemplate:
        """Return the CMS signature that is to be filled."""
        return CmsTemplate(self.certificates[0], self.certificates[1:], self.algorithm)

    @property
    def digest_to_sign(self) -> bytes:
        """Return what is to be signed, as long as the digest of the algorithm."""
        return self.template.digest_to_sign(self.document_digest)

    def to_bytes(self) -> bytes:
        """Return the state as bytes: a line of magic, a SHA-256 of the rest, a length, JSON, what is appended."""
        head = json.dumps(
            {
                "source_size": self.source_size,
                "certificates": [base64.b64encode(one).decode() for one in self.certificates],
                "algorithm": self.algorithm,
                "document_digest": self.document_digest.hex(),
                "start": self.start,
                "end": self.end,
            }
        ).encode()
        return MAGIC + HEAD.pack(sha256(head + self.tail), len(head)) + head + self.tail

    @classmethod
    def from_bytes(cls, state: bytes) -> "Prepared":
        """Return the value that ``to_bytes`` gave. Raises StateBroken."""
        try:
            if not state.startswith(MAGIC):
                raise StateBroken()
            begin = len(MAGIC) + HEAD.size
            digest, length = HEAD.unpack(state[len(MAGIC) : begin])
            if digest != sha256(state[begin:]):
                raise StateBroken()
            head = json.loads(state[begin : begin + length])
            return cls(
                source_size=int(head["source_size"]),
                tail=state[begin + length :],
                certificates=tuple(base64.b64decode(one) for one in head["certificates"]),
                algorithm=cast(SignatureAlgorithm, head["algorithm"]),
                document_digest=bytes.fromhex(head["document_digest"]),
                start=int(head["start"]),
                end=int(head["end"]),
            )
        except (ValueError, KeyError, TypeError, struct.error):
            raise StateBroken() from None

    def check(self, source: Source) -> None:
        """Refuse another source than the one that was prepared, and a state that was changed. Raises StateBroken."""
        with opened(source) as buffer:
            if len(buffer) != self.source_size or not self.source_size < self.start < self.end <= self._size:
                raise StateBroken()
            if self._digest(buffer) != self.document_digest:
                raise StateBroken()

    @property
    def _size(self) -> int:
        return self.source_size + len(self.tail)

    def _digest(self, buffer: Buffer) -> bytes:
        """Return the digest over everything but /Contents (ISO 32000-2 §12.8.1)."""
        return Slot(self.tail, self.start, self.end).digest(buffer, digest_of(self.algorithm))


@dataclass(frozen=True)
class Signed(Tail):
    """A signed document at level B-B or B-T. ``contents`` is the CMS object as written, with its padding."""

    contents: bytes
    certificates: tuple[bytes, ...]
    token: bytes | None
    """The timestamp over the signature value, None at level B-B."""


@dataclass(frozen=True)
class Augmented(Tail):
    """A signed document at level B-LT: what proves its validity later is inside."""


@dataclass(frozen=True)
class Archived(Tail):
    """A document with a document timestamp over all of it: level B-LTA, or a timestamp alone."""


def _copy(origin: int, target: int, size: int) -> None:
    """Copy ``size`` bytes between two open files inside the kernel."""
    done = 0
    while done < size:
        count = os.sendfile(target, origin, done, size - done)
        if not count:
            raise StateBroken()
        done += count
