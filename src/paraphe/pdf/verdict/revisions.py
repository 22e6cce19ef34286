"""The revisions of a PDF as they lie in the file: where each ends, by which cross-reference it is read.

Read from the raw bytes with our own lexer (ISO 32000-2 §7.5.4 to §7.5.8): tables, streams, hybrid and linearized files.
"""

import mmap
import re
import zlib
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

from paraphe.pdf.verdict.tokens import Bytes, Dictionary, Lexer, LexError, Ref, Value

CrossReference = Literal["table", "stream", "hybrid"]
Raw = bytes | mmap.mmap | memoryview
"""The bytes of a whole file: in memory, or a mapped file."""

MAX_SECTIONS = 4096
MAX_ENTRIES = 9_000_000
MAX_DECODED = 256 * 1024 * 1024
SUBSECTION = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10})[ \t]+(\d{1,10})[\0\t\n\f\r ]*")
ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])[\r\n \t]{0,3}")
TRAILER = re.compile(rb"[\0\t\n\f\r ]*trailer")
MARKER = re.compile(rb"startxref[\0\t\n\f\r ]+(\d{1,12})[\0\t\n\f\r ]+%%EOF(?:\r\n|\n|\r)?")
PREDICTOR_NONE, PREDICTOR_PNG = 1, 10


@dataclass(frozen=True)
class Revision:
    """One revision: ``end`` counts from the first byte of the file to behind %%EOF and its end of line."""

    end: int
    startxref: int
    kind: CrossReference
    objects: int
    """How many objects its cross-reference sections define."""


