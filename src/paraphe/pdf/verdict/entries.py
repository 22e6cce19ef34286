"""The signatures of a file as they are read: bytes, dictionary, CMS; nothing is judged here."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature

from paraphe.pdf.opening import look
from paraphe.pdf.verdict.message import DATA, Message, Misshapen, digest, parse
from paraphe.pdf.verdict.slices import Unreadable, read
from paraphe.pdf.verdict.structure import SignatureStructure

RSA_SHA1 = "adbe.x509.rsa_sha1"
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError, OverflowError)


@dataclass(frozen=True)
class Entry:
    """One signature field with its value."""

    structure: SignatureStructure
    embedded: EmbeddedPdfSignature | None
    """What pyHanko sees in it, for comparing revisions; None where it sees nothing."""
    holder: generic.PdfObject | None
    message: Message | None
    error: str | None
    """Why there is no message."""
    subfilter: str
    judged: bool = False
    """Whether it was judged before: then nothing more than its place was read."""

    @property
    def field(self) -> str:
        """Return the full name of the field."""
        return self.structure.located.field

    @property
    def is_timestamp(self) -> bool:
        """Tell whether it is a document timestamp."""
        return self.subfilter == "ETSI.RFC3161"

    @property
    def revision(self) -> int:
        """Return the signed revision as the cross-reference sections count; -1 where it is not known."""
        return -1 if self.embedded is None else int(self.embedded.signed_revision)

    def covered_digest(self, data: memoryview, name: str) -> bytes:
        """Return the digest of what the byte range covers. Raises Misshapen for an unknown algorithm."""
        ranges = self.structure.byte_range
        if ranges is None or max(ranges) > len(data):
            return b""
        first, before, second, after = ranges
        return digest(name, data[first : first + before], data[second : second + after])

    def claimed_at(self) -> datetime | None:
        """Return the time that the signer claims, in the dictionary or in the attributes."""
        value = look(self.holder, "/M")
        try:
            found = generic.parse_pdf_date(str(value)) if value is not None else None
        except (*BROKEN, PdfReadError):
            found = None
        if found is None and self.message is not None:
            found = self.message.signing_time
        return None if found is None else (found if found.tzinfo else found.replace(tzinfo=UTC))


def read_entries(reader: PdfFileReader, structures: Sequence[SignatureStructure], judged: int = 0) -> list[Entry]:
    """Return the signatures in the order of signing; of those in the first ``judged`` octets only where they are."""
    before = {(one.located.number, one.located.field) for one in structures if 0 < one.end <= judged}
    embedded = _embedded(reader, before)
    found = []
    for one in structures:
        if (one.located.number, one.located.field) in before:
            found.append(Entry(one, None, None, None, None, "", judged=True))
            continue
        holder = _holder(reader, one)
        subfilter = str(look(holder, "/SubFilter") or "").lstrip("/")
        message, error = _message(one.contents, subfilter, holder)
        key = (one.located.number, one.located.field)
        found.append(Entry(one, embedded.get(key), holder, message, error, subfilter))
    return sorted(found, key=_order)


def _order(entry: Entry) -> tuple[int, int]:
    ranges = entry.structure.byte_range
    return (entry.structure.end or (ranges[2] + ranges[3] if ranges else 0), entry.structure.located.offset or 0)


def _embedded(reader: PdfFileReader, without: set[tuple[int, str]]) -> dict[tuple[int, str], EmbeddedPdfSignature]:
    """Return what pyHanko sees, one by one: what it cannot read must not hide the others."""
    found: dict[tuple[int, str], EmbeddedPdfSignature] = {}
    # A form that breaks the library: each signature is then unreadable.
    with suppress(Exception):
        for name, value, field in enumerate_sig_fields(reader, filled_status=True):
            number = value.idnum if isinstance(value, generic.IndirectObject) else 0
            if (number, str(name)) in without:
                continue
            try:
                one = EmbeddedPdfSignature(reader, field, name)
            except Exception:  # noqa: BLE001, S112 - bytes from outside: this signature is judged without it
                continue
            found[(number, str(name))] = one
    # Whoever compares revisions asks the reader for the same list.
    reader._embedded_signatures = sorted(  # type: ignore[assignment]
        found.values(), key=lambda one: int(one.signed_revision)
    )
    return found


def _holder(reader: PdfFileReader, one: SignatureStructure) -> generic.PdfObject | None:
    if not one.located.number:
        return None
    try:
        reference = generic.Reference(one.located.number, one.located.generation, reader)
        found: generic.PdfObject = reader.get_object(reference)
    except Exception:  # noqa: BLE001 - bytes from outside
        return None
    return found


def _message(contents: bytes, subfilter: str, holder: object) -> tuple[Message | None, str | None]:
    try:
        return (_bare(contents, holder) if subfilter == RSA_SHA1 else parse(contents)), None
    except Misshapen as error:
        return None, error.code
    except (*BROKEN, Unreadable):
        return None, "unreadable"


def _bare(contents: bytes, holder: object) -> Message:
    """Return a message for a bare RSA value with its certificates in /Cert (ISO 32000-1 §12.8.3.2)."""
    listed = look(holder, "/Cert")
    values = [listed[one] for one in range(len(listed))] if isinstance(listed, generic.ArrayObject) else [listed]
    ders = tuple(_octets(one) for one in values if one is not None)
    signer = read(ders[0]).children()[0].children() if ders else []
    if len(signer) < 4:
        raise Misshapen("no_signer")
    serial, issuer = (signer[1], signer[3]) if signer[0].tag == 0xA0 else (signer[0], signer[2])
    return Message(
        DATA, None, ders, (), (), issuer.octets, serial.integer(), b"", "sha1", None, read(contents).expect(4).content,
        None, None, None, None, None, (), (),
    )  # fmt: skip


def _octets(value: object) -> bytes:
    if isinstance(value, generic.ByteStringObject):
        return bytes(value)
    return bytes(value.original_bytes) if isinstance(value, generic.TextStringObject) else b""
