"""What attacks on the bytes of a signed PDF are recognised by: where the signature lies and what it leaves out.

Works on the raw bytes with an own strict lexer, so that a forger has to deceive two readers that share nothing.
``tricks`` are what no honest program writes (FORMAT_FAILURE); ``doubts`` are what nobody answers for
(SIG_CONSTRAINTS_FAILURE); ``notes`` are only said. The classes of attack are those of Mladenov et al. 2019
(signature forgery, incremental saving, signature wrapping); the rules those of ISO 32000-2 §12.8.1 and
ETSI EN 319 142-1 §5.2.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.opening import look
from paraphe.pdf.values import Coverage, Finding
from paraphe.pdf.verdict import keys, layout
from paraphe.pdf.verdict.contents import Contents, examine
from paraphe.pdf.verdict.revisions import Chain, Marker, Raw, Revision, Section, as_bytes, chain, revisions
from paraphe.pdf.verdict.tokens import HEADER, Bytes, Dictionary, Indirect, Lexer, LexError, Name, String, Value

MAX_FIELDS, MAX_DEPTH, MAX_SIGNATURES = 20_000, 32, 2500
HUGE = 1 << 40
NOTHING = Contents(b"", "unreadable", padded_with_zeros=False)
SHAPES = {
    "adbe.pkcs7.detached": "detached",
    "ETSI.CAdES.detached": "detached",
    "adbe.pkcs7.sha1": "attached",
    "adbe.x509.rsa_sha1": "octets",
    "ETSI.RFC3161": "timestamp",
}
"""What /Contents must hold for each /SubFilter (ISO 32000-2 table 255, ETSI EN 319 142-1 §5.4.3)."""


@dataclass(frozen=True)
class Located:
    """A signature dictionary as the form names it: the field, the object, where its bytes begin (``n g obj``).

    ``offset`` is None where the object lies in an object stream or nowhere; ``number`` is 0 where it is no object.
    """

    field: str
    number: int
    generation: int
    offset: int | None


@dataclass(frozen=True)
class SignatureStructure:
    """What the bytes say of one signature."""

    located: Located
    byte_range: tuple[int, int, int, int] | None
    """None where it is not four numbers."""
    coverage: Coverage
    """``document``: to the last byte of the file; ``revision``: to the end of an earlier revision; else ``none``."""
    end: int
    """Bytes from the beginning of the file to the end of the signed revision; 0 when coverage is ``none``."""
    revision: int
    """Which revision that is, from 1; 0 for none."""
    contents: bytes
    """The DER in /Contents without its padding; empty where it cannot be read."""
    tricks: tuple[Finding, ...] = ()
    doubts: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class StructureResult:
    """What the bytes say of the file; ``signatures`` in the order in which they were asked for."""

    signatures: tuple[SignatureStructure, ...]
    revisions: tuple[Revision, ...]
    tricks: tuple[Finding, ...] = ()
    doubts: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


def locate(reader: PdfFileReader) -> tuple[Located, ...]:
    """Return every signature field that has a value, in the order of the form, with where its value lies.

    A value that is no dictionary counts: whoever empties a signature must not make it disappear.
    """
    form = look(reader.root, "/AcroForm")
    found: list[Located] = []
    waiting = [(one, "", "", 0) for one in _children(look(form, "/Fields"))]
    seen: set[tuple[int, int]] = set()
    while waiting and len(seen) < MAX_FIELDS:
        raw, above, kind, depth = waiting.pop(0)
        if isinstance(raw, generic.IndirectObject):
            if (raw.idnum, raw.generation) in seen:
                continue
            seen.add((raw.idnum, raw.generation))
        node = raw.get_object()
        if not isinstance(node, generic.DictionaryObject) or depth > MAX_DEPTH:
            continue
        name = ".".join(one for one in (above, str(look(node, "/T") or "")) if one)
        kind = str(look(node, "/FT") or kind)
        if kind == "/Sig" and "/V" in node and look(node, "/V") is not None:
            found.append(_located(reader, name, node.raw_get("/V")))
        waiting += [(one, name, kind, depth + 1) for one in _children(look(node, "/Kids"))]
    return tuple(found)


def _children(array: object) -> list[generic.PdfObject]:
    return [array.raw_get(one) for one in range(len(array))] if isinstance(array, generic.ArrayObject) else []


def _located(reader: PdfFileReader, name: str, raw: generic.PdfObject) -> Located:
    if not isinstance(raw, generic.IndirectObject):
        return Located(name, 0, 0, None)
    place = reader.xrefs[raw.reference]
    return Located(name, raw.idnum, raw.generation, place if isinstance(place, int) else None)


def check(data: Raw, located: Sequence[Located], root: tuple[int, int] | None = None) -> StructureResult:
    """Judge the bytes around every signature of ``located``, and the file. Never raises for bytes from outside.

    ``root`` is number and generation of the catalog that the caller's reader uses: it must be ours.
    """
    whole = as_bytes(data)
    found = chain(whole)
    order = revisions(found)
    drafts = [_judge(whole, found, order, one) for one in located[:MAX_SIGNATURES]]
    drafts += [_Draft(one, tricks=[Finding("too_many_signatures")]) for one in located[MAX_SIGNATURES:]]
    _compare(drafts)
    stray = tuple(layout.stray(whole, [one.span for one in drafts]))
    if not located:
        return StructureResult((), order, notes=(*layout.notes(whole, found), *stray))
    ends = [one.end for one in drafts if one.end]
    gaps = [one.gap for one in drafts if one.gap]
    seen = layout.check(whole, found, signed=min(ends, default=len(whole)), gaps=gaps, root=root)
    return StructureResult(
        tuple(one.done() for one in drafts), order, tuple(seen.tricks), tuple(seen.doubts), (*seen.notes, *stray)
    )


@dataclass
class _Draft:
    """One signature while it is judged."""

    located: Located
    byte_range: tuple[int, int, int, int] | None = None
    coverage: Coverage = "none"
    end: int = 0
    revision: int = 0
    gap: tuple[int, int] | None = None
    contents: Contents = NOTHING
    span: tuple[int, int] = (0, 0)
    tricks: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def trick(self, code: str, **params: str) -> None:
        """Add a finding that no honest program explains."""
        self.tricks.append(Finding(code, params=params))

    def done(self) -> SignatureStructure:
        """Return the result: with a trick, nothing counts as covered."""
        result = SignatureStructure(
            self.located,
            self.byte_range,
            self.coverage,
            self.end,
            self.revision,
            self.contents.der,
            tuple(self.tricks),
            (),
            tuple(self.notes),
        )
        return replace(result, coverage="none", end=0, revision=0) if self.tricks else result


def _judge(data: Bytes, found: Chain, order: tuple[Revision, ...], located: Located) -> _Draft:
    draft = _Draft(located)
    holder = _holder(data, found, draft)
    if holder is None:
        return draft
    dictionary = holder.value
    if not isinstance(dictionary, Dictionary):
        draft.trick("signature_unreadable")
        return draft
    for key in keys.doubled(dictionary):
        draft.trick("duplicate_keys", key=key)
    _contents(draft, dictionary)
    _byte_range(draft, dictionary, len(data))
    _kind(draft, dictionary)
    if draft.byte_range is not None and not draft.tricks:
        _end(data, found, order, draft)
    return draft


def _holder(data: Bytes, found: Chain, draft: _Draft) -> Indirect | None:
    """Return the object of the signature dictionary; None, with the trick named, where it is not where it must be."""
    located = draft.located
    if located.offset is None:
        draft.trick("signature_misplaced")
        return None
    lexer = Lexer(data)
    offset = lexer.skip(located.offset)
    if found.base and HEADER.match(data, offset) is None:
        offset = lexer.skip(located.offset + found.base)
    own = found.offset(located.number)
    if not found.broken and (own is None or lexer.skip(own) != offset):
        draft.trick("two_readings", number=str(located.number))
    try:
        holder = lexer.indirect(offset)
    except LexError as error:
        draft.trick("signature_unreadable", reason=str(error))
        return None
    if (holder.number, holder.generation) != (located.number, located.generation):
        draft.trick("signature_misplaced")
        return None
    draft.span = (holder.start, holder.end)
    return holder


def _contents(draft: _Draft, dictionary: Dictionary) -> None:
    value = dictionary.get("Contents")
    if not isinstance(value, String) or not value.value.strip(b"\0"):
        draft.trick("contents_missing")
        return
    if not value.hexadecimal:
        draft.trick("contents_not_hexadecimal")
        return
    draft.gap = (value.start, value.end)
    draft.contents = examine(value.value)
    if draft.contents.shape == "unreadable":
        draft.trick("contents_unreadable")
    elif not draft.contents.padded_with_zeros:
        draft.trick("contents_padding")
    if value.end - value.start != 2 * len(value.value) + 2:
        draft.notes.append(Finding("contents_spaced"))


def _byte_range(draft: _Draft, dictionary: Dictionary, size: int) -> None:
    """Check that the byte range leaves out nothing but /Contents with its brackets (EN 319 142-1 §5.2, ISO §12.8.1)."""
    numbers = _four(dictionary.get("ByteRange"))
    if numbers is None:
        draft.trick("byte_range_shape")
        return
    draft.byte_range = numbers
    first, before, second, after = numbers
    if max(numbers) >= HUGE:
        draft.trick("byte_range_huge")
    elif first != 0:
        draft.trick("byte_range_start")
    elif second < before:
        draft.trick("byte_range_overlap")
    elif second + after > size:
        draft.trick("byte_range_beyond")
    elif draft.gap is not None and (before, second) != draft.gap:
        draft.trick("byte_range_gap")


def _four(value: Value) -> tuple[int, int, int, int] | None:
    if not isinstance(value, list) or len(value) != 4:
        return None
    numbers = [one for one in value if isinstance(one, int) and not isinstance(one, bool) and one >= 0]
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def _kind(draft: _Draft, dictionary: Dictionary) -> None:
    """Check that /Type, /SubFilter and what is in /Contents say the same (ISO 32000-2 tables 255 and 256)."""
    kind, subfilter, shape = dictionary.get("Type"), dictionary.get("SubFilter"), draft.contents.shape
    if kind not in (None, "Sig", "DocTimeStamp"):
        draft.trick("type_unknown")
    if not isinstance(subfilter, Name) or subfilter not in SHAPES:
        draft.trick("subfilter_unknown")
        return
    if (kind == "DocTimeStamp") != (subfilter == "ETSI.RFC3161") or shape not in (SHAPES[subfilter], "unreadable"):
        draft.trick("subfilter_mismatch", subfilter=subfilter)
    if dictionary.get("Filter") is None:
        draft.notes.append(Finding("filter_missing"))


def _end(data: Bytes, found: Chain, order: tuple[Revision, ...], draft: _Draft) -> None:
    """Check that the signed bytes end where a revision ends, and that this revision is one that is still read."""
    end = sum(draft.byte_range[2:]) if draft.byte_range else 0
    marker = _marker(data, found, end)
    if marker is None:
        draft.trick("byte_range_end")
        return
    place = next((n for n, one in enumerate(found.sections) if one.position - found.base == marker.target), None)
    if place is None or marker.target >= end:
        draft.trick("revision_not_read")
        return
    if not _in_order(found.sections, place, end):
        draft.trick("revision_order")
        return
    if draft.gap is None or not any(one.position >= draft.gap[1] for one in found.sections[place:]):
        draft.notes.append(Finding("cross_reference_before_signature"))
    draft.end = end
    draft.revision = next((n for n, one in enumerate(order, 1) if one.end == marker.end), 0)
    draft.coverage = "document" if not layout.more(data, end) else "revision"


def _marker(data: Bytes, found: Chain, end: int) -> Marker | None:
    """Return the end of a revision that ``end`` is: %%EOF and nothing but white space behind it."""
    tail = bytes(data[max(end - 64, 0) : end])
    closed = end - len(tail) + len(tail.rstrip(layout.SPACES))
    index = bisect_left(found.markers, closed, key=lambda one: one.position) - 1
    if index < 0 or found.markers[index].end < closed or bytes(data[closed - 5 : closed]) != b"%%EOF":
        return None
    return found.markers[index]


def _in_order(sections: list[Section], place: int, end: int) -> bool:
    """Tell whether what is read before the signed revision lies inside its bytes, what is read after lies behind."""
    older = all(one.position < end for one in sections[place:])
    return older and all(one.position >= end for one in sections[:place])


def _compare(drafts: list[_Draft]) -> None:
    """Find what two signatures may not share: the dictionary, the byte range, the signature itself."""
    objects = Counter(one.located.number for one in drafts if one.located.number)
    ranges = Counter(one.byte_range for one in drafts if one.byte_range)
    values = Counter(one.contents.der for one in drafts if one.contents.der)
    for draft in drafts:
        if objects[draft.located.number] > 1:
            draft.trick("shared_value")
        elif draft.byte_range and ranges[draft.byte_range] > 1:
            draft.trick("copied_byte_range")
        elif values[draft.contents.der] > 1:
            draft.trick("copied_signature")
