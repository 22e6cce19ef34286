r"""The format of a sealed file, written and read as a stream. No Django: a shelf and a key are handed in.

A file is ``PARF\x01``, 7 random bytes, then chunks of 64 KiB, each sealed by AES-256-GCM. The nonce of a chunk is the
7 bytes, its number on 4 bytes and a byte that says whether it is the last (the STREAM construction): chunks cannot be
changed, cut off, doubled or put in another order. The identifier of the file is authenticated with each chunk: a file
cannot stand in for another.
"""

import hashlib
import io
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from paraphe.floor.files.errors import FileBroken
from paraphe.floor.files.shelf import Shelf

MAGIC = b"PARF\x01"
PREFIX_OCTETS = 7
HEADER_OCTETS = len(MAGIC) + PREFIX_OCTETS
CHUNK = 64 * 1024
TAG = 16
SEALED_CHUNK = CHUNK + TAG


class Readable(Protocol):
    """Anything with ``read(size)``: an open file, an upload, a socket's file."""

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes, none at the end."""
        ...


@dataclass(frozen=True)
class Written:
    """What was written: digest and size, in octets, of the content in clear."""

    sha256: str
    size: int


def write(shelf: Shelf, file_id: UUID, key: bytes, stream: Readable) -> Written:
    """Keep ``stream`` sealed, all or nothing: when this returns, a power cut loses nothing.

    Raises StorageFull, StorageAway, StorageFailed and what the stream raises; whatever happens but a killed process,
    nothing half-written stays behind.
    """
    return shelf.put(file_id, lambda output: _seal(output, file_id, key, stream))


def sealed_size(size: int) -> int:
    """Return how many octets a file of ``size`` octets has when it is sealed."""
    return HEADER_OCTETS + size + (max(0, (size - 1) // CHUNK) + 1) * TAG


def _seal(output: BinaryIO, file_id: UUID, key: bytes, stream: Readable) -> Written:
    cipher, prefix, digest, size = AESGCM(key), os.urandom(PREFIX_OCTETS), hashlib.sha256(), 0
    output.write(MAGIC + prefix)
    for number, (chunk, last) in enumerate(_chunks(stream)):
        digest.update(chunk)
        size += len(chunk)
        output.write(cipher.encrypt(_nonce(prefix, number, last), chunk, file_id.bytes))
    return Written(sha256=digest.hexdigest(), size=size)


def _chunks(stream: Readable) -> Iterator[tuple[bytes, bool]]:
    """Cut ``stream`` into full chunks, and tell which is the last (it may be empty if everything is)."""
    chunk = _full_chunk(stream)
    while len(chunk) == CHUNK:
        following = _full_chunk(stream)
        if not following:
            break
        yield chunk, False
        chunk = following
    yield chunk, True


def _full_chunk(stream: Readable) -> bytes:
    parts: list[bytes] = []
    missing = CHUNK
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, last)


class SealedReader(io.RawIOBase):
    """Reads a sealed file from any position; every byte it gives was authenticated. Raises FileBroken."""

    def __init__(self, shelf: Shelf, file_id: UUID, key: bytes, size: int) -> None:
        self._id, self._cipher, self._size = file_id, AESGCM(key), size
        self._last = max(0, (size - 1) // CHUNK)
        self._position = 0
        self._held: tuple[int, bytes] | None = None
        self._place = shelf.open(file_id)
        header = self._place.read_at(0, HEADER_OCTETS)
        self._prefix = header[len(MAGIC) :]
        if not header.startswith(MAGIC) or self._place.size != sealed_size(size):
            self._place.close()
            raise FileBroken(file=str(file_id), reason="cut")

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read from any position."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position in the content, and return it."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        """Return the position in the content."""
        return self._position

    def readinto(self, buffer: memoryview | bytearray, /) -> int:  # type: ignore[override]
        """Fill ``buffer`` from the chunk at the present position, and return how many bytes that gave."""
        if self._position >= self._size:
            return 0
        number, start = divmod(self._position, CHUNK)
        part = self._chunk(number)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        """Close the file."""
        if hasattr(self, "_place"):
            self._place.close()
        super().close()

    def check(self) -> None:
        """Raise FileBroken unless the chunk at the present position opens; an empty file has one too."""
        self._chunk(min(self._position // CHUNK, self._last))

    def _chunk(self, number: int) -> bytes:
        if self._held is None or self._held[0] != number:
            sealed = self._place.read_at(HEADER_OCTETS + number * SEALED_CHUNK, SEALED_CHUNK)
            try:
                opened = self._cipher.decrypt(
                    _nonce(self._prefix, number, number == self._last), sealed, self._id.bytes
                )
            except InvalidTag:
                raise FileBroken(file=str(self._id), reason="changed") from None
            self._held = (number, opened)
        return self._held[1]
