"""Writing what is appended: one revision with a signature or a document timestamp in an invisible field.

ISO 32000-2 §7.5.6, §12.7.5.5, §12.8.1; ETSI EN 319 142-1 §5.3 to §5.5. The cross-reference section is of the kind that
the file has. Objects that change are written again as they were, with an entry more; nothing else of them is touched.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from paraphe.pdf.bulk.document import Document
from paraphe.pdf.bulk.syntax import STRING, Dictionary, Unusual, W, dictionary

# What belongs to a section itself, not to the document (ISO 32000-2 §7.5.8.2, table 17; §7.3.8.2, table 5).
_OF_THE_SECTION = frozenset(
    (b"Size", b"Prev", b"ID", b"Type", b"W", b"Index", b"Length", b"Filter", b"DecodeParms", b"DL", b"XRefStm")
)
_ESIC = b"/ESIC<</Type/DeveloperExtensions/BaseVersion/1.7/ExtensionLevel 1>>"
_PRINTED_AND_LOCKED = 132
_ROOM = 40
"""Characters of the array of the byte range, so that its numbers can be filled in later."""
_HALVES = re.compile(rb"\[" + W + rb"*+(" + STRING + rb")" + W + rb"*+" + STRING + W + rb"*+\]")
_ESCAPED = {ord("("): "\\(", ord(")"): "\\)", ord("\\"): "\\\\"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a signature says of itself in its dictionary, encoded once for a whole batch."""

    field: bytes
    entries: bytes
    certify: int | None

    @classmethod
    def of(cls, *, field: str, name: str, reason: str, location: str, certify: int | None) -> "Words":
        """Return the words as bytes of PDF."""
        entries = b""
        for key, text in ((b"/Name", name), (b"/Reason", reason), (b"/Location", location)):
            entries += key + text_string(text) if text else b""
        if certify is not None:
            entries += (
                b"/Reference[<</Type/SigRef/TransformMethod/DocMDP"
                b"/TransformParams<</Type/TransformParams/P %d/V/1.2>>>>]" % certify
            )
        return cls(text_string(field), entries, certify)


