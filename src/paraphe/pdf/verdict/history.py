"""The objects of a file as they were in each of its revisions, read once, and whether two of them are the same."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.verdict.tokens import GAP, Bytes, Lexer, LexError

Ref = tuple[int, int]
"""Object number and generation."""
Thing = generic.PdfObject | None

MAX_HOPS = 16
WHOLE = 64 * 1024
CODING = frozenset({"/Length", "/Filter", "/DecodeParms", "/DL"})


class History:
    """Every revision of the file that ``reader`` reads, numbered from 0 as its cross-reference sections are."""

    def __init__(self, reader: PdfFileReader) -> None:
        self.reader = reader
        self.count = int(reader.xrefs.total_revisions)
        self._read: dict[tuple[Ref, Any], Thing] = {}
        self.unreadable: set[Ref] = set()
        """Objects that are there and could not be read: another reader might read them."""
        self._numbers: dict[int, set[int]] | None = None
        self._sections: dict[int, list[int]] | None = None
        self._markers: dict[Ref, tuple[list[int], list[Any]]] = {}
        self._containers: list[set[int]] = []

    def marker(self, ref: Ref, revision: int) -> Any:
        """Return where object ``ref`` lies in ``revision``; None where it is free or was never there."""
        if ref not in self._markers:
            self._markers[ref] = self._all_markers(ref)
        revisions, markers = self._markers[ref]
        place = bisect_right(revisions, revision)
        return markers[place - 1] if place else None

    def place(self, revision: int) -> int:
        """Return where the cross-reference section of ``revision`` begins in the file."""
        return int(self.reader.xrefs.get_xref_container_info(revision).start_location)

    def _all_markers(self, ref: Ref) -> tuple[list[int], list[Any]]:
        """Return the revisions that say something of ``ref``, in order, and where each says that it lies."""
        revisions: list[int] = []
        markers: list[Any] = []
        for revision in self._saying(ref[0]):
            with suppress(KeyError):
                markers.append(self.reader.xrefs.get_xref_data(revision).try_resolve(self._reference(ref)))
                revisions.append(revision)
        return revisions, markers

    def _saying(self, number: int) -> Sequence[int]:
        """Return the revisions whose section has an entry for object ``number``: few of many."""
        if self._sections is None:
            self._sections = {}
            for revision in range(self.count):
                section = self.reader.xrefs.get_xref_data(revision)
                parts = [section, section.hybrid.xref_data] if section.hybrid is not None else [section]
                held = {one for part in parts for one in (*part.standard_xrefs, *part.xrefs_in_objstm, *part.freed)}
                for one in held:
                    self._sections.setdefault(one, []).append(revision)
        return self._sections.get(number, ())

    def get(self, ref: Ref, revision: int) -> Thing:
        """Return object ``ref`` as it was in ``revision``; None for none, for null, for what cannot be read."""
        marker = self.marker(ref, revision)
        if marker is None:
            return None
        key = (ref, marker)
        if key not in self._read:
            self._read[key] = self._load(ref, revision)
        return self._read[key]

    def _load(self, ref: Ref, revision: int) -> Thing:
        try:
            current = self.marker(ref, revision) == self.marker(ref, self.count - 1)
            found = self.reader.get_object(self._reference(ref), None if current else revision)
        except (PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError):
            self.unreadable.add(ref)
            return None
        return None if isinstance(found, generic.NullObject) else found

    def resolve(self, value: Thing, revision: int) -> Thing:
        """Return ``value``, references followed as of ``revision``."""
        for _ in range(MAX_HOPS):
            if not isinstance(value, generic.IndirectObject):
                return None if isinstance(value, generic.NullObject) else value
            value = self.get(ref_of(value), revision)
        return None

    def look(self, holder: Thing, key: str, revision: int) -> Thing:
        """Return the entry ``key`` of a dictionary, references followed as of ``revision``; None for none."""
        return self.resolve(raw(holder, key), revision)

    def listed(self, holder: Thing, key: str, revision: int) -> list[Thing]:
        """Return the items of the array under ``key``, references not followed; empty for no array."""
        found = self.look(holder, key, revision)
        return raw_items(found)

    def touched(self, revision: int) -> set[Ref]:
        """Return the objects that ``revision`` writes or frees."""
        xrefs = self.reader.xrefs
        found = xrefs.explicit_refs_in_revision(revision) | xrefs.refs_freed_in_revision(revision)
        return {(one.idnum, one.generation) for one in found}

    def generations(self, number: int, revision: int) -> set[int]:
        """Return the generations under which object ``number`` can be read in ``revision``."""
        known = {generation for generation in self._generations().get(number, ()) if generation >= 0}
        return {one for one in known if self.marker((number, one), revision) is not None}

    def _generations(self) -> dict[int, set[int]]:
        if self._numbers is None:
            self._numbers = {}
            for revision in range(self.count):
                for number, generation in self.touched(revision):
                    self._numbers.setdefault(number, set()).add(generation)
        return self._numbers

    def containers(self, revision: int) -> set[int]:
        """Return the numbers of the object streams that hold objects in ``revision`` or before."""
        for number in range(len(self._containers), revision + 1):
            before = self._containers[-1] if self._containers else set()
            used = {one.idnum for one in self.reader.xrefs.object_streams_used_in(number)}
            self._containers.append(before | used if used - before else before)
        return self._containers[revision] if revision >= 0 else set()

    def trailer(self, revision: int) -> generic.DictionaryObject:
        """Return the trailer as of ``revision``."""
        return self.reader.get_historical_resolver(revision).trailer_view

    def mentions(self, refs: Iterable[Ref], data: Bytes, revision: int) -> Counter[int]:
        """Count how often objects up to ``revision`` refer to each of ``refs``: never too few, perhaps too many."""
        wanted = {number for number, _ in refs}
        if not wanted:
            return Counter()
        pattern = _pattern(b"|".join(b"%d" % number for number in sorted(wanted)))
        found: Counter[int] = Counter()
        for start, end in self._texts(data, revision):
            found.update(int(number) for number in pattern.findall(data, start, end))
        for number in self.containers(revision):
            container = self.get((number, 0), revision)
            if isinstance(container, generic.StreamObject):
                found.update(int(number) for number in pattern.findall(container.data))
        return found

    def _texts(self, data: Bytes, revision: int) -> Iterator[tuple[int, int]]:
        """Yield the parts of the file up to ``revision`` where references can stand: not the data of long streams."""
        places: set[int] = set()
        for number in range(revision + 1):
            places |= self._places(number)
        starts = sorted(place for place in places if 0 <= place < len(data))
        begin = starts[0] if starts else 0
        for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
            if end - start > WHOLE:
                yield begin, _text_end(data, start, end)
                begin = end
        yield begin, len(data)

    def _places(self, revision: int) -> set[int]:
        section = self.reader.xrefs.get_xref_data(revision)
        parts = [section, section.hybrid.xref_data] if section.hybrid is not None else [section]
        found = {int(self.reader.xrefs.get_xref_container_info(revision).start_location)}
        for part in parts:
            found |= {int(place) for _, place in part.standard_xrefs.values()}
        return found

    def _reference(self, ref: Ref) -> generic.Reference:
        return generic.Reference(ref[0], ref[1], pdf=self.reader)


def whole(reader: PdfFileReader) -> bytes:
    """Return the bytes that ``reader`` reads."""
    stream = reader.stream
    if isinstance(stream, BytesIO):
        return stream.getvalue()
    place = stream.tell()
    stream.seek(0)
    data = bytes(stream.read())
    stream.seek(place)
    return data


def _pattern(numbers: bytes) -> "re.Pattern[bytes]":
    return re.compile(rb"(?<![0-9])0*(" + numbers + rb")" + GAP + rb"\d{1,5}" + GAP + rb"R")


def _text_end(data: Bytes, start: int, end: int) -> int:
    """Return where the data of a stream at ``start`` begin, ``end`` when it is none or cannot be read."""
    try:
        holder = Lexer(data, end).indirect(Lexer(data).skip(start))
    except LexError:
        return end
    return holder.stream if holder.stream is not None else end


def ref_of(value: generic.IndirectObject) -> Ref:
    """Return number and generation."""
    return int(value.idnum), int(value.generation)


def raw(holder: Thing, key: str) -> Thing:
    """Return the entry ``key`` of a dictionary, a reference not followed; None where there is none."""
    if not isinstance(holder, generic.DictionaryObject) or key not in holder:
        return None
    found = _entry(holder, generic.NameObject(key))
    return None if isinstance(found, generic.NullObject) else found


def _entry(holder: generic.DictionaryObject | generic.ArrayObject, key: Any) -> Thing:
    """Return an entry decrypted; as it stands where it is not encrypted (/Contents, ISO 32000-2 §7.6.2)."""
    found: Thing
    try:
        found = holder.raw_get(key)
    except (PdfError, ValueError):
        found = holder.raw_get(key, generic.EncryptedObjAccess.RAW)
    return found


def raw_items(array: Thing) -> list[Thing]:
    """Return the items of ``array``, references not followed; empty for no array."""
    return [_entry(array, one) for one in range(len(array))] if isinstance(array, generic.ArrayObject) else []


def keys_of(holder: Thing) -> set[str]:
    """Return the keys of a dictionary that have a value."""
    return {str(key) for key in holder if raw(holder, key) is not None} if isinstance(holder, dict) else set()


def changed_keys(old: Thing, new: Thing) -> set[str]:
    """Return the keys whose entries differ, references compared as references."""
    return {key for key in keys_of(old) | keys_of(new) if not same(raw(old, key), raw(new, key))}


def same(old: Thing, new: Thing) -> bool:  # noqa: PLR0911 - one line for each kind of object
    """Tell whether two objects are equal, references compared as references, streams by what they decode to."""
    if old is None or new is None:
        return old is new
    if isinstance(old, generic.IndirectObject) and isinstance(new, generic.IndirectObject):
        return ref_of(old) == ref_of(new)
    if isinstance(old, generic.StreamObject) or isinstance(new, generic.StreamObject):
        return (
            isinstance(old, generic.StreamObject) and isinstance(new, generic.StreamObject) and _same_stream(old, new)
        )
    if isinstance(old, generic.DictionaryObject) and isinstance(new, generic.DictionaryObject):
        return not changed_keys(old, new)
    if isinstance(old, generic.ArrayObject) and isinstance(new, generic.ArrayObject):
        pairs = zip(raw_items(old), raw_items(new), strict=False)
        return len(old) == len(new) and all(same(one, two) for one, two in pairs)
    if isinstance(old, generic.TextStringObject) and isinstance(new, generic.TextStringObject):
        # Programs that write an object anew choose another encoding of the same text.
        return str(old) == str(new)
    strings = (generic.TextStringObject, generic.ByteStringObject)
    if isinstance(old, strings) and isinstance(new, strings):
        return bool(old.original_bytes == new.original_bytes)
    numbers = (generic.NumberObject, generic.FloatObject)
    if isinstance(old, numbers) and isinstance(new, numbers):
        return float(old) == float(new)
    return type(old) is type(new) and bool(old == new)


def _same_stream(old: generic.StreamObject, new: generic.StreamObject) -> bool:
    differing = changed_keys(old, new)
    if old.encoded_data == new.encoded_data:
        return not differing - {"/Length"}
    if differing - CODING:
        return False
    try:
        return bool(old.data == new.data)
    except (PdfError, ValueError, TypeError, KeyError, RuntimeError):
        return False
