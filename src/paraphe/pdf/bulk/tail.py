"""Finding objects by the cross-reference at the end of a PDF: tables and streams, as plain programs write them.

ISO 32000-2 §7.5.4, §7.5.5, §7.5.7, §7.5.8. Every section of the chain is checked as a whole, cheaply, before one entry
of it is believed; entries are read one by one where they lie. Hybrid files, mixed chains, encryption and everything
that a reader would have to repair are ``Unusual``.
"""

import re
import zlib
from dataclasses import dataclass, field
from typing import Literal

from paraphe.pdf.bulk.syntax import SPACES, Buffer, Dictionary, Unusual, W, dictionary, integer

SectionKind = Literal["table", "stream"]

END = 2048
"""Bytes at the end of the file in which ``startxref`` must be."""
MOST_SECTIONS = 32
MOST_OBJECTS = 8_388_607
LARGEST_STREAM = 1 << 24
"""Bytes that a cross-reference or object stream may have when decompressed."""

_HEADER = re.compile(rb"%PDF-(1\.[3-7]|2\.0)[\r\n \t]")
_END = re.compile(rb"startxref" + W + rb"++([0-9]{1,15})" + W + rb"++%%EOF" + W + rb"*+\Z")
_TABLE = re.compile(rb"xref[ \t]*+[\r\n]" + W + rb"*+")
_SUBSECTION = re.compile(rb"([0-9]{1,10}) ([0-9]{1,10})[ ]*+(?:\r\n|\n|\r)")
_TRAILER = re.compile(W + rb"*+trailer")
_ENTRY = re.compile(rb"([0-9]{10}) ([0-9]{5}) ([nf])(?: \n| \r|\r\n)")
_OBJECT = re.compile(rb"([0-9]{1,10})" + W + rb"++([0-9]{1,5})" + W + rb"++obj(?![A-Za-z0-9])")
_ENDOBJ = re.compile(W + rb"*+endobj(?![A-Za-z0-9])")
_STREAM = re.compile(W + rb"*+stream\r?\n")
_ENDSTREAM = re.compile(rb"(?:\r\n|\n|\r)?+endstream" + W + rb"++endobj(?![A-Za-z0-9])")
_ARRAY = re.compile(W + rb"*+(\[[0-9 R\r\n\t]*+\])")
_WIDTHS = re.compile(rb"\[" + W + rb"*+([0-4])" + W + rb"++([1-8])" + W + rb"++([0-4])" + W + rb"*+\]")
_NUMBERS = re.compile(rb"\[[0-9\t\n\r ]*+\]")
_DIGITS = b"0123456789"


@dataclass(frozen=True, slots=True)
class Table:
    """The subsections of one cross-reference table: first number, count, place of the first entry of 20 bytes."""

    data: Buffer
    subsections: tuple[tuple[int, int, int], ...]

    def find(self, number: int) -> tuple[int, int] | None:
        """Return (offset, -1) of an object in use, None when this section does not speak of it."""
        for first, count, place in self.subsections:
            if first <= number < first + count:
                entry = _ENTRY.match(self.data, place + 20 * (number - first))
                if entry is None or entry[3] != b"n" or int(entry[2]):
                    raise Unusual("entry of the table")
                return int(entry[1]), -1
        return None


@dataclass(frozen=True, slots=True)
class Stream:
    """The entries of one cross-reference stream, decompressed; ``up`` when each row is told by its difference."""

    rows: bytes
    widths: tuple[int, int, int]
    index: tuple[tuple[int, int], ...]
    up: bool

    def find(self, number: int) -> tuple[int, int] | None:
        """Return (offset, -1) or (object stream, index in it), None when this section does not speak of it."""
        before = 0
        for first, count in self.index:
            if first <= number < first + count:
                return self._row(before + number - first)
            before += count
        return None

    def _row(self, row: int) -> tuple[int, int]:
        kind_width, middle, last = self.widths
        length = kind_width + middle + last
        if self.up:
            # PNG "up": a byte is the sum of all differences above it, modulo 256 (ISO 15948 §9.2).
            stride = length + 1
            end = row * stride + stride
            entry = bytes(sum(self.rows[column:end:stride]) & 255 for column in range(1, stride))
        else:
            entry = self.rows[row * length : row * length + length]
        kind = int.from_bytes(entry[:kind_width], "big") if kind_width else 1
        second = int.from_bytes(entry[kind_width : kind_width + middle], "big")
        third = int.from_bytes(entry[kind_width + middle :], "big")
        if kind == 1 and third == 0:
            return second, -1
        if kind == 2:
            return second, third
        raise Unusual("entry of the stream")


