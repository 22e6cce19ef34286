"""Attacks by updates: "Shadow Attacks" (NDSS 2021), "Breaking the Specification" (S&P 2021), and others."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from paraphe.pdf.api import Box, SignatureSettings
from tests.attacks.bases import COVER, OTHER, by_pyhanko, contract, stream
from tests.pdf.hands import NOW, sign
from tests.support.pki import TestPki

Writer = IncrementalPdfFileWriter
ANNOTATIONS = ("FreeText", "Stamp", "Square", "Redact", "Ink", "Highlight", "Link")


def updated(change: Callable[[Writer], None]) -> Callable[[bytes], bytes]:
    def attack(data: bytes) -> bytes:
        writer = Writer(BytesIO(data), strict=False)
        change(writer)
        out = BytesIO()
        writer.write(out)
        return out.getvalue()

    return attack


def page_of(writer: Writer) -> Any:
    reference, _ = writer.find_page_for_modification(0)
    writer.mark_update(reference)
    return reference.get_object()


def numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject([generic.FloatObject(one) for one in values])


def drawing(writer: Writer, content: bytes = COVER, **entries: generic.PdfObject) -> generic.IndirectObject:
    made = generic.StreamObject({pdf_name("/" + key): value for key, value in entries.items()}, stream_data=content)
    return writer.add_object(made)


def form(writer: Writer, content: bytes) -> generic.IndirectObject:
    return drawing(writer, content, Type=pdf_name("/XObject"), Subtype=pdf_name("/Form"), BBox=numbers(0, 0, 300, 200))


def annotation(kind: str) -> Callable[[Writer], None]:
    """An annotation that lies over the text of the page."""

    def change(writer: Writer) -> None:
        page = page_of(writer)
        made = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/" + kind),
                pdf_name("/Rect"): numbers(30, 100, 270, 140),
                pdf_name("/F"): generic.NumberObject(4),
                pdf_name("/Contents"): generic.pdf_string("900 euros"),
                pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): form(writer, COVER)}),
            }
        )
        old = page["/Annots"] if "/Annots" in page else generic.ArrayObject()
        before = [old.raw_get(number) for number in range(len(old))]
        page[pdf_name("/Annots")] = generic.ArrayObject([*before, writer.add_object(made)])

    return change


def content(writer: Writer) -> None:
    page_of(writer)[pdf_name("/Contents")] = drawing(writer, OTHER)


def page_entry(**entries: generic.PdfObject) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        page = page_of(writer)
        for key, value in entries.items():
            page[pdf_name("/" + key)] = value

    return change


def catalog(make: Callable[[Writer], dict[str, generic.PdfObject]]) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        for key, value in make(writer).items():
            writer.root[pdf_name("/" + key)] = value
        writer.update_root()

    return change


def script() -> generic.DictionaryObject:
    code = generic.pdf_string("this.getField('nom').value = 'Mallory'")
    return generic.DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): code})


def font(writer: Writer) -> None:
    """Replace a font by one in which figures look otherwise."""
    reference = generic.IndirectObject(5, 0, writer)
    found = reference.get_object()
    found[pdf_name("/Encoding")] = generic.DictionaryObject(
        {pdf_name("/Differences"): generic.ArrayObject([generic.NumberObject(49), pdf_name("/nine")])}
    )
    writer.mark_update(reference)


def value_without_look(writer: Writer) -> None:
    reference = generic.IndirectObject(7, 0, writer)
    reference.get_object()[pdf_name("/V")] = generic.pdf_string("Mallory")
    writer.mark_update(reference)


def look_without_value(writer: Writer) -> None:
    reference = generic.IndirectObject(7, 0, writer)
    made = form(writer, b"BT /F 12 Tf 2 4 Td (Mallory) Tj ET")
    reference.get_object()[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): made})
    writer.mark_update(reference)


def moved_field(writer: Writer) -> None:
    reference = generic.IndirectObject(7, 0, writer)
    reference.get_object()[pdf_name("/Rect")] = numbers(30, 100, 270, 140)
    writer.mark_update(reference)


def empty_field_that_draws(writer: Writer) -> None:
    append_signature_field(writer, SigFieldSpec("Place", on_page=0, box=(30, 100, 270, 140)))
    for one in writer.root["/AcroForm"]["/Fields"]:
        found = one.get_object()
        if str(found["/T"]) == "Place":
            found[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): form(writer, COVER)})


def other_pages(writer: Writer) -> None:
    reference, _ = writer.find_page_for_modification(0)
    copy = generic.DictionaryObject(reference.get_object())
    copy[pdf_name("/Contents")] = drawing(writer, OTHER)
    tree = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Pages")})
    tree[pdf_name("/Count")] = generic.NumberObject(1)
    place = writer.add_object(tree)
    copy[pdf_name("/Parent")] = place
    tree[pdf_name("/Kids")] = generic.ArrayObject([writer.add_object(copy)])
    writer.root[pdf_name("/Pages")] = place
    writer.update_root()


UPDATES: dict[str, Callable[[bytes], bytes]] = {
    "content": updated(content),
    "pages-swapped": updated(other_pages),
    "rotated": updated(page_entry(Rotate=generic.NumberObject(180))),
    "cropped": updated(page_entry(CropBox=numbers(0, 0, 300, 90))),
    "larger": updated(page_entry(MediaBox=numbers(0, 0, 300, 900))),
    "font": updated(font),
    "value": updated(value_without_look),
    "look": updated(look_without_value),
    "field-moved": updated(moved_field),
    "empty-field-draws": updated(empty_field_that_draws),
    "script": updated(catalog(lambda _: {"OpenAction": script()})),
    "additional-action": updated(page_entry(AA=generic.DictionaryObject({pdf_name("/O"): script()}))),
    "layers": updated(
        catalog(lambda writer: {"OCProperties": generic.DictionaryObject({pdf_name("/OCGs"): generic.ArrayObject()})})
    ),
    "encrypted-entry": updated(catalog(lambda writer: {"NeedsRendering": generic.BooleanObject(True)})),
    **{f"annotation-{kind}": updated(annotation(kind)) for kind in ANNOTATIONS},
}


def hidden_under_a_cover() -> tuple[bytes, bytes]:
    """Shadow, hide: what is signed lies under a white box that an update takes away."""
    covered = contract(contents=b"[4 0 R 8 0 R]", extra=((8, stream(COVER)),))
    base = sign(covered, settings=SignatureSettings(signer_name="A")).data

    def uncover(writer: Writer) -> None:
        page_of(writer)[pdf_name("/Contents")] = generic.ArrayObject([generic.IndirectObject(4, 0, writer)])

    return updated(uncover)(base), base


def hidden_object_set() -> tuple[bytes, bytes]:
    """Shadow, hide and replace: a second set of pages lies unused in what is signed; an update switches to it."""
    extra = (
        (8, b"<</Type/Pages/Kids[9 0 R]/Count 1>>"),
        (9, b"<</Type/Page/Parent 8 0 R/MediaBox[0 0 300 200]/Contents 10 0 R/Resources<</Font<</F 5 0 R>>>>>>"),
        (10, stream(OTHER)),
    )
    base = sign(contract(extra=extra), settings=SignatureSettings(signer_name="A")).data

    def switch(writer: Writer) -> None:
        writer.root[pdf_name("/Pages")] = generic.IndirectObject(8, 0, writer)
        writer.update_root()

    return updated(switch)(base), base


def sneaky(data: bytes) -> bytes:
    """A signature of Mallory, whom nobody knows, whose look lies over the text."""
    mallory = TestPki.create(NOW)
    mallory.person("mallory", "Mallory", "Faure")
    settings = SignatureSettings(box=Box(0, 30, 60, 240, 40), signer_name="Honoraires : 900 euros")
    return sign(data, "mallory", settings, among=mallory).data


def sneaky_by_pyhanko(data: bytes) -> bytes:
    mallory = TestPki.create(NOW)
    return by_pyhanko(data, mallory.signer("bob"), "Mallory")
