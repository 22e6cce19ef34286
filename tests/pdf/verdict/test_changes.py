"""Changes after a signature: each attack of the papers beside the honest change that it imitates."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, SigFieldSpec, append_signature_field

from paraphe.pdf.api import Box
from paraphe.pdf.pages import Page
from paraphe.pdf.verdict.changes import Review
from tests.pdf.hands import ALICE, BOX, REAL, names
from tests.pdf.verdict.house import (
    Change,
    Writer,
    add,
    after,
    box,
    certified_form,
    field,
    first,
    form,
    kinds,
    look_of,
    name,
    object_of,
    sign,
    signed,
    stream,
    twice,
    updated,
    vector,
    written,
)

TEXT = generic.TextStringObject


def filled(writer: Writer) -> None:
    shown = look_of(writer, b"/Tx BMC BT /F1 12 Tf 2 5 Td (250) Tj ET EMC")
    field(writer, 6, V=TEXT("250"), AP=shown)


def ticked(writer: Writer) -> None:
    field(writer, 10, V=name("Oui"), AS=name("Oui"))


def place_added(writer: Writer) -> None:
    append_signature_field(writer, SigFieldSpec("Bob", on_page=0, box=(300, 100, 400, 150)))


def unseen_place_added(writer: Writer) -> None:
    append_signature_field(writer, SigFieldSpec("Bob"))


def annotation(subtype: str, data: bytes = b"", **more: generic.PdfObject) -> Change:
    def change(writer: Writer) -> None:
        entries = {"Type": name("Annot"), "Subtype": name(subtype), "Rect": box(72, 690, 110, 720), **more}
        node = generic.DictionaryObject({name(key): value for key, value in entries.items()})
        if data:
            node[name("AP")] = look_of(writer, data)
        page = object_of(writer, 3)
        page[name("Annots")] = generic.ArrayObject([*page["/Annots"], writer.add_object(node)])

    change.__name__ = f"{subtype}_{len(data)}"
    return change


# Shadow attacks: hide, replace, hide and replace (2021).


def other_value_shown(writer: Writer) -> None:
    field(writer, 6, AP=look_of(writer, b"/Tx BMC BT /F1 12 Tf 2 5 Td (9000) Tj ET EMC"))


def value_and_another_picture(writer: Writer) -> None:
    field(writer, 6, V=TEXT("250"), AP=look_of(writer, b"/Tx BMC BT /F1 12 Tf 2 5 Td (9000) Tj ET EMC"))


def font_replaced(writer: Writer) -> None:
    field(writer, 5, Encoding=generic.DictionaryObject({name("Differences"): generic.ArrayObject([])}))


def field_moved(writer: Writer) -> None:
    field(writer, 6, Rect=box(72, 690, 400, 720))


def field_hidden(writer: Writer) -> None:
    field(writer, 6, F=generic.NumberObject(2))


def field_removed(writer: Writer) -> None:
    fields = object_of(writer, 8)
    fields[name("Fields")] = generic.ArrayObject([*fields["/Fields"]][1:])


def text_field_added(writer: Writer) -> None:
    new = writer.add_object(generic.DictionaryObject({name("FT"): name("Tx"), name("T"): TEXT("Neuf")}))
    fields = object_of(writer, 8)
    fields[name("Fields")] = generic.ArrayObject([*fields["/Fields"], new])


def drawn_place_added(writer: Writer) -> None:
    place_added(writer)
    writer.root["/AcroForm"]["/Fields"][-1].get_object()[name("AP")] = look_of(writer, b"0 0 100 50 re f")


def script_in_field(writer: Writer) -> None:
    field(
        writer, 6, AA=generic.DictionaryObject({name("K"): generic.DictionaryObject({name("S"): name("JavaScript")})})
    )


def text_for_the_blind_replaced(writer: Writer) -> None:
    field(writer, 16, ActualText=TEXT("Total: 9000 EUR"))


def element_added(writer: Writer) -> None:
    new = generic.DictionaryObject({name("S"): name("Form"), name("P"): generic.IndirectObject(16, 0, writer)})
    field(writer, 16, K=generic.ArrayObject([generic.NumberObject(0), writer.add_object(new)]))


def widget_of_another_page(writer: Writer) -> None:
    field(writer, 6, P=generic.IndirectObject(2, 0, writer))


def strange_entry(writer: Writer) -> None:
    field(writer, 9, Mallory=TEXT("9000"))


def text_replaced(writer: Writer) -> None:
    object_of(writer, 3)[name("Contents")] = add(writer, b"BT /F1 24 Tf 72 700 Td (Total: 9000 EUR) Tj ET")


def annotation_gone(writer: Writer) -> None:
    page = object_of(writer, 3)
    page[name("Annots")] = generic.ArrayObject([*page["/Annots"]][:-1])


def annotations_reordered(writer: Writer) -> None:
    page = object_of(writer, 3)
    page[name("Annots")] = generic.ArrayObject([*reversed([*page["/Annots"]])])


def catalog(**entries: generic.PdfObject) -> Change:
    def change(writer: Writer) -> None:
        for key, value in entries.items():
            writer.root[name(key)] = value
        writer.update_root()

    change.__name__ = "_".join(entries)
    return change


def form_entry(**entries: generic.PdfObject) -> Change:
    def change(writer: Writer) -> None:
        for key, value in entries.items():
            object_of(writer, 8)[name(key)] = value

    change.__name__ = "_".join(entries)
    return change


EMPTY = generic.DictionaryObject()
ATTACKS: list[tuple[Change, str, str]] = [
    (other_value_shown, "form_appearance", "suspicious"),
    (value_and_another_picture, "form_appearance", "suspicious"),
    (font_replaced, "font", "forbidden"),
    (field_moved, "field_moved", "forbidden"),
    (field_hidden, "field_hidden", "suspicious"),
    (field_removed, "field_removed", "forbidden"),
    (text_field_added, "field_added", "forbidden"),
    (drawn_place_added, "signature_field", "forbidden"),
    (script_in_field, "action", "forbidden"),
    (text_replaced, "page_content", "forbidden"),
    (text_for_the_blind_replaced, "structure", "suspicious"),
    (widget_of_another_page, "field", "suspicious"),
    (strange_entry, "field", "suspicious"),
    (annotation_gone, "annotation_removed", "forbidden"),
    (annotations_reordered, "annotation_order", "suspicious"),
    (annotation("FreeText", b"BT ET"), "annotation", "forbidden"),
    (annotation("Stamp", b"0 0 9 9 re f"), "annotation", "forbidden"),
    (annotation("Highlight"), "annotation", "suspicious"),
    (catalog(OpenAction=EMPTY), "action", "forbidden"),
    (catalog(AA=EMPTY), "action", "forbidden"),
    (catalog(OCProperties=EMPTY), "layers", "forbidden"),
    (catalog(Outlines=EMPTY), "outlines", "forbidden"),
    (catalog(Names=generic.DictionaryObject({name("JavaScript"): EMPTY})), "javascript", "forbidden"),
    (catalog(Names=generic.DictionaryObject({name("EmbeddedFiles"): EMPTY})), "embedded_file", "forbidden"),
    (catalog(Perms=EMPTY), "certification", "suspicious"),
    (catalog(ViewerPreferences=EMPTY), "catalog_entry", "suspicious"),
    (form_entry(XFA=generic.ArrayObject()), "xfa", "forbidden"),
    (form_entry(NeedAppearances=generic.BooleanObject(True)), "form_entry", "suspicious"),
    (form_entry(DA=TEXT("/F2 12 Tf")), "form_entry", "suspicious"),
    (form_entry(DR=EMPTY), "font", "suspicious"),
]
HONEST: list[tuple[Change, str]] = [
    (filled, "form_value"),
    (ticked, "form_value"),
    (place_added, "signature_field"),
    (unseen_place_added, "signature_field"),
    (element_added, "structure"),
]


@pytest.mark.parametrize(
    ("attack", "kind", "verdict"), ATTACKS, ids=[one[0].__name__ + "-" + one[1] for one in ATTACKS]
)
def test_what_a_forger_does_is_named(attack: Change, kind: str, verdict: str) -> None:
    found = first(updated(signed(), attack))
    assert (kind, verdict) in kinds(found)
    assert found.worst in ("suspicious", "forbidden")
    assert found.unsigned


@pytest.mark.parametrize(("change", "kind"), HONEST, ids=[one[0].__name__ for one in HONEST])
def test_what_an_ordinary_signature_permits(change: Change, kind: str) -> None:
    found = first(updated(signed(), change))
    assert kinds(found) == {(kind, "permitted")}
    assert found.worst == "permitted"
    assert found.unsigned


def test_nothing_after_the_signature_is_no_change() -> None:
    found = first(signed())
    assert found.worst == "none"
    assert not found.unsigned


@pytest.mark.parametrize("path", REAL[::3], ids=names(REAL[::3]))
def test_a_second_signature_is_permitted_in_files_of_every_program(path: Path) -> None:
    alice, bob = after(twice(vector(path.stem)))
    assert {verdict for _, verdict in kinds(alice)} == {"permitted"}
    assert (alice.worst, bob.worst) == ("permitted", "none")
    assert not alice.unsigned
    (covering,) = alice.covering
    assert covering.field == "Signature2"
    assert (round(covering.box.width), round(covering.box.height)) == (200, 72)
    assert alice.explained


# Objects that are two things at once, and what was prepared before signing.


def test_a_field_that_is_also_a_resource_of_the_page_is_page_content() -> None:
    shared = signed(form(resources=b"/XObject<</Fm 7 0 R>>"))
    drawn_anew = stream(b"/Tx BMC BT (9000) Tj ET EMC", b"/Type/XObject/Subtype/Form/BBox[0 0 200 20]")
    assert ("page_content", "forbidden") in kinds(first(written(shared, 7, drawn_anew)))
    assert ("page_content", "forbidden") not in kinds(first(written(signed(), 7, drawn_anew)))


def test_metadata_that_a_page_draws_are_page_content() -> None:
    drawn = signed(form(contents=b"[4 0 R 14 0 R]"))
    other = stream(b"BT (9000 EUR) Tj ET", b"/Type/Metadata/Subtype/XML")
    assert ("page_content", "forbidden") in kinds(first(written(drawn, 14, other)))
    assert first(written(signed(), 14, other)).worst == "none"


def test_an_object_that_was_missing_when_the_document_was_signed_must_stay_missing() -> None:
    trap = signed(form(contents=b"[4 0 R 900 0 R]"))
    assert ("page_content", "forbidden") in kinds(first(written(trap, 900, stream(b"BT (9000 EUR) Tj ET"))))
    assert first(written(signed(), 900, stream(b"BT (9000 EUR) Tj ET"))).worst == "none"


def test_what_could_not_be_read_might_use_what_was_written() -> None:
    broken = signed(form(resources=b"/Shading<</S 15 0 R>>", more=b"<</Type/XObject/Subtype/Form/Fm 900%\n0%\nR>>"))
    assert ("unreadable", "suspicious") in kinds(first(written(broken, 900, stream(b"BT (9000 EUR) Tj ET"))))


def test_another_generation_of_an_object_is_seen() -> None:
    data = written(signed(), 4, stream(b"BT (9000 EUR) Tj ET"))
    at = data.rindex(b"4 0 obj")
    other = data[:at] + b"4 1 obj" + data[at + 7 :]
    other = other[: len(signed())] + other[len(signed()) :].replace(b" 00000 n", b" 00001 n")
    assert ("object_generation", "forbidden") in kinds(first(other))


def test_another_catalog_is_seen() -> None:
    data = written(signed(), 900, b"<</Type/Catalog/Pages 2 0 R>>")
    at = len(signed())
    root = data[at:].index(b"/Root ")
    digits = data[at + root + 6 :].index(b" ")
    swapped = data[: at + root + 6] + b"900" + data[at + root + 6 + digits :]
    # Without the form there is no signature left to believe; with it the swap is named.
    assert not after(swapped)


# Certified documents.


@pytest.mark.parametrize(
    ("permission", "change", "verdict"),
    [
        (1, filled, "forbidden"),
        (2, filled, "permitted"),
        (3, filled, "permitted"),
        (1, unseen_place_added, "forbidden"),
        (2, unseen_place_added, "permitted"),
        (2, place_added, "forbidden"),
        (3, place_added, "suspicious"),
        (2, annotation("Highlight"), "forbidden"),
        (3, annotation("Highlight"), "permitted"),
        (3, annotation("Text"), "permitted"),
        (3, annotation("Ink", b"0 0 m 9 9 l S"), "permitted"),
        (3, annotation("Highlight", b"BT (9000 EUR) Tj ET"), "suspicious"),
        (3, annotation("Highlight", b"0 0 99 99 re f"), "suspicious"),
        (3, annotation("FreeText"), "suspicious"),
        (3, annotation("Stamp"), "suspicious"),
        (3, annotation("Redact"), "suspicious"),
        (3, annotation("Link"), "suspicious"),
        (3, annotation("FileAttachment"), "suspicious"),
        (3, annotation("Text", A=EMPTY), "forbidden"),
        (3, text_replaced, "forbidden"),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_what_the_author_permits(permission: int, change: Change, verdict: str) -> None:
    assert first(updated(certified_form(permission), change)).worst == verdict


@pytest.mark.parametrize(
    ("action", "names_of", "verdict"),
    [
        (FieldMDPAction.ALL, None, "forbidden"),
        (FieldMDPAction.INCLUDE, ["Montant"], "forbidden"),
        (FieldMDPAction.INCLUDE, ["Autre"], "permitted"),
        (FieldMDPAction.EXCLUDE, ["Montant"], "permitted"),
        (FieldMDPAction.EXCLUDE, ["Autre"], "forbidden"),
    ],
    ids=str,
)
def test_a_lock_of_fields_is_kept(action: FieldMDPAction, names_of: list[str] | None, verdict: str) -> None:
    lock = FieldMDPSpec(action, names_of).as_transform_params()
    lock[name("Type")] = name("SigFieldLock")

    def locked(writer: Writer) -> None:
        field(writer, 9, Lock=lock)

    data = signed_as_client(updated(form(), locked))
    assert first(data).worst == "none"
    assert first(updated(data, filled)).worst == verdict


def signed_as_client(data: bytes) -> bytes:
    return sign(data, settings=replace(ALICE, field_name="Client", box=None))


def test_a_signature_of_an_empty_field_is_a_signature() -> None:
    data = sign(signed(), "bob", replace(ALICE, field_name="Client", box=None))
    alice, bob = after(data)
    assert kinds(alice) == {("signature", "permitted")}
    assert bob.worst == "none"
    (covering,) = alice.covering
    assert covering.box == Box(0, 72.0, 242.0, 200.0, 50.0)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_what_is_seen_leads_back_to_the_file(rotation: int) -> None:
    page = Page(10.0, 20.0, 310.0, 420.0, rotation, generic.DictionaryObject())
    rectangle = (50.0, 70.0, 90.0, 100.0)
    assert page.to_file(page.to_seen(0, rectangle)) == rectangle


def picture_as_value(writer: Writer) -> None:
    field(writer, 6, V=TEXT("250"), AP=look_of(writer, b"q 200 0 0 20 0 0 cm /Im1 Do Q"))


def test_no_picture_is_a_value() -> None:
    assert ("form_appearance", "suspicious") in kinds(first(updated(signed(), picture_as_value)))


def freed(data: bytes, number: int, generation: int) -> bytes:
    """Return ``data`` with a revision that frees object ``number``."""
    out = written(data, 900, b"<<>>")
    at = out.rindex(b"xref\n900 1\n")
    entry = b"xref\n%d 1\n%010d %05d f \n900 1\n" % (number, 0, generation)
    return out[:at] + entry + out[at + 11 :]


@pytest.mark.parametrize("generation", [0, 1])
def test_an_object_that_is_taken_away_is_seen(generation: int) -> None:
    """With the right generation number or without: some readers do not look at it."""
    found = first(freed(signed(), 4, generation))
    assert found.worst == "forbidden"
    assert kinds(found) & {("page_content", "forbidden"), ("object_generation", "forbidden")}


def test_an_object_stream_that_is_written_anew_changes_what_is_in_it() -> None:
    data = signed(vector("qpdf-linearized-objstm"))
    xrefs = PdfFileReader(BytesIO(data), strict=False).xrefs
    number = min(one.idnum for revision in (0, 1) for one in xrefs.object_streams_used_in(revision))
    found = first(written_as_stream(data, number))
    assert ("object_stream", "forbidden") in kinds(found)


def written_as_stream(data: bytes, number: int) -> bytes:
    def change(writer: Writer) -> None:
        holder = object_of(writer, number)
        holder._data = holder.data + b" "
        holder._encoded_data = None

    return updated(data, change)


def test_proofs_alone_are_no_change() -> None:
    data = sign(form(), level="B-LTA")
    found = first(data)
    assert found.worst == "none"
    assert not found.unsigned
    assert {one.kind for one in found.changes} <= {
        "dss",
        "metadata",
        "info",
        "catalog_entry",
        "document_timestamp",
        "page_entry",
    }


def test_what_another_revision_undid_is_still_told() -> None:
    """Content is replaced and put back: nobody sees it any more, but it was there."""

    def back(writer: Writer) -> None:
        object_of(writer, 3)[name("Contents")] = generic.IndirectObject(4, 0, writer)

    found = first(updated(updated(signed(), text_replaced), back))
    assert ("page_content", "forbidden") in kinds(found)


def test_a_signature_that_cannot_be_read_accuses_no_other() -> None:
    """Alice's is good; the one after it holds no CMS, as the oldest kind of signature (adbe.x509.rsa_sha1)."""
    data = sign(signed(), "bob", replace(ALICE, box=replace(ALICE.box or BOX, x=60.0)))
    at = data.rindex(b"/Contents <") + 11
    broken = data[:at] + b"0403616263" + b"0" * (data.index(b">", at) - at - 10) + data[data.index(b">", at) :]
    review = Review(PdfFileReader(BytesIO(broken), strict=False))
    alice, bob = review.filled()
    assert (alice.field_name, bob.field_name) == ("Signature1", "Signature2")
    assert (review.since(alice).worst, review.since(bob).worst) == ("permitted", "none")


def test_a_file_that_cannot_be_compared_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    (embedded,) = PdfFileReader(BytesIO(signed()), strict=False).embedded_signatures
    other = PdfFileReader(BytesIO(updated(signed(), text_replaced)), strict=False)
    monkeypatch.setattr(other.xrefs, "get_xref_data", None)
    found = Review(other).since(embedded)
    assert (found.worst, found.changes[0].kind) == ("forbidden", "unreadable")


@pytest.mark.parametrize(
    ("place", "covers"),
    [
        ((72, 600, 272, 620), True),
        ((60, 590, 200, 630), True),
        ((200, 600, 400, 620), False),
        ((72, 300, 200, 320), False),
    ],
)
def test_a_later_signature_over_a_filled_field_is_told(place: tuple[int, int, int, int], covers: bool) -> None:
    """Over the field or most of it; beside it; over a link, which shows nothing."""
    left, bottom, right, top = place
    box_seen = Box(0, float(left), 792.0 - top, float(right - left), float(top - bottom))
    (covering,) = first(sign(signed(), "bob", replace(ALICE, box=box_seen))).covering
    assert covering.covers_content is covers