@dataclass(frozen=True, slots=True)
class Tail:
    """What the end of a file says: its newest trailer, the kind and place of its newest section, all sections."""

    data: Buffer
    version: bytes
    start: int
    kind: SectionKind
    trailer: Dictionary
    size: int
    sections: tuple[Table | Stream, ...]
    _packed: dict[int, tuple[bytes, list[int], int]] = field(default_factory=dict)

    def place(self, number: int) -> tuple[int, int]:
        """Return where the object lies: (offset, -1), or (object stream, index). Raises Unusual."""
        for section in self.sections:
            found = section.find(number)
            if found is not None:
                return found
        raise Unusual("object missing")

    def value(self, number: int) -> tuple[Buffer, int]:
        """Return the bytes that hold the value of the object, and where in them. Raises Unusual."""
        offset, index = self.place(number)
        if index >= 0:
            return self._unpacked(offset, index, number)
        head = _OBJECT.match(self.data, offset)
        if head is None or int(head[1]) != number or int(head[2]):
            raise Unusual("object")
        return self.data, head.end()

    def dictionary(self, number: int) -> Dictionary:
        """Return the object, a dictionary and no stream. Raises Unusual."""
        data, place = self.value(number)
        found = dictionary(data, place)
        if data is self.data:
            if _ENDOBJ.match(data, found.end) is None:
                raise Unusual("end of object")
        elif SPACES.fullmatch(data, found.end) is None:
            raise Unusual("end of packed object")
        return found

    def array(self, number: int) -> bytes:
        """Return the object, an array of references. Raises Unusual."""
        data, place = self.value(number)
        found = _ARRAY.match(data, place)
        if found is None or (data is self.data and _ENDOBJ.match(data, found.end()) is None):
            raise Unusual("array")
        return found[1]

    def check(self, number: int) -> None:
        """See that the object is there. Raises Unusual."""
        self.value(number)

    def _unpacked(self, holder: int, index: int, number: int) -> tuple[bytes, int]:
        if holder not in self._packed:
            self._packed[holder] = self._unpack(holder)
        content, header, first = self._packed[holder]
        if 2 * index + 1 >= len(header) or header[2 * index] != number:
            raise Unusual("object stream")
        end = header[2 * index + 3] if 2 * index + 3 < len(header) else len(content) - first
        begin = first + header[2 * index + 1]
        return content[begin : first + end], 0

    def _unpack(self, holder: int) -> tuple[bytes, list[int], int]:
        offset, index = self.place(holder)
        if index != -1:
            raise Unusual("object stream")
        number, found, content = stream_at(self.data, offset)
        count, first = found.integer(b"N"), found.integer(b"First")
        if number != holder or found.entries.get(b"Type") != b"/ObjStm" or b"DecodeParms" in found.entries:
            raise Unusual("object stream")
        try:
            header = [int(one) for one in content[:first].split()]
        except ValueError:
            raise Unusual("object stream") from None
        if len(header) != 2 * count or first > len(content):
            raise Unusual("object stream")
        return content, header, first


def last_section(data: Buffer, end: int) -> int:
    """Return where the newest section begins, as said at the end of the first ``end`` bytes. Raises Unusual."""
    found = _END.search(data, max(0, data.rfind(b"startxref", max(0, end - END), end)), end)
    if found is None:
        raise Unusual("end")
    return int(found[1])


def read_tail(data: Buffer, *, since: int = -1) -> Tail:
    """Return what the end of ``data`` says, down to the section at ``since``, which is left out. Raises Unusual.

    With ``since``, the section there must be reached.
    """
    header = _HEADER.match(data)
    if header is None:
        raise Unusual("header")
    start = place = last_section(data, len(data))
    sections: list[Table | Stream] = []
    trailers: list[Dictionary] = []
    seen: set[int] = set()
    while place != since:
        if place < 0 or place in seen or len(seen) == MOST_SECTIONS or place >= len(data):
            raise Unusual("chain")
        seen.add(place)
        section, trailer = _section(data, place)
        sections.append(section)
        trailers.append(trailer)
        place = trailer.integer(b"Prev") if b"Prev" in trailer.entries else -1
    newest = trailers[0]
    if len({type(one) for one in sections}) != 1:
        raise Unusual("mixed chain")
    size = newest.integer(b"Size")
    if not 1 <= size <= MOST_OBJECTS or any(one.integer(b"Size") > size for one in trailers):
        raise Unusual("size")
    kind: SectionKind = "table" if isinstance(sections[0], Table) else "stream"
    return Tail(data, header[1], start, kind, newest, size, tuple(sections))


