"""Writing revisions: only what is appended is written, whatever the size of the document before it."""

from collections.abc import Iterable, Sequence
from typing import IO, Any, cast

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp

from paraphe.kernel.clock import Clock
from paraphe.pdf.errors import NoRoom, NotPermitted
from paraphe.pdf.material import certificates_in, collect_for_timestamp
from paraphe.pdf.opening import Appended, Buffer, open_reader, refusing, stream_of
from paraphe.pki.ports import RevocationSource, TimestampSource

TIMESTAMP_ROOM = 12_000
"""Octets kept free for the token of a document timestamp."""


class TailWriter(IncrementalPdfFileWriter):
    """Writes a revision behind a document and what was appended to it before; the document is not copied."""

    def __init__(self, buffer: Buffer, tail: bytes = b"", *, password: str | None = None) -> None:
        self._buffer, self._before = buffer, tail
        super().__init__(stream_of(buffer, tail), strict=False)
        if self.prev.encrypted:
            self.encrypt(password or "")  # type: ignore[no-untyped-call]

    def _write_header(self, stream: Any) -> None:
        """Go to the end of what is there instead of copying it; begin on a line of its own."""
        stream.seek(len(self._buffer) + len(self._before))
        last = self._before[-1:] or self._buffer[len(self._buffer) - 1 :]
        if last not in (b"\n", b"\r"):
            stream.write(b"\n")

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
) -> bytes:
    """Return ``tail`` and a revision with a document timestamp over everything (EN 319 142-1 §5.4.3)."""
    reader = open_reader(buffer, tail)
    trusted = [one.public_bytes(Encoding.DER) for one in roots]
    known = certificates_in(reader) if renewed else []
    material = collect_for_timestamp(reader, timestamps, revocation, trusted, known, clock.now())
    with refusing():
        writer = TailWriter(buffer, tail)
        if material is not None:
            material.write(writer)
        name = _free_name(reader)
        output = writer.output()
        try:
            steps = PdfCMSEmbedder(new_field_spec=SigFieldSpec(name)).write_cms(field_name=name, writer=writer)
            next(steps)
            steps.send(SigObjSetup(sig_placeholder=DocumentTimestamp(bytes_reserved=2 * TIMESTAMP_ROOM)))
            digest, _ = steps.send(SigIOSetup(md_algorithm="sha256", output=cast(IO[Any], output)))
        except SigningError as error:
            raise NotPermitted(rule=str(error)) from error
    token = timestamps.timestamp(digest.document_digest)
    if len(token) > TIMESTAMP_ROOM:
        raise NoRoom(size=len(token), room=TIMESTAMP_ROOM)
    digest.fill_with_cms(output, token.ljust(TIMESTAMP_ROOM, b"\x00"))
    return bytes(output.tail)


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