@dataclass(frozen=True, slots=True)
class Gap:
    """The hexadecimal string in a revision that is not signed, from ``<`` to behind ``>``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Revision:
    """What is appended after ``base`` bytes; its gap is still full of zeros."""

    base: int
    data: bytearray
    gap: Gap
    section: int
    size: int

    def fill(self, contents: bytes) -> None:
        """Put the DER of a CMS object into the gap. Raises Unusual when it does not fit."""
        digits = contents.hex().encode()
        if len(digits) > self.gap.end - self.gap.start - 2:
            raise Unusual("room for the signature")
        self.data[self.gap.start + 1 : self.gap.start + 1 + len(digits)] = digits


def text_string(text: str) -> bytes:
    """Return ``text`` as a text string (ISO 32000-2 §7.9.2.2): plain where it is ASCII, else UTF-16 in hexadecimal."""
    if text.isascii() and text.isprintable():
        return b"(" + text.translate(_ESCAPED).encode() + b")"
    return b"<FEFF" + text.encode("utf-16-be", "replace").hex().upper().encode() + b">"


def date_string(at: datetime) -> bytes:
    """Return an aware time as a date (ISO 32000-2 §7.9.4), in UTC."""
    return at.astimezone(UTC).strftime("(D:%Y%m%d%H%M%SZ)").encode()


def signature_revision(
    document: Document, words: Words, at: datetime, room: int, proofs: Callable[[int], Mapping[int, bytes]] | None
) -> Revision:
    """Return the revision of a signature with ``room`` bytes for its CMS object.

    ``proofs`` gives the objects of a document security store from the first number that is free, the store first.
    """
    first = document.tail.size
    signature, widget, form = first, first + 1, first + 2
    stored = proofs(first + 3) if proofs is not None else {}
    added = b"/AcroForm %d 0 R" % form
    if stored:
        added += b"/DSS %d 0 R" % (first + 3)
    if words.certify is not None:
        added += b"/Perms<</DocMDP %d 0 R>>" % signature
    body = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M" + date_string(at) + words.entries
    objects = {
        document.root: _with_extension(document, added),
        **_listed(document, (widget,)),
        widget: _widget(words.field, document.page, signature),
        form: b"<</Fields[%d 0 R]/SigFlags 3>>" % widget,
        **stored,
    }
    previous = document.tail.start
    return _revision(
        document, len(document.tail.data), previous, first + 3 + len(stored), signature, body, room, objects
    )


def timestamp_revision(document: Document, signed: Revision, field: bytes, room: int) -> Revision:
    """Return the revision of a document timestamp after ``signed`` (ETSI EN 319 142-1 §5.4.3)."""
    first = document.tail.size
    stamp, widget = signed.size, signed.size + 1
    objects = {
        **_listed(document, (first + 1, widget)),
        first + 2: b"<</Fields[%d 0 R %d 0 R]/SigFlags 3>>" % (first + 1, widget),
        widget: _widget(field, document.page, stamp),
    }
    body = b"<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161"
    base = signed.base + len(signed.data)
    return _revision(document, base, signed.section, signed.size + 2, stamp, body, room, objects)


def _widget(field: bytes, page: int, signature: int) -> bytes:
    """Return the field and its widget in one: nowhere on the page, but printed and locked, as PDF/A wants it."""
    return b"<</Type/Annot/Subtype/Widget/FT/Sig/T%b/F %d/Rect[0 0 0 0]/P %d 0 R/V %d 0 R>>" % (
        field,
        _PRINTED_AND_LOCKED,
        page,
        signature,
    )


def _listed(document: Document, widgets: Iterable[int]) -> dict[int, bytes]:
    """Return the page, or the object with the list of its annotations, with ``widgets`` among them."""
    more = b"".join(b" %d 0 R" % one for one in widgets)
    if document.annotations is None:
        return {document.page: _with_entry(document.page_dictionary, b"/Annots[" + more[1:] + b"]")}
    array = document.annotations[:-1] + more + b"]"
    if document.annotations_at is not None:
        return {document.annotations_at: array}
    entries = {**document.page_dictionary.entries, b"Annots": array}
    return {document.page: b"<<" + b"\n".join(b"/%b %b" % entry for entry in entries.items()) + b">>"}


def _with_entry(found: Dictionary, entry: bytes) -> bytes:
    return found.raw[:-2] + b"\n" + entry + b">>"


def _with_extension(document: Document, added: bytes) -> bytes:
    """Return the catalog with ``added`` and, before PDF 2.0, the sign that PAdES is used (EN 319 142-1 §5.6)."""
    extensions = document.catalog.entries.get(b"Extensions")
    if document.tail.version == b"2.0" or document.catalog.entries.get(b"Version") == b"/2.0":
        return _with_entry(document.catalog, added)
    if extensions is None:
        return _with_entry(document.catalog, added + b"/Extensions<<" + _ESIC + b">>")
    if not extensions.startswith(b"<<"):
        raise Unusual("extensions")
    if b"ESIC" in dictionary(extensions, 0).entries:
        return _with_entry(document.catalog, added)
    entries = {**document.catalog.entries, b"Extensions": extensions[:-2] + _ESIC + b">>"}
    return b"<<" + b"\n".join(b"/%b %b" % entry for entry in entries.items()) + added + b">>"


def _revision(
    document: Document,
    base: int,
    previous: int,
    size: int,
    signature: int,
    body: bytes,
    room: int,
    objects: Mapping[int, bytes],
) -> Revision:
    # A comment or a word at the very end of a file must not run into the first object.
    data = bytearray(b"\n")
    places = {}
    for number, content in objects.items():
        places[number] = base + len(data)
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    places[signature] = base + len(data)
    data += b"%d 0 obj\n%b/ByteRange" % (signature, body)
    ranges = len(data)
    data += b" " * _ROOM + b"/Contents"
    start = len(data)
    data += b"<" + b"0" * (2 * room) + b">"
    gap = Gap(start, len(data))
    data += b">>\nendobj\n"
    section = base + len(data)
    if document.tail.kind == "stream":
        places[size] = section
        size += 1
        _write_stream(data, document, places, size, previous)
    else:
        _write_table(data, document, places, size, previous)
    data += b"startxref\n%d\n%%%%EOF\n" % section
    byte_range = b"[0 %d %d %d]" % (base + gap.start, base + gap.end, len(data) - gap.end)
    data[ranges : ranges + len(byte_range)] = byte_range
    return Revision(base, data, gap, section, size)


def _runs(numbers: Iterable[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _trailer(document: Document, size: int, previous: int) -> bytes:
    """Return the entries of the new trailer: those of the last one, a new second half of /ID (§14.4)."""
    entries = document.tail.trailer.entries
    kept = b"".join(b"/%b %b" % (key, value) for key, value in entries.items() if key not in _OF_THE_SECTION)
    return b"<</Size %d/Prev %d%b/ID%b" % (size, previous, kept, _identifier(entries.get(b"ID")))


def _identifier(old: bytes | None) -> bytes:
    new = b"<" + secrets.token_hex(16).upper().encode() + b">"
    if old is None:
        return b"[" + new + new + b"]"
    halves = _HALVES.fullmatch(old)
    if halves is None:
        raise Unusual("identifier")
    return b"[" + halves[1] + new + b"]"


def _write_table(data: bytearray, document: Document, places: Mapping[int, int], size: int, previous: int) -> None:
    data += b"xref\n0 1\n0000000000 65535 f \n"
    for run in _runs(places):
        data += b"%d %d\n" % (run[0], len(run))
        data += b"".join(b"%010d 00000 n \n" % places[number] for number in run)
    data += b"trailer\n%b>>\n" % _trailer(document, size, previous)


def _write_stream(data: bytearray, document: Document, places: Mapping[int, int], size: int, previous: int) -> None:
    runs = _runs(places)
    rows = b"".join(b"\x01" + places[number].to_bytes(5, "big") for run in runs for number in run)
    index = b" ".join(b"%d %d" % (run[0], len(run)) for run in runs)
    data += b"%d 0 obj\n%b/Type/XRef/W[1 5 0]/Index[%b]/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
        size - 1,
        _trailer(document, size, previous),
        index,
        len(rows),
        rows,
    )
