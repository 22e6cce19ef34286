"""Writing revisions: only what is appended is written, whatever the size of the document before it."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import SEEK_END
from typing import IO, Any, cast

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, PreparedByteRangeDigest

from paraphe.kernel.clock import Clock
from paraphe.pdf.errors import NoRoom, NotPermitted
from paraphe.pdf.material import certificates_in, collect_for_timestamp
from paraphe.pdf.opening import Appended, Buffer, layout, open_reader, refusing, stream_of
from paraphe.pki.ports import RevocationSource, TimestampSource

TIMESTAMP_ROOM = 12_000
"""Octets kept free for the token of a document timestamp."""
MOST_OBJECTS = 8_388_607
"""ISO 32000-1 annex C."""
CHUNK = 1 << 20


class TailWriter(IncrementalPdfFileWriter):
    """Writes a revision behind a document and what was appended to it before; the document is not copied."""

    def __init__(self, buffer: Buffer, tail: bytes = b"", *, password: str | None = None) -> None:
        self._buffer, self._before = buffer, tail
        super().__init__(stream_of(buffer, tail), strict=False)
        if self.prev.encrypted:
            self.encrypt(password or "")  # type: ignore[no-untyped-call]
        # A trailer whose /Size is too small would have us number new objects like old ones.
        self._lastobj_id = max(self._lastobj_id, _highest(self.prev))

    def _write_header(self, stream: Any) -> None:
        """Go to the end of what is there instead of copying it."""
        stream.seek(0, SEEK_END)
        if (self._before or self._buffer[-1:])[-1:] not in (b"\n", b"\r"):
            stream.write(b"\n")

    def _update_meta(self) -> None:
        """Leave the metadata as they are: information dictionary and XMP agree, as PDF/A wants (ISO 19005-1 §6.7.3)."""

    def output(self) -> Appended:
        """Return a stream over the document, to write the revision to."""
        return Appended(self._buffer, self._before)

    def finished(self) -> bytes:
        """Write the revision and return everything that is appended to the document."""
        output = self.output()
        self.write(output)  # type: ignore[no-untyped-call]
        return bytes(output.tail)


def timestamp_revision(
    buffer: Buffer,
    tail: bytes,
    timestamps: TimestampSource,
    revocation: RevocationSource,
    roots: Sequence[x509.Certificate],
    clock: Clock,
    *,
    renewed: bool = False,
    password: str | None = None,
) -> bytes:
    """Return ``tail`` and a revision with a document timestamp over everything (EN 319 142-1 §5.4.3)."""
    reader = open_reader(buffer, tail, password=password)
    trusted = [one.public_bytes(Encoding.DER) for one in roots]
    known = certificates_in(reader) if renewed else []
    material = collect_for_timestamp(reader, timestamps, revocation, trusted, known, clock.now())
    with refusing():
        writer = TailWriter(buffer, tail, password=password)
        if material is not None:
            material.write(writer)
        name = _free_name(reader)
        output = writer.output()
        try:
            steps = PdfCMSEmbedder(new_field_spec=SigFieldSpec(name)).write_cms(field_name=name, writer=writer)
            next(steps)
            steps.send(SigObjSetup(sig_placeholder=DocumentTimestamp(bytes_reserved=2 * TIMESTAMP_ROOM)))
            digest, _ = steps.send(SigIOSetup(md_algorithm="sha256", chunk_size=CHUNK, output=cast(IO[Any], output)))
        except SigningError as error:
            raise NotPermitted(rule=str(error)) from error
    slot = Slot.of(buffer, bytes(output.tail), digest)
    token = timestamps.timestamp(slot.made or slot.digest(buffer, "sha256"))
    return slot.filled(len(buffer), token)[0]


@dataclass(frozen=True)
class Slot:
    """A place for /Contents in what is appended; ``start`` and ``end`` count from the first byte of the file."""

    tail: bytes
    start: int
    end: int
    made: bytes | None = None
    """The digest, where the library computed it over the right bytes."""

    @classmethod
    def of(cls, buffer: Buffer, tail: bytes, written: PreparedByteRangeDigest) -> "Slot":
        """Return the place that the library made.

        It counts from the header; /ByteRange counts from the first byte of the file (ISO 32000-2 table 255).
        """
        shift, head = layout(buffer)
        start, end = written.reserved_region_start, written.reserved_region_end
        if head:
            # The library read the header that was shown to it, not what stands there.
            return cls(tail, start, end)
        if shift:
            total = len(buffer) + len(tail)
            old = b"[0 %d %d %d]" % (start, end, total - shift - end)
            new = b"[0 %d %d %d]" % (start + shift, end + shift, total - end - shift)
            at = tail.rindex(old)
            # Room is left behind the brackets.
            tail = tail[:at] + new + tail[at + len(new) :]
            return cls(tail, start + shift, end + shift)
        return cls(tail, start, end, written.document_digest)

    def digest(self, buffer: Buffer, algorithm: str) -> bytes:
        """Return the digest over everything but /Contents (ISO 32000-2 §12.8.1)."""
        digest = hashlib.new(algorithm)
        view = memoryview(buffer)
        try:
            for at in range(0, len(view), CHUNK):
                digest.update(view[at : at + CHUNK])
        finally:
            view.release()
        digest.update(self.tail[: self.start - len(buffer)])
        digest.update(self.tail[self.end - len(buffer) :])
        return digest.digest()

    def filled(self, source_size: int, content: bytes) -> tuple[bytes, bytes]:
        """Return the tail with ``content`` in the place, and what is written there. Raises NoRoom."""
        room = (self.end - self.start - 2) // 2
        if len(content) > room:
            raise NoRoom(size=len(content), room=room)
        padded = content.ljust(room, b"\x00")
        begin, end = self.start - source_size, self.end - source_size
        return self.tail[: begin + 1] + padded.hex().encode() + self.tail[end - 1 :], padded


def _highest(reader: PdfFileReader) -> int:
    """Return the highest number that an object of the file has, whatever its trailer says."""
    found = 0
    for revision in range(reader.xrefs.total_revisions):
        data = reader.xrefs.get_xref_data(revision)
        found = max(found, *data.standard_xrefs, *data.xrefs_in_objstm, 0, 0)
    return min(found, MOST_OBJECTS)


def asn1_certificates(ders: Iterable[bytes]) -> list[asn1_x509.Certificate]:
    """Return certificates in the form that the library below reads."""
    return [asn1_x509.Certificate.load(one) for one in ders]


def _free_name(reader: Any) -> str:
    from pyhanko.sign.fields import enumerate_sig_fields

    taken = {str(name) for name, _, _ in enumerate_sig_fields(reader)}
    number = 1
    while f"Timestamp{number}" in taken:
        number += 1
    return f"Timestamp{number}"
