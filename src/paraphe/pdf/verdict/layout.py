"""What the layout of a signed file says of its honesty: its later revisions, its end, what is written between."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from paraphe.pdf.values import Finding
from paraphe.pdf.verdict import keys
from paraphe.pdf.verdict.revisions import Chain, Section
from paraphe.pdf.verdict.tokens import HEADER, Bytes, Dictionary, Lexer, LexError, Ref, Value

SPACES = b"\t\n\f\r "
BEFORE_OBJ = re.compile(rb"(?<![0-9])\d{1,10}[\0\t\n\f\r ]{1,8}\d{1,5}[\0\t\n\f\r ]{1,8}\Z")
MAX_ENTRIES = 500_000
LINE = 4096
HEAD = 1 << 20
"""How long the dictionary of a stream may be to be read here."""
MAX_STRAY = 8


@dataclass
class Seen:
    """What was found, by how much it matters."""

    tricks: list[Finding] = field(default_factory=list)
    doubts: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)


def check(
    data: Bytes, found: Chain, *, signed: int, gaps: Sequence[tuple[int, int]], root: tuple[int, int] | None
) -> Seen:
    """Judge a file whose first signed revision ends at ``signed`` and whose signatures lie in ``gaps``."""
    seen = Seen(notes=list(notes(data, found)))
    later = [one for one in found.sections if one.position >= signed]
    streams = _Streams(data, found)
    _entries(data, streams, later, gaps, seen)
    _unlisted(data, found, streams, signed, seen)
    if streams.budget <= 0:
        seen.doubts.append(Finding("layout_too_complex"))
    tricks, said = keys.check(data, found, later, root)
    seen.tricks += tricks
    seen.notes += said
    end = max((one for one in (found.end_of(section) for section in found.sections) if one), default=signed)
    end = max(end, signed)
    if more(data, end):
        seen.doubts.append(Finding("trailing_bytes", params={"offset": str(end)}))
    return seen


def notes(data: Bytes, found: Chain) -> Iterator[Finding]:
    """Yield what is only said: a header that is not at the first byte, a cross-reference that cannot be followed."""
    if data[:5] != b"%PDF-":
        yield Finding("header_not_first")
    if found.broken:
        yield Finding("cross_reference_damaged")


def more(data: Bytes, end: int) -> bool:
    """Tell whether anything but white space follows ``end``."""
    return any(data[at : at + LINE].strip(SPACES) for at in range(end, len(data), LINE))


def stray(data: Bytes, spans: Sequence[tuple[int, int]]) -> Iterator[Finding]:
    """Yield byte ranges that stand outside the signature dictionaries that the form names; at most a few."""
    position, found = data.find(b"/ByteRange"), 0
    while position >= 0 and found < MAX_STRAY:
        if not any(start <= position < end for start, end in spans):
            found += 1
            yield Finding("stray_signature", params={"offset": str(position)})
        position = data.find(b"/ByteRange", position + 1)


def _entries(
    data: Bytes, streams: "_Streams", later: Sequence[Section], gaps: Sequence[tuple[int, int]], seen: Seen
) -> None:
    """Check where the cross-references written after the first signature point to."""
    parts = [part for one in later for part in (one, one.hybrid) if part is not None]
    for part in parts:
        if part.repeated:
            seen.tricks.append(Finding("object_listed_twice", params={"number": str(min(part.repeated))}))
    places = sorted({(place, number) for part in parts for number, place in part.offsets.items()})[:MAX_ENTRIES]
    for place, number in places:
        if any(start <= place < end for start, end in gaps):
            seen.tricks.append(Finding("entry_into_signature", params={"number": str(number)}))
        elif streams.covers(place):
            seen.tricks.append(Finding("entry_into_stream", params={"number": str(number)}))
        elif _in_comment(data, place):
            seen.tricks.append(Finding("entry_into_comment", params={"number": str(number)}))
        else:
            header = HEADER.match(data, _start(data, place)) if place < len(data) else None
            if header is None or int(header[1]) != number:
                seen.doubts.append(Finding("entry_without_object", params={"number": str(number)}))


def _in_comment(data: Bytes, place: int) -> bool:
    """Tell whether ``place`` lies behind a percent sign on its line, as far as one can see without reading it all."""
    line = bytes(data[max(place - LINE, 0) : place])
    line = line[max(line.rfind(b"\n"), line.rfind(b"\r")) + 1 :]
    # Some programs write right behind an end of file that has no end of line.
    return b"%" in line and line.strip(SPACES) != b"%%EOF"


class _Streams:
    """Tells which places lie inside the data of a stream that a cross-reference lists."""

    def __init__(self, data: Bytes, found: Chain) -> None:
        self._data = data
        self._found = found
        parts = [part for one in found.sections for part in (one, one.hybrid) if part is not None]
        self._starts = sorted({place for part in parts for place in part.offsets.values()})
        self._known: dict[int, tuple[int, int]] = {}
        self.budget = 16 * len(data) + 16 * HEAD
        """How many bytes may still be read: files made to be read again and again are not read to their end."""

    def covers(self, place: int) -> bool:
        """Tell whether ``place`` lies inside the data of the stream that begins nearest before it."""
        before = bisect_right(self._starts, place - 1) - 1
        # An object inside a stream is listed, too, when the forger lists it: look behind it as well.
        for index in range(before, max(before - 3, -1), -1):
            start, end = self._extent(self._starts[index])
            if start <= place < end:
                return True
        return False

    def listed(self, place: int) -> bool:
        """Tell whether an object that a cross-reference lists begins at ``place``."""
        index = bisect_right(self._starts, place) - 1
        return index >= 0 and (self._starts[index] == place or _start(self._data, self._starts[index]) == place)

    def _extent(self, start: int) -> tuple[int, int]:
        if start not in self._known:
            self._known[start] = self._read(start) if self.budget > 0 else (start, start)
        return self._known[start]

    def _read(self, start: int) -> tuple[int, int]:
        """Return from where to where the data of the stream object at ``start`` lie; nothing for another object."""
        lexer = Lexer(self._data, start + HEAD)
        try:
            holder = lexer.indirect(_start(self._data, start))
        except LexError:
            return start, start
        finally:
            self.budget -= max(lexer.furthest - start, 1)
        if holder.stream is None or not isinstance(holder.value, Dictionary):
            return start, start
        length = holder.value.get("Length")
        if isinstance(length, Ref):
            length = _plain_number(self._data, self._found.offset(length.number))
        if isinstance(length, int) and length >= 0 and _ends(self._data, holder.stream + length):
            return holder.stream, holder.stream + length
        end = self._data.find(b"endstream", holder.stream)
        end = end if end >= 0 else len(self._data)
        self.budget -= end - holder.stream
        return holder.stream, end


def _start(data: Bytes, place: int) -> int:
    """Return where the object begins that a cross-reference puts at ``place``: white space may stand before it."""
    return Lexer(data, place + LINE).skip(place)


def _ends(data: Bytes, place: int) -> bool:
    return data.find(b"endstream", place, place + 16) >= 0


def _plain_number(data: Bytes, place: int | None) -> Value:
    try:
        return Lexer(data, place + LINE).indirect(place).value if place is not None else None
    except LexError:
        return None


def _unlisted(data: Bytes, found: Chain, streams: "_Streams", signed: int, seen: Seen) -> None:
    """Find objects after the first signature that no cross-reference lists: readers that repair would read them."""
    sections = {section.position for section in found.sections}
    for start in _objects(data, signed):
        if start in sections or streams.listed(start) or streams.covers(start) or _in_comment(data, start):
            continue
        seen.doubts.append(Finding("unlisted_object", params={"offset": str(start)}))
        return


def _objects(data: Bytes, position: int) -> Iterator[int]:
    """Yield the places behind ``position`` where something looks like the head of an object."""
    for _ in range(MAX_ENTRIES):
        word = data.find(b"obj", position)
        if word < 0:
            return
        position = word + 3
        window = max(word - 32, 0)
        head = BEFORE_OBJ.search(bytes(data[window:word]))
        if head is not None:
            yield window + head.start()
