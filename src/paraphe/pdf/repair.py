"""A damaged cross-reference made anew: the objects are found by looking for them, and listed in a section appended.

The document itself stays as it is; what is appended makes every reader find everything (ISO 32000-2 §7.5.4, §7.5.8).
"""

import re
import struct
import zlib
from collections.abc import Iterator

from paraphe.pdf.errors import Damaged
from paraphe.pdf.opening import Buffer
from paraphe.pdf.verdict.revisions import decoded
from paraphe.pdf.verdict.tokens import Dictionary, Lexer, LexError, Ref

OBJECT = re.compile(rb"(?:^|[\0\t\n\f\r ])(\d{1,8})[\0\t\n\f\r ]{1,4}(\d{1,5})[\0\t\n\f\r ]{1,4}obj\b")
TRAILER = re.compile(rb"trailer[\0\t\n\f\r ]*(?=<<)")
MAX_OBJECTS = 1_000_000
MAX_PACKED = 200_000

Places = dict[int, tuple[int, int, int]]
"""Object number → kind (1 in the file, 2 in an object stream), place or stream, generation or index."""


def repair(data: Buffer) -> bytes:
    """Return a cross-reference section for ``data`` as bytes to append. Raises Damaged when no catalog can be found.

    Signed and encrypted documents are not repaired: what was signed is not to be read in another way, and without its
    own trailer an encrypted one cannot be opened.
    """
    if data.find(b"/ByteRange") >= 0 or data.find(b"/Encrypt") >= 0:
        raise Damaged(reason="cross-reference")
    places: Places = {}
    root: Ref | None = None
    for number, generation, position in _found(data):
        places[number] = (1, position, generation)
        value = _value(data, position)
        if isinstance(value, Dictionary):
            kind = value.get("Type")
            if kind == "Catalog":
                root = Ref(number, generation)
            elif kind == "ObjStm":
                for inner, index in _packed(data, position):
                    places.setdefault(inner, (2, number, index))
    root = _named_root(data, places) or root or _packed_root(data, places)
    if root is None:
        raise Damaged(reason="no catalog")
    lead = b"" if data[len(data) - 1 :] in (b"\n", b"\r") else b"\n"
    return lead + _section(places, root, len(data) + len(lead))


def _found(data: Buffer) -> Iterator[tuple[int, int, int]]:
    for count, match in enumerate(OBJECT.finditer(data)):
        if count > MAX_OBJECTS:
            raise Damaged(reason="too many objects")
        yield int(match[1]), int(match[2]), match.start(1)


def _value(data: Buffer, position: int) -> object:
    try:
        return Lexer(data).indirect(position).value
    except LexError:
        return None


def _packed(data: Buffer, position: int) -> Iterator[tuple[int, int]]:
    """Yield the numbers of the objects in an object stream, with their index (ISO 32000-2 §7.5.7)."""
    try:
        holder = Lexer(data).indirect(position)
        if holder.stream is None or not isinstance(holder.value, Dictionary):
            return
        plain = decoded(data, holder.stream, holder.value)
        first, count = holder.value.get("First"), holder.value.get("N")
        if not isinstance(first, int) or not isinstance(count, int) or not 0 <= count <= MAX_PACKED:
            return
        numbers = plain[:first].split()
        for index in range(min(count, len(numbers) // 2)):
            yield int(numbers[2 * index]), index
    except (LexError, ValueError):
        return


def _named_root(data: Buffer, places: Places) -> Ref | None:
    """Return the catalog that the last readable trailer names."""
    found = None
    for match in TRAILER.finditer(data):
        try:
            value, _ = Lexer(data).value(match.end())
        except LexError:
            continue
        root = value.get("Root") if isinstance(value, Dictionary) else None
        if isinstance(root, Ref) and root.number in places:
            found = root
    return found


def _packed_root(data: Buffer, places: Places) -> Ref | None:
    """Return the catalog that a cross-reference stream names, where the catalog itself lies in an object stream."""
    for kind, position, _ in list(places.values()):
        value = _value(data, position) if kind == 1 else None
        if isinstance(value, Dictionary) and value.get("Type") == "XRef":
            root = value.get("Root")
            if isinstance(root, Ref) and root.number in places:
                return root
    return None


def _section(places: Places, root: Ref, position: int) -> bytes:
    """Return a cross-reference table, or a stream where objects lie in object streams, with its trailer."""
    size = max(places) + 1
    if all(kind == 1 for kind, _, _ in places.values()):
        rows = b"xref\n0 1\n0000000000 65535 f \n"
        for number in sorted(places):
            _, place, generation = places[number]
            rows += b"%d 1\n%010d %05d n \n" % (number, place, generation)
        trailer = b"trailer\n<< /Size %d /Root %d %d R >>\n" % (size, root.number, root.generation)
        return rows + trailer + b"startxref\n%d\n%%%%EOF\n" % position
    places = {**places, size: (1, position, 0)}
    index = b"".join(b"%d 1 " % number for number in sorted(places))
    table = b"".join(struct.pack(">BQI", *places[number]) for number in sorted(places))
    packed = zlib.compress(table)
    head = (
        b"%d 0 obj\n<< /Type /XRef /Size %d /Root %d %d R /W [1 8 4] /Index [%s] /Filter /FlateDecode /Length %d >>\n"
    )
    stream = head % (size, size + 1, root.number, root.generation, index.strip(), len(packed))
    return stream + b"stream\n" + packed + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % position