@dataclass
class Section:
    """One cross-reference section: where it stands, what it says of each object number."""

    position: int
    kind: Literal["table", "stream"]
    trailer: Dictionary
    offsets: dict[int, int] = field(default_factory=dict)
    """Object number → where the object begins, from the first byte of the file."""
    packed: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Object number → number of the object stream that holds it, and its index there."""
    freed: set[int] = field(default_factory=set)
    repeated: set[int] = field(default_factory=set)
    """Object numbers that it lists more than once."""
    hybrid: "Section | None" = None

    def numbers(self) -> set[int]:
        """Return the numbers of the objects that it defines, with those of its hybrid part."""
        own = self.offsets.keys() | self.packed.keys()
        return own | self.hybrid.numbers() if self.hybrid else set(own)


@dataclass(frozen=True)
class Marker:
    """``startxref``, a number, ``%%EOF``: the end of a revision, as far as a program wrote it there."""

    position: int
    target: int
    end: int


@dataclass
class Chain:
    """Everything that the cross-references of a file say, newest section first."""

    data: Bytes
    base: int
    """Where offsets count from: 0, or the place of the header in files with something in front of it."""
    sections: list[Section]
    markers: list[Marker]
    broken: bool = False
    """Whether a section could not be read, or the chain runs in a circle."""
    _targets: dict[int, list[Marker]] | None = None

    def offset(self, number: int) -> int | None:
        """Return where object ``number`` begins today; None when it is free, packed or unknown."""
        for section in self.sections:
            parts = [section, section.hybrid] if section.hybrid else [section]
            for one in parts:
                if number in one.offsets:
                    return one.offsets[number]
                if number in one.packed:
                    return None
            if any(number in one.freed for one in parts):
                return None
        return None

    def end_of(self, section: Section) -> int | None:
        """Return the end of the revision that ``section`` closes; None when no marker names it."""
        target = section.position - self.base
        if self._targets is None:
            self._targets = {}
            for one in self.markers:
                self._targets.setdefault(one.target, []).append(one)
        # Later markers that repeat it end nothing: what lies between is not read.
        places = self._targets.get(target, [])
        index = bisect_right(places, section.position, key=lambda one: one.position)
        return places[index].end if index < len(places) else None


def as_bytes(data: Raw) -> Bytes:
    """Return ``data`` in a form that can be searched, copied only when a view is of a part."""
    if isinstance(data, memoryview):
        whole = data.obj
        return whole if isinstance(whole, bytes | mmap.mmap) and len(whole) == data.nbytes else bytes(data)
    return data


def read(data: Raw) -> tuple[Revision, ...]:
    """Return the revisions of ``data``, oldest first; empty where no cross-reference can be followed."""
    return revisions(chain(as_bytes(data)))


def revisions(found: Chain) -> tuple[Revision, ...]:
    """Return the revisions of a chain, oldest first: every section that a marker names, those without one joined."""
    result: list[Revision] = []
    pending = 0
    for section in reversed(found.sections):
        pending += len(section.numbers())
        end = found.end_of(section)
        if end is not None:
            kind: CrossReference = "hybrid" if section.hybrid else section.kind
            result.append(Revision(end, section.position - found.base, kind, pending))
            pending = 0
    return tuple(result)


def chain(data: Bytes) -> Chain:
    """Follow the cross-references of ``data`` from its last marker. What cannot be read ends the chain as broken."""
    markers = list(_markers(data))
    found = Chain(data, 0, [], markers)
    if not markers:
        found.broken = True
        return found
    start = markers[-1].target
    found.base = _base(data, start)
    position: int | None = start + found.base
    seen: set[int] = set()
    entries = 0
    while position is not None:
        if position in seen or len(seen) >= MAX_SECTIONS or entries > MAX_ENTRIES:
            found.broken = True
            break
        seen.add(position)
        try:
            section = _section(data, position, found.base)
        except LexError:
            found.broken = True
            break
        found.sections.append(section)
        entries += len(section.offsets) + len(section.packed) + len(section.freed)
        previous = section.trailer.get("Prev")
        position = int(previous) + found.base if isinstance(previous, int | float) and previous else None
    return found


def _markers(data: Bytes) -> "list[Marker]":
    found = []
    position = data.find(b"startxref")
    while position >= 0:
        marker = MARKER.match(data, position)
        if marker:
            found.append(Marker(position, int(marker[1]), marker.end()))
        position = data.find(b"startxref", position + 9)
    return found


def _base(data: Bytes, start: int) -> int:
    """Return what to add to offsets: 0, unless there is something before the header and only that makes them right."""
    header = data.find(b"%PDF-", 0, 1024)
    if header <= 0 or _looks_like_section(data, start):
        return 0
    return header if _looks_like_section(data, start + header) else 0


def _looks_like_section(data: Bytes, position: int) -> bool:
    return re.compile(rb"xref|\d{1,10}[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+obj").match(data, position) is not None


def _section(data: Bytes, position: int, base: int, *, part: bool = False) -> Section:
    """Return the section at ``position``. Raises LexError."""
    lexer = Lexer(data)
    position = lexer.skip(position) if 0 <= position < len(data) else position
    if data[position : position + 4] == b"xref":
        section = _table(data, lexer, position, base)
        hybrid = section.trailer.get("XRefStm")
        if isinstance(hybrid, int) and not part:
            section.hybrid = _section(data, hybrid + base, base, part=True)
        return section
    return _stream(data, lexer, position, base)


def _table(data: Bytes, lexer: Lexer, position: int, base: int) -> Section:
    section = Section(position, "table", Dictionary(0))
    at = position + 4
    while (head := SUBSECTION.match(data, at)) is not None:
        number, count = int(head[1]), int(head[2])
        at = head.end()
        if count > MAX_ENTRIES:
            raise LexError("too many entries")
        for one in range(number, number + count):
            entry = ENTRY.match(data, at)
            if entry is None:
                raise LexError("no entry")
            at = entry.end()
            _enter(section, one, (1 if entry[3] == b"n" else 0, int(entry[1]), 0), base)
    trailer = TRAILER.match(data, at)
    if trailer is None:
        raise LexError("no trailer")
    value, _ = lexer.value(trailer.end())
    if not isinstance(value, Dictionary):
        raise LexError("no trailer")
    section.trailer = value
    return section


def _enter(section: Section, number: int, entry: tuple[int, int, int], base: int) -> None:
    kind, first, second = entry
    if number in section.offsets or number in section.packed or number in section.freed:
        section.repeated.add(number)
    if kind == 0:
        section.freed.add(number)
    elif kind == 1:
        section.offsets.setdefault(number, first + base)
    elif kind == 2:
        section.packed.setdefault(number, (first, second))


def _stream(data: Bytes, lexer: Lexer, position: int, base: int) -> Section:
    holder = lexer.indirect(position)
    dictionary = holder.value
    if holder.stream is None or not isinstance(dictionary, Dictionary) or dictionary.get("Type") != "XRef":
        raise LexError("no cross-reference")
    section = Section(position, "stream", dictionary)
    widths = dictionary.get("W")
    if not (isinstance(widths, list) and len(widths) >= 3 and all(isinstance(one, int) for one in widths)):
        raise LexError("no widths")
    w0, w1, w2 = (int(one) for one in widths[:3] if isinstance(one, int))
    width = w0 + w1 + w2
    if min(w0, w1, w2) < 0 or max(w0, w1, w2) > 16 or not width:
        raise LexError("bad widths")
    rows = decoded(data, holder.stream, dictionary)
    at = 0
    for first, count in _index(dictionary):
        for number in range(first, first + min(count, (len(rows) - at) // width)):
            kind = int.from_bytes(rows[at : at + w0], "big") if w0 else 1
            one = int.from_bytes(rows[at + w0 : at + w0 + w1], "big")
            two = int.from_bytes(rows[at + w0 + w1 : at + width], "big")
            at += width
            _enter(section, number, (kind, one, two), base)
    return section


def _index(dictionary: Dictionary) -> list[tuple[int, int]]:
    size = dictionary.get("Size")
    index: Value = dictionary.get("Index") or [0, size if isinstance(size, int) else 0]
    if not isinstance(index, list):
        raise LexError("bad index")
    numbers = [one for one in index if isinstance(one, int) and 0 <= one <= MAX_ENTRIES]
    if len(numbers) != len(index) or len(numbers) % 2:
        raise LexError("bad index")
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def decoded(data: Bytes, start: int, dictionary: Dictionary) -> bytes:
    """Return the data of a stream that is plain or deflated, PNG predictors undone. Raises LexError."""
    length = dictionary.get("Length")
    if not isinstance(length, int) or length < 0:
        end = data.find(b"endstream", start)
        length = max(end - start, 0)
    raw = bytes(data[start : start + length])
    filters = dictionary.get("Filter")
    parameters = dictionary.get("DecodeParms")
    if isinstance(filters, list):
        if len(filters) > 1:
            raise LexError("filters")
        parameters = parameters[0] if isinstance(parameters, list) and parameters else parameters
        filters = filters[0] if filters else None
    if filters is None:
        return raw
    if filters not in ("FlateDecode", "Fl") or isinstance(filters, Ref):
        raise LexError("filter")
    try:
        plain = zlib.decompressobj().decompress(raw, MAX_DECODED)
    except zlib.error as error:
        raise LexError("deflate") from error
    return _unpredicted(plain, parameters) if isinstance(parameters, Dictionary) else plain


def _unpredicted(plain: bytes, parameters: Dictionary) -> bytes:
    predictor, columns = parameters.get("Predictor"), parameters.get("Columns")
    predictor = predictor if isinstance(predictor, int) else PREDICTOR_NONE
    if predictor == PREDICTOR_NONE:
        return plain
    colors, bits = parameters.get("Colors") or 1, parameters.get("BitsPerComponent") or 8
    if predictor < PREDICTOR_PNG or (colors, bits) != (1, 8):
        raise LexError("predictor")
    width = columns if isinstance(columns, int) and 0 < columns <= 4096 else 1
    out = bytearray()
    above = bytes(width)
    for at in range(0, len(plain) - width, width + 1):
        above = _row(plain[at], plain[at + 1 : at + 1 + width], above)
        out += above
    return bytes(out)


def _row(kind: int, row: bytes, above: bytes) -> bytes:
    """Undo one PNG filter with one byte a pixel (ISO/IEC 15948 §9.2)."""
    if kind == 0:
        return row
    if kind == 2:
        return bytes((one + up) & 0xFF for one, up in zip(row, above, strict=True))
    out = bytearray()
    left = corner = 0
    for one, up in zip(row, above, strict=True):
        if kind == 1:
            left = one + left
        elif kind == 3:
            left = one + (left + up) // 2
        elif kind == 4:
            left = one + _paeth(left, up, corner)
        else:
            raise LexError("predictor")
        left &= 0xFF
        corner = up
        out.append(left)
    return bytes(out)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))
