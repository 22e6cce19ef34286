"""Some pages of a document as a document of their own. Runs inside the reading process; ``split`` is the door.

Pages are written anew, not cut out: what is drawn goes along (contents, fonts, pictures, layers, colours, comments), as
far as these pages use it; what belongs to the whole or acts does not (outline, form, attachments, scripts, structure
tree, links to other pages). ISO 32000-2 §7.5, §7.7.3, §7.8.3, §12.5.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.errors import Damaged, DynamicForm, OwnerProtected, SplitSigned
from paraphe.pdf.opening import Buffer, look, open_reader, refusing, unlock
from paraphe.pdf.pages import US_LETTER, Attributes, leaves

Leaf = tuple[generic.DictionaryObject, Attributes]

ASSEMBLING = 1 << 3 | 1 << 10
"""Modify, assemble: each of them lets pages be taken out (ISO 32000-2 table 22, bits 4 and 11)."""
MOST_CONTENT = 32_000_000
"""Bytes of drawing commands read for one part; beyond, everything that could be used goes along."""
_PAGE = ("/BleedBox", "/TrimBox", "/ArtBox", "/Contents", "/Group", "/UserUnit")
_INHERITED = ("/MediaBox", "/CropBox", "/Rotate")
_WHOLE = ("/Lang", "/OutputIntents", "/OCProperties")
_INFO = ("/Title", "/Author", "/Subject", "/Keywords", "/Creator", "/Producer", "/CreationDate", "/ModDate")
_COMMENTS = frozenset(
    (
        "/Text",
        "/FreeText",
        "/Line",
        "/Square",
        "/Circle",
        "/Polygon",
        "/PolyLine",
        "/Highlight",
        "/Underline",
        "/Squiggly",
        "/StrikeOut",
        "/Stamp",
        "/Caret",
        "/Ink",
        "/Redact",
        "/Watermark",
        "/Link",
    )
)
_LEFT_OUT = ("/P", "/Parent", "/Popup", "/IRT", "/StructParent", "/AA", "/Dest", "/AF", "/OC")
_FIELD = ("/Rect", "/AP", "/AS", "/F", "/NM", "/M")
_OTHERS = ("/Page", "/Pages", "/Catalog")
_NAME = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]*)")
_CODE = re.compile(rb"#([0-9A-Fa-f]{2})")


class Extractor:
    """A document that pages are taken out of."""

    def __init__(self, data: Buffer, password: str | None = None) -> None:
        """Open ``data``. Raises a PdfRefused: what is signed, what its owner protects, what has no fixed look."""
        self._reader = open_reader(data, password=password)
        with refusing():
            self._check(password)
            self._leaves: list[Leaf] = list(leaves(look(self._reader.root, "/Pages")))

    @property
    def count(self) -> int:
        """Return how many pages there are."""
        return len(self._leaves)

    def pages(self, first: int, count: int) -> bytes:
        """Return ``count`` pages from ``first`` (from 0) as a document. The same pages give the same bytes."""
        with refusing():
            return _Writing(self._reader).document(self._leaves[first : first + count])

    def _check(self, password: str | None) -> None:
        reader = self._reader
        form = look(reader.root, "/AcroForm")
        if isinstance(form, generic.DictionaryObject) and "/XFA" in form:
            raise DynamicForm()
        if reader.embedded_signatures:
            raise SplitSigned(count=len(reader.embedded_signatures))
        handler = reader.security_handler
        if reader.encrypted and unlock(reader, password).name != "OWNER":
            permissions: Any = getattr(handler, "perms", None)
            if permissions is not None and not int(permissions.as_sint32()) & ASSEMBLING:
                raise OwnerProtected()


class _Writing:
    """One document that is written: what it refers to is copied once, under a number of its own."""

    def __init__(self, reader: PdfFileReader) -> None:
        self._reader = reader
        self._numbers: dict[generic.Reference, int] = {}
        self._waiting: list[tuple[int, generic.PdfObject]] = []
        self._next = 4
        self._bodies: dict[int, bytes] = {}

    def document(self, taken: Sequence[Leaf]) -> bytes:
        kids = generic.ArrayObject()
        for leaf, inherited in taken:
            page = _page(leaf, inherited)
            page["/Parent"] = _Number(2)
            drawn = [_Number(self._place(one)) for one in _annotations(look(leaf, "/Annots"))]
            if drawn:
                page["/Annots"] = generic.ArrayObject(drawn)
            kids.append(_Number(self._place(page)))
        self._put(2, _dictionary({"/Type": _name("/Pages"), "/Count": generic.NumberObject(len(kids)), "/Kids": kids}))
        self._put(1, self._catalog())
        self._put(3, self._info())
        while self._waiting:
            self._put(*self._waiting.pop())
        return self._file()

    def _catalog(self) -> generic.DictionaryObject:
        root = self._reader.root
        found = {"/Type": _name("/Catalog"), "/Pages": _Number(2), **_entries(root, _WHOLE)}
        metadata = look(root, "/Metadata")
        # Structure is not kept, so that a claim to level A of PDF/A (ISO 19005-2 §6.7) would not be true any more.
        if isinstance(metadata, generic.StreamObject) and b"conformance>A" not in metadata.data:
            found["/Metadata"] = root.raw_get("/Metadata")
        return _dictionary(found)

    def _info(self) -> generic.DictionaryObject:
        info = look(self._reader.trailer_view, "/Info")
        found = _entries(info, _INFO) if isinstance(info, generic.DictionaryObject) else {}
        texts = (generic.TextStringObject, generic.ByteStringObject)
        return _dictionary({key: value for key, value in found.items() if isinstance(_plain(value), texts)})

    def _place(self, value: generic.PdfObject) -> int:
        number = self._next
        self._next += 1
        self._waiting.append((number, value))
        return number

    def _put(self, number: int, value: generic.PdfObject) -> None:
        out = BytesIO()
        out.write(b"%d 0 obj\n" % number)
        if isinstance(value, generic.StreamObject):
            self._stream(out, value)
        else:
            self._write(out, value)
        out.write(b"\nendobj\n")
        self._bodies[number] = out.getvalue()

    def _stream(self, out: BytesIO, value: generic.StreamObject) -> None:
        content = value.encoded_data
        entries = {key: one for key, one in value.items() if key != "/Length"}
        if str(look(value, "/Subtype")) == "/Form" and "/Resources" in value:
            entries["/Resources"] = _used(look(value, "/Resources"), [value])
        for key in ("/StructParent", "/StructParents", "/PieceInfo", "/AF"):
            entries.pop(key, None)
        self._write(out, _dictionary({**entries, "/Length": generic.NumberObject(len(content))}))
        out.write(b"\nstream\n")
        out.write(content)
        out.write(b"\nendstream")

    def _write(self, out: BytesIO, value: generic.PdfObject) -> None:
        if isinstance(value, generic.DecryptedObjectProxy):
            value = value.decrypted
        if isinstance(value, _Number):
            out.write(b"%d 0 R" % value.number)
        elif isinstance(value, generic.IndirectObject):
            out.write(self._reference(value.reference))
        elif isinstance(value, generic.DictionaryObject):
            out.write(b"<<")
            for key, one in value.items():
                key.write_to_stream(out, None, None)
                out.write(b" ")
                self._write(out, one)
            out.write(b">>")
        elif isinstance(value, generic.ArrayObject):
            out.write(b"[")
            for number, one in enumerate(value):
                out.write(b" " if number else b"")
                self._write(out, one)
            out.write(b"]")
        else:
            value.write_to_stream(out, None, None)

    def _reference(self, reference: generic.Reference) -> bytes:
        """Return a reference to the copy of what ``reference`` names; of the pages around, nothing is copied."""
        if reference not in self._numbers:
            found = _plain(reference.get_object())
            if isinstance(found, generic.IndirectObject):
                raise Damaged(reason="reference to a reference")
            if isinstance(found, generic.NullObject) or str(look(found, "/Type")) in _OTHERS:
                return b"null"
            self._numbers[reference] = self._place(found)
        return b"%d 0 R" % self._numbers[reference]

    def _file(self) -> bytes:
        version = max(self._reader.input_version, (1, 4))
        out = bytearray(b"%%PDF-%d.%d\n%%\xe2\xe3\xcf\xd3\n" % version)
        places = []
        for number in range(1, self._next):
            places.append(len(out))
            out += self._bodies[number]
        start = len(out)
        identifier = sha256(out).hexdigest()[:32].upper().encode()
        out += b"xref\n0 %d\n0000000000 65535 f \n" % self._next
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += b"trailer\n<</Size %d/Root 1 0 R/Info 3 0 R/ID[<%b><%b>]>>\n" % (self._next, identifier, identifier)
        return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


class _Number(generic.PdfObject):
    """A reference to an object that has its number already."""

    def __init__(self, number: int) -> None:
        self.number = number


def _page(leaf: generic.DictionaryObject, inherited: Attributes) -> generic.DictionaryObject:
    paper = generic.ArrayObject(generic.FloatObject(edge) for edge in US_LETTER)
    found: dict[str, Any] = {"/Type": _name("/Page"), "/MediaBox": paper}
    found.update({key: inherited[key] for key in _INHERITED if key in inherited})
    found.update(_entries(leaf, _PAGE))
    contents = look(leaf, "/Contents")
    streams = [contents[number] for number in range(len(contents))] if isinstance(contents, list) else [contents]
    found["/Resources"] = _used(inherited.get("/Resources"), streams)
    return _dictionary(found)


def _annotations(listed: generic.PdfObject | None) -> Iterator[generic.DictionaryObject]:
    """Yield what is drawn over a page: comments, links to addresses, and fields as the stamps that they look like."""
    if not isinstance(listed, generic.ArrayObject):
        return
    for number in range(len(listed)):
        one = listed[number]
        if not isinstance(one, generic.DictionaryObject):
            continue
        kind = str(look(one, "/Subtype"))
        entries = {key: value for key, value in one.items() if key not in _LEFT_OUT}
        action = look(one, "/A")
        if kind == "/Link" and str(look(action, "/S")) != "/URI":
            continue
        if kind != "/Link":
            entries.pop("/A", None)
        if kind in _COMMENTS:
            yield _dictionary(entries)
        elif kind == "/Widget" and look(one, "/AP") is not None:
            yield _dictionary({"/Type": _name("/Annot"), "/Subtype": _name("/Stamp"), **_entries(one, _FIELD)})


def _used(resources: generic.PdfObject | None, streams: Iterable[generic.PdfObject | None]) -> generic.DictionaryObject:
    """Return ``resources`` with what the commands in ``streams`` name; all of them where that cannot be told."""
    if not isinstance(resources, generic.DictionaryObject):
        return _dictionary({})
    names = _names(resources, list(streams))
    found: dict[str, Any] = {}
    for kind, value in resources.items():
        held = look(resources, kind)
        if names is None or not isinstance(held, generic.DictionaryObject):
            found[kind] = value
            continue
        kept = {key: one for key, one in held.items() if key in names}
        if kept:
            found[kind] = _dictionary(kept)
    return _dictionary(found)


def _names(resources: generic.DictionaryObject, waiting: list[generic.PdfObject | None]) -> set[str] | None:
    """Return every name in the commands, and in those of what borrows these resources; None when it is too much.

    A form without resources of its own draws with those of its page (ISO 32000-2 §7.8.3), a Type 3 font too.
    """
    names: set[str] = set()
    done: set[int] = set()
    budget = MOST_CONTENT
    while waiting:
        stream = waiting.pop()
        if not isinstance(stream, generic.StreamObject) or id(stream) in done:
            continue
        done.add(id(stream))
        content = stream.data
        budget -= len(content)
        if budget < 0:
            return None
        new = {_decoded(name) for name in _NAME.findall(content)} - names
        names |= new
        fonts, forms = look(resources, "/Font"), look(resources, "/XObject")
        for name in new:
            font, form = look(fonts, name), look(forms, name)
            if str(look(font, "/Subtype")) == "/Type3" and look(font, "/Resources") is None:
                return None
            if str(look(form, "/Subtype")) == "/Form" and look(form, "/Resources") is None:
                waiting.append(form)
    return names


def _decoded(name: bytes) -> str:
    plain = _CODE.sub(lambda code: bytes((int(code[1], 16),)), name)
    try:
        return "/" + plain.decode()
    except UnicodeDecodeError:
        return "/" + plain.decode("latin-1")


def _entries(holder: generic.DictionaryObject, keys: Iterable[str]) -> dict[str, Any]:
    return {key: holder.raw_get(key) for key in keys if key in holder}


def _plain(value: generic.PdfObject) -> generic.PdfObject:
    found: generic.PdfObject = value.decrypted if isinstance(value, generic.DecryptedObjectProxy) else value
    return found


def _name(text: str) -> generic.NameObject:
    return generic.NameObject(text)


def _dictionary(entries: dict[str, Any]) -> generic.DictionaryObject:
    return generic.DictionaryObject({_name(key): value for key, value in entries.items()})