def _section(data: Buffer, place: int) -> tuple[Table | Stream, Dictionary]:
    begun = _TABLE.match(data, place)
    section, trailer = _stream(data, place) if begun is None else _table(data, begun.end())
    if any(key in trailer.entries for key in (b"Encrypt", b"XRefStm")):
        raise Unusual("trailer")
    return section, trailer


def _table(data: Buffer, place: int) -> tuple[Table, Dictionary]:
    subsections = []
    while (head := _SUBSECTION.match(data, place)) is not None:
        first, count = int(head[1]), int(head[2])
        block = data[head.end() : head.end() + 20 * count]
        # Without its digits every entry is the same few bytes: one look at all of them together.
        bones = block.translate(None, _DIGITS).replace(b"f", b"n")
        if bones not in (b"  n \n" * count, b"  n\r\n" * count, b"  n \r" * count):
            raise Unusual("table")
        subsections.append((first, count, head.end()))
        place = head.end() + 20 * count
    begun = _TRAILER.match(data, place)
    if begun is None or not subsections:
        raise Unusual("table")
    trailer = dictionary(data, begun.end())
    size = trailer.integer(b"Size")
    if any(first + count > size for first, count, _ in subsections):
        raise Unusual("size")
    return Table(data, tuple(subsections)), trailer


def _stream(data: Buffer, place: int) -> tuple[Stream, Dictionary]:
    _, found, content = stream_at(data, place)
    widths = _WIDTHS.fullmatch(found.entries.get(b"W", b""))
    if found.entries.get(b"Type") != b"/XRef" or widths is None:
        raise Unusual("cross-reference stream")
    sizes = (int(widths[1]), int(widths[2]), int(widths[3]))
    size = found.integer(b"Size")
    raw = found.entries.get(b"Index", b"[0 %d]" % size)
    if _NUMBERS.fullmatch(raw) is None:
        raise Unusual("index")
    numbers = [int(one) for one in raw[1:-1].split()]
    index = tuple(zip(numbers[::2], numbers[1::2], strict=False))
    count = sum(one for _, one in index)
    if len(numbers) % 2 or any(first + one > size for first, one in index):
        raise Unusual("index")
    up = _predicted(found.entries.get(b"DecodeParms"), sum(sizes), content, count)
    if len(content) != count * (sum(sizes) + up):
        raise Unusual("cross-reference stream")
    return Stream(content, sizes, index, up), found


def _predicted(parameters: bytes | None, columns: int, content: bytes, count: int) -> bool:
    """Tell whether the rows are differences from the row above. Raises Unusual for any other predictor."""
    if parameters is None:
        return False
    found = dictionary(parameters, 0)
    if integer(found.entries.get(b"Predictor", b"1")) == 1:
        return False
    if not 10 <= found.integer(b"Predictor") <= 15 or found.integer(b"Columns") != columns:
        raise Unusual("predictor")
    if set(found.entries) - {b"Predictor", b"Columns"} or content[:: columns + 1] != b"\x02" * count:
        raise Unusual("predictor")
    return True


def stream_at(data: Buffer, offset: int) -> tuple[int, Dictionary, bytes]:
    """Return number, dictionary and decompressed content of the stream at ``offset``. Raises Unusual."""
    head = _OBJECT.match(data, offset)
    if head is None or int(head[2]):
        raise Unusual("stream")
    found = dictionary(data, head.end())
    begun = _STREAM.match(data, found.end)
    length = found.integer(b"Length")
    if begun is None or _ENDSTREAM.match(data, begun.end() + length) is None:
        raise Unusual("stream")
    content = data[begun.end() : begun.end() + length]
    coding = found.entries.get(b"Filter")
    if coding is None:
        return int(head[1]), found, content
    if coding.strip(b"[ ]") != b"/FlateDecode":
        raise Unusual("filter")
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(content, LARGEST_STREAM)
    except zlib.error:
        raise Unusual("compression") from None
    if not reader.eof:
        raise Unusual("compression")
    return int(head[1]), found, content
