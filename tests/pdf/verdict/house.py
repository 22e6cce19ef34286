"""What the tests of the verdict share: a form with everything in it, signed once; revisions written by hand."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm

from paraphe.pdf.api import SignatureSettings, archive, augment, finish, prepare
from paraphe.pdf.verdict.changes import Review, Since
from tests.pdf.certifying import certified
from tests.pdf.hands import ALICE, BOX, CLOCK, VECTORS, build, pki

Writer = IncrementalPdfFileWriter
Change = Callable[[Writer], None]
XMP = (
    b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    b"</rdf:RDF></x:xmpmeta>"
)
DRAWING = (
    b"<</Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</F1 5 0 R>>>>/Length %d>>\nstream\n%s\nendstream"
)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def drawing(data: bytes) -> bytes:
    return DRAWING % (len(data), data)


def sign(data: bytes, who: str = "alice", settings: SignatureSettings = ALICE, *, level: str = "B-B") -> bytes:
    """Return ``data`` signed by ``who``, the steps alone: what is tested here is not asked by the signer."""
    house = pki()
    signer = house.signer(who)
    prepared = prepare(data, settings, signer.certificate, signer.chain, CLOCK)
    (value,) = signer.sign_digests([prepared.digest_to_sign])
    done = finish(data, prepared, value, house.timestamps if level != "B-B" else None)
    if level == "B-B":
        return done.whole(data)
    kept = augment(data, done, house.revocation, house.roots)
    if level == "B-LT":
        return kept.whole(data)
    return archive(data, kept, house.timestamps, house.revocation, house.roots, CLOCK).whole(data)


@cache
def form(contents: bytes = b"4 0 R", resources: bytes = b"", more: bytes = b"null") -> bytes:
    """One page with a text, a text field, a check box, an empty signature field, a link."""
    return build(
        {
            1: b"<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R/Metadata 14 0 R"
            b"/StructTreeRoot<</Type/StructTreeRoot/K 16 0 R>>>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents " + contents
            + b"/Resources<</Font<</F1 5 0 R>>" + resources + b">>/Annots[6 0 R 9 0 R 10 0 R 13 0 R]>>",
            4: stream(b"BT /F1 24 Tf 72 700 Td (Total: 100 EUR) Tj ET"),
            5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
            6: b"<</Type/Annot/Subtype/Widget/FT/Tx/T(Montant)/V(100)/DA(/F1 12 Tf)/Rect[72 600 272 620]/F 4/P 3 0 R"
            b"/AP<</N 7 0 R>>>>",
            7: drawing(b"/Tx BMC BT /F1 12 Tf 2 5 Td (100) Tj ET EMC"),
            8: b"<</Fields[6 0 R 9 0 R 10 0 R]/DR<</Font<</F1 5 0 R>>>>/DA(/F1 12 Tf)>>",
            9: b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Client)/Rect[72 500 272 550]/F 4/P 3 0 R>>",
            10: b"<</Type/Annot/Subtype/Widget/FT/Btn/T(Accord)/V/Off/AS/Off/Rect[72 400 90 418]/F 4/P 3 0 R"
            b"/AP<</N<</Oui 11 0 R/Off 12 0 R>>>>>>",
            11: drawing(b"0 0 10 10 re f"),
            12: drawing(b"0 0 10 10 re S"),
            13: b"<</Type/Annot/Subtype/Link/Rect[72 300 200 320]/Dest[3 0 R/Fit]>>",
            14: stream(XMP, b"/Type/Metadata/Subtype/XML"),
            15: more,
            16: b"<</Type/StructElem/S/P/Pg 3 0 R/K 0>>",
        }
    )  # fmt: skip


@cache
def signed(data: bytes | None = None) -> bytes:
    """``data``, the form by default, signed by Alice."""
    return sign(data or form())


@cache
def twice(data: bytes) -> bytes:
    return sign(signed(data), "bob", replace(ALICE, box=replace(BOX, x=60.0)))


@cache
def certified_form(permission: int) -> bytes:
    return certified(form(), pki(), MDPPerm(permission))


@cache
def vector(name: str) -> bytes:
    return (VECTORS / f"{name}.pdf").read_bytes()


def updated(data: bytes, change: Change) -> bytes:
    """Return ``data`` with one more revision, honest in form, without a signature."""
    writer = Writer(BytesIO(data), strict=False)
    change(writer)
    out = BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(data)
    return out.getvalue()


def written(data: bytes, number: int, body: bytes) -> bytes:
    """Return ``data`` with a revision that writes object ``number`` anew, by hand."""
    reader = PdfFileReader(BytesIO(data), strict=False)
    root, size = reader.root_ref.idnum, max(int(reader.trailer["/Size"]), number + 1)
    at = len(data)
    out = data + b"%d 0 obj\n" % number + body + b"\nendobj\n"
    entry = b"xref\n%d 1\n%010d 00000 n \n" % (number, at)
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\n" % (size, root, reader.last_startxref or 0)
    return out + entry + trailer + b"startxref\n%d\n%%%%EOF\n" % len(out)


def object_of(writer: Writer, number: int) -> Any:
    """Return object ``number`` to change it."""
    reference = generic.Reference(number, 0, writer)
    writer.mark_update(reference)
    return reference.get_object()


def field(writer: Writer, number: int, **entries: generic.PdfObject) -> None:
    node = object_of(writer, number)
    for key, value in entries.items():
        node[pdf_name("/" + key)] = value


def add(writer: Writer, data: bytes, **entries: generic.PdfObject) -> generic.IndirectObject:
    return writer.add_object(
        generic.StreamObject({pdf_name("/" + key): value for key, value in entries.items()}, stream_data=data)
    )


def name(value: str) -> generic.NameObject:
    return pdf_name("/" + value)


def box(*sides: int) -> generic.ArrayObject:
    return generic.ArrayObject([generic.NumberObject(side) for side in sides])


def look_of(writer: Writer, data: bytes) -> generic.DictionaryObject:
    font = generic.IndirectObject(5, 0, writer)
    fonts = generic.DictionaryObject({name("Font"): generic.DictionaryObject({name("F1"): font})})
    made = add(writer, data, Type=name("XObject"), Subtype=name("Form"), BBox=box(0, 0, 200, 20), Resources=fonts)
    return generic.DictionaryObject({name("N"): made})


def after(data: bytes) -> list[Since]:
    """Return what changed after each signature of ``data``."""
    reader = PdfFileReader(BytesIO(data), strict=False)
    review = Review(reader)
    return [review.since(one) for one in reader.embedded_signatures]


def first(data: bytes) -> Since:
    return after(data)[0]


def kinds(found: Since) -> set[tuple[str, str]]:
    """Return kind and verdict of every change that is not a proof."""
    proofs = {"dss", "info", "metadata", "catalog_entry", "document_timestamp"}
    return {(one.kind, one.verdict) for one in found.changes if one.kind not in proofs or one.verdict != "permitted"}
