"""Forgeries that nobody believes: a signed document changed by hand, each beside an honest change that passes."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, append_signature_field

from paraphe.kernel.errors import DomainError
from paraphe.pdf.api import (
    CertifiedNoChanges,
    NotPermitted,
    Report,
    SignatureReport,
    Signed,
    augment,
    collect,
    finish,
    inspect,
    prepare,
)
from paraphe.pdf.material import ValidationMaterial
from paraphe.pdf.writing import TailWriter
from tests.pdf.certifying import certified
from tests.pdf.hands import ALICE, BOX, CLOCK, LATER, NOW, VECTORS, judged, letter, pki, sign
from tests.support.pki import LocalTimestamps, TestPki

Writer = IncrementalPdfFileWriter
Change = Callable[[Writer], None]


@cache
def form() -> bytes:
    """A form of another program, signed by Alice."""
    return sign((VECTORS / "libreoffice-form.pdf").read_bytes()).data


@cache
def signed() -> bytes:
    return sign(letter()).data


def updated(data: bytes, change: Change) -> bytes:
    """Return ``data`` with one more revision, as a forger writes it: honest in form, without a signature."""
    writer = Writer(BytesIO(data), strict=False)
    change(writer)
    out = BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(data)
    return out.getvalue()


def page_of(writer: Writer) -> generic.DictionaryObject:
    reference, _ = writer.find_page_for_modification(0)
    page: generic.DictionaryObject = reference.get_object()
    writer.mark_update(reference)
    return page


def stream(writer: Writer, content: bytes, **entries: generic.PdfObject) -> generic.IndirectObject:
    return writer.add_object(
        generic.StreamObject({pdf_name("/" + key): value for key, value in entries.items()}, stream_data=content)
    )


def rectangle(*sides: int) -> generic.ArrayObject:
    return generic.ArrayObject([generic.NumberObject(side) for side in sides])


def appearance(writer: Writer) -> generic.IndirectObject:
    return stream(
        writer,
        b"1 0 0 rg 0 0 100 50 re f",
        Type=pdf_name("/XObject"),
        Subtype=pdf_name("/Form"),
        BBox=rectangle(0, 0, 100, 50),
    )


def other_text(writer: Writer) -> None:
    page = page_of(writer)
    page["/Contents"] = stream(writer, b"BT /F1 24 Tf 72 700 Td (9000 EUR) Tj ET")


def text_more(writer: Writer) -> None:
    page = page_of(writer)
    old = page.raw_get("/Contents")
    page["/Contents"] = generic.ArrayObject([old, stream(writer, b"0 0 300 300 re f")])


def text_in_place(writer: Writer) -> None:
    reference = page_of(writer).raw_get("/Contents")
    contents = reference.get_object()
    contents._data = b"0 0 300 300 re f"
    contents._encoded_data = None
    writer.mark_update(reference)


def note_over_text(writer: Writer) -> None:
    page = page_of(writer)
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): rectangle(72, 600, 400, 700),
            pdf_name("/Contents"): generic.TextStringObject("9000 EUR"),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): appearance(writer)}),
        }
    )
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(note)])


def widget_of(writer: Writer) -> generic.DictionaryObject:
    fields = writer.root["/AcroForm"]["/Fields"]
    for number in range(len(fields)):
        if str(fields[number].get("/FT")) == "/Sig" and "/V" in fields[number]:
            reference = fields.raw_get(number)
            writer.mark_update(reference)
            widget: generic.DictionaryObject = reference.get_object()
            return widget
    raise AssertionError("no signature")


def other_appearance(writer: Writer) -> None:
    widget_of(writer)["/AP"] = generic.DictionaryObject({pdf_name("/N"): appearance(writer)})


def appearance_in_place(writer: Writer) -> None:
    reference = widget_of(writer)["/AP"].raw_get("/N")
    drawing = reference.get_object()
    drawing._data = b"1 0 0 rg 0 0 100 50 re f"
    drawing._encoded_data = None
    writer.mark_update(reference)


def moved_appearance(writer: Writer) -> None:
    widget_of(writer)["/Rect"] = rectangle(10, 10, 500, 500)


def hidden_signature(writer: Writer) -> None:
    widget_of(writer)["/F"] = generic.NumberObject(2)


def script_at_opening(writer: Writer) -> None:
    writer.root["/OpenAction"] = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.TextStringObject("app.alert(1)")}
    )
    writer.update_root()


def page_more(writer: Writer) -> None:
    page = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/Page"), pdf_name("/MediaBox"): rectangle(0, 0, 9, 9)}
    )
    reference = writer.add_object(page)
    pages = writer.root.raw_get("/Pages")
    kids = pages.get_object()["/Kids"]
    page["/Parent"] = pages
    kids.append(reference)
    pages.get_object()["/Count"] = generic.NumberObject(len(kids))
    writer.mark_update(pages)
    writer.update_container(kids)


def page_turned(writer: Writer) -> None:
    page_of(writer)["/Rotate"] = generic.NumberObject(180)


def page_cropped(writer: Writer) -> None:
    page_of(writer)["/CropBox"] = rectangle(0, 0, 100, 100)


def layer_off(writer: Writer) -> None:
    group = writer.add_object(
        generic.DictionaryObject(
            {pdf_name("/Type"): pdf_name("/OCG"), pdf_name("/Name"): generic.TextStringObject("text")}
        )
    )
    writer.root["/OCProperties"] = generic.DictionaryObject(
        {
            pdf_name("/OCGs"): generic.ArrayObject([group]),
            pdf_name("/D"): generic.DictionaryObject({pdf_name("/OFF"): generic.ArrayObject([group])}),
        }
    )
    writer.update_root()


def field_over_text(writer: Writer) -> None:
    """An empty signature field, which a later signer may add, but with a drawing over the text."""
    append_signature_field(writer, SigFieldSpec("Signature9", on_page=0, box=(72, 600, 400, 700)))
    fields = writer.root["/AcroForm"]["/Fields"]
    fields[len(fields) - 1]["/AP"] = generic.DictionaryObject({pdf_name("/N"): appearance(writer)})


def empty_field(writer: Writer) -> None:
    append_signature_field(writer, SigFieldSpec("Signature9", on_page=0, box=(72, 600, 400, 700)))


def signature_removed(writer: Writer) -> None:
    form_of = writer.root["/AcroForm"]
    form_of["/Fields"] = generic.ArrayObject([])
    writer.update_root()
    writer.update_container(form_of)


FORGERIES = [
    other_text,
    text_more,
    text_in_place,
    note_over_text,
    other_appearance,
    appearance_in_place,
    moved_appearance,
    hidden_signature,
    script_at_opening,
    page_more,
    page_turned,
    page_cropped,
    layer_off,
    field_over_text,
    empty_field,
    signature_removed,
]


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda one: one.__name__)
def test_a_change_after_signing_is_seen(forgery: Change) -> None:
    report = judged(updated(signed(), forgery), pki().roots, LATER)
    assert not report.ok


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda one: one.__name__)
def test_a_change_between_two_signatures_is_not_cured_by_the_second(forgery: Change) -> None:
    data = updated(signed(), forgery)
    try:
        second = sign(data, "bob", replace(ALICE, box=replace(BOX, x=60.0))).data
    except DomainError:
        return
    report = judged(second, pki().roots, LATER)
    if forgery is empty_field:
        # Honest: a place for somebody else, made before Bob signed.
        assert report.ok
    elif forgery is signature_removed:
        # Nobody can see what is gone; it must only not be said of Alice that she signed.
        assert [one.signer for one in report.signatures] == ["Bob Petit"]
    else:
        assert not report.ok


def test_a_field_filled_after_the_last_signature_is_said_to_be_unsigned() -> None:
    def filled(writer: Writer) -> None:
        fields = writer.root["/AcroForm"]["/Fields"]
        for number in range(len(fields)):
            if str(fields[number].get("/FT")) == "/Tx":
                fields[number]["/V"] = generic.TextStringObject("9000 EUR")
                writer.mark_update(fields.raw_get(number))
                return
        raise AssertionError("no text field")

    report = judged(updated(form(), filled), pki().roots, LATER)
    assert judged(form(), pki().roots, LATER).ok
    assert not report.ok
    assert report.signatures[0].problems == ("unsigned_changes",)
    second = sign(updated(form(), filled), "bob", replace(ALICE, box=replace(BOX, x=60.0))).data
    assert judged(second, pki().roots, LATER).ok


@pytest.mark.parametrize("more", [b"%EOF\n", bytes(100), b"PK\x03\x04 another file"])
def test_bytes_after_the_end_are_said_to_be_unsigned(more: bytes) -> None:
    report = judged(signed() + more, pki().roots, LATER)
    assert problems(report) == ("trailing_bytes",)


# Bytes changed without a revision.

GAP = re.compile(rb"/Contents *<([0-9a-fA-F]+)>")
RANGE = re.compile(rb"/ByteRange *\[ *(\d+) +(\d+) +(\d+) +(\d+) *\]")


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_no_byte_that_is_signed_can_change(data: st.DataObject) -> None:
    whole = signed()
    start, end = _gap(whole)
    position = data.draw(st.integers(0, len(whole) - 1).filter(lambda place: not start <= place < end))
    change = data.draw(st.integers(1, 255))
    forged = bytearray(whole)
    forged[position] ^= change
    assert not _believed(bytes(forged))


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_no_digit_of_the_signature_itself_changes_what_is_said(data: st.DataObject) -> None:
    """What CMS leaves unsigned may vary (a NULL, the timestamp); then the verdict is the same, or the level lower."""
    whole = signed()
    start, _ = _gap(whole)
    position = start + 1 + data.draw(st.integers(0, len(_cms(whole)) * 2 - 1))
    forged = bytearray(whole)
    forged[position] = data.draw(st.sampled_from(b"0123456789abcdef"))
    if _believed(bytes(forged)):
        (found,) = judged(bytes(forged), pki().roots, LATER).signatures
        assert found == honest() or found == replace(honest(), level="B-B", timestamped_at=None)


@cache
def honest() -> SignatureReport:
    (found,) = judged(signed(), pki().roots, LATER).signatures
    return found


def _believed(forged: bytes) -> bool:
    try:
        return judged(forged, pki().roots, LATER).ok
    except DomainError:
        return False


def _gap(whole: bytes) -> tuple[int, int]:
    ranges = RANGE.search(whole)
    assert ranges
    first, length, second, _ = (int(one) for one in ranges.groups())
    assert first == 0
    return length, second


def _cms(whole: bytes) -> bytes:
    start, end = _gap(whole)
    padded = bytes.fromhex(whole[start + 1 : end - 1].decode())
    return padded[: 4 + int.from_bytes(padded[2:4], "big")]


@pytest.mark.parametrize(
    "ranges",
    [
        lambda a, b, c, d: (0, b - 100, c, d),
        lambda a, b, c, d: (0, b, c, d - 100),
        lambda a, b, c, d: (100, b - 100, c, d),
        lambda a, b, c, d: (0, b, c + 100, d - 100),
        lambda a, b, c, d: (0, 0, 0, 0),
        lambda a, b, c, d: (0, b, c, 10**9),
        lambda a, b, c, d: (0, b + d, 0, 0),
    ],
)
def test_a_byte_range_that_leaves_something_out_is_refused(ranges: Callable[..., tuple[int, ...]]) -> None:
    """Also when the one who signs leaves it out himself: the digest is right, the range is not."""
    whole = signed()
    found = RANGE.search(whole)
    assert found
    written = b" ".join(b"%d" % number for number in ranges(*(int(one) for one in found.groups())))
    text = b"/ByteRange [" + written + b"]"
    room = found.end() - found.start()
    forged = whole[: found.start()] + text.ljust(room)[:room] + whole[found.end() :]
    assert not _believed(forged)


def test_a_signature_copied_into_another_document_is_refused() -> None:
    alice = pki().signer("alice")
    other = prepare(letter(), replace(ALICE, reason="Autre"), alice.certificate, alice.chain, CLOCK)
    start, end = _gap(signed())
    contents = signed()[start:end]
    gap_start, gap_end = other.start, other.end
    whole = other.whole(letter())
    forged = whole[:gap_start] + contents[: gap_end - gap_start] + whole[gap_end:]
    report = judged(forged, pki().roots, LATER)
    assert not report.ok
    assert "digest_mismatch" in report.signatures[0].problems


@pytest.mark.parametrize("left", [b"", b"00", b"0" * 200])
def test_a_signature_without_contents_is_refused(left: bytes) -> None:
    start, end = _gap(signed())
    forged = signed()[: start + 1] + left.ljust(end - start - 2, b"0") + signed()[end - 1 :]
    assert not _believed(forged)


# People and certificates.


def problems(report: Report) -> tuple[str, ...]:
    (found,) = report.signatures
    assert not report.ok
    return found.problems


def test_a_foreign_root_is_not_trusted() -> None:
    other = TestPki.create(NOW)
    data = sign(letter(), among=other).data
    assert judged(data, other.roots, LATER).ok
    report = judged(data, pki().roots, LATER)
    assert {"not_trusted", "timestamp_not_trusted"} <= set(problems(report))
    assert report.signatures[0].level in ("B-B", "B-T")
    assert not judged(data, [], LATER).ok


@pytest.mark.parametrize("whole", [True, False])
def test_a_signature_by_a_revoked_certificate_is_refused(whole: bool) -> None:
    house = TestPki.create(NOW)
    house.revoke("alice", NOW - timedelta(hours=1))
    found = problems(judged(sign(letter(), among=house, whole=whole).data, house.roots, LATER))
    assert found == ("revoked",)


def test_a_revocation_after_the_timestamp_does_not_reach_back() -> None:
    house = TestPki.create(NOW)
    first = sign(letter(), among=house).data
    bare = finish_without_time(house)
    house.revoke("alice", NOW + timedelta(hours=1))
    house.now = NOW + timedelta(hours=2)
    assert judged(first, house.roots, LATER).ok
    # Without a timestamp nobody knows that it was in time.
    assert not judged(augment(letter(), bare, house.revocation, house.roots).whole(letter()), house.roots, LATER).ok
    # What she signs afterwards is refused, although the file still says that she was good an hour before.
    for whole in (True, False):
        both = sign(first, settings=replace(ALICE, box=replace(BOX, x=60.0)), among=house, whole=whole).data
        report = judged(both, house.roots, LATER)
        assert [one.problems for one in report.signatures] == [(), ("revoked",)]


def finish_without_time(house: TestPki) -> Signed:
    alice = house.signer("alice")
    prepared = prepare(letter(), ALICE, alice.certificate, alice.chain, CLOCK)
    return finish(letter(), prepared, alice.sign_digests([prepared.digest_to_sign])[0], None)


def test_a_revoked_time_stamping_unit_gives_no_time() -> None:
    house = TestPki.create(NOW)
    house.revoke("tsu", NOW - timedelta(hours=1))
    report = judged(sign(letter(), among=house).data, house.roots, LATER)
    assert "timestamp_not_trusted" in problems(report)
    assert report.signatures[0].level != "B-LT"


def test_a_certificate_of_another_use_signs_nothing() -> None:
    house = TestPki.create(NOW)
    assert "wrong_usage" in problems(judged(sign(letter(), "tsu", among=house).data, house.roots, LATER))


class OtherTime(LocalTimestamps):
    """Stamps something else than it is asked to."""

    def timestamp(self, digest: bytes) -> bytes:
        return super().timestamp(bytes(32))


def test_a_token_over_something_else_is_no_timestamp() -> None:
    house = pki()
    alice = house.signer("alice")
    prepared = prepare(letter(), ALICE, alice.certificate, alice.chain, CLOCK)
    (value,) = alice.sign_digests([prepared.digest_to_sign])
    try:
        done = finish(letter(), prepared, value, OtherTime(house))
    except DomainError:
        return
    report = judged(augment(letter(), done, house.revocation, house.roots).whole(letter()), house.roots, LATER)
    assert "timestamp_invalid" in problems(report)
    assert report.signatures[0].level != "B-LT"


# What a level promises.


@cache
def stamped_only() -> Signed:
    alice = pki().signer("alice")
    prepared = prepare(letter(), ALICE, alice.certificate, alice.chain, CLOCK)
    return finish(letter(), prepared, alice.sign_digests([prepared.digest_to_sign])[0], pki().timestamps)


@cache
def everything() -> ValidationMaterial:
    alice = pki().signer("alice")
    return collect(alice.certificate, alice.chain, pki().timestamps, pki().revocation, pki().roots)


def with_material(material: ValidationMaterial) -> Report:
    writer = TailWriter(letter(), stamped_only().tail)
    material.write(writer, stamped_only().contents)
    return judged(letter() + writer.finished(), pki().roots, LATER)


def test_b_lt_needs_the_revocation_information_of_everybody() -> None:
    full = everything()
    assert with_material(full).ok
    assert with_material(full).signatures[0].level == "B-LT"
    assert len(full.ocsps) >= 2
    assert full.crls
    poorer = [replace(full, ocsps=(), crls=()), replace(full, crls=())]
    poorer += [replace(full, ocsps=full.ocsps[:one] + full.ocsps[one + 1 :]) for one in range(len(full.ocsps))]
    for material in poorer:
        report = with_material(material)
        assert not report.ok
        assert report.signatures[0].level == "B-T"


def test_old_revocation_information_makes_no_b_lt() -> None:
    house = TestPki.create(NOW)
    alice = house.signer("alice")
    old = collect(alice.certificate, alice.chain, house.timestamps, house.revocation, house.roots)
    prepared = prepare(letter(), ALICE, alice.certificate, alice.chain, CLOCK, old)
    house.now = NOW + timedelta(days=30)
    done = finish(letter(), prepared, alice.sign_digests([prepared.digest_to_sign])[0], house.timestamps)
    report = judged(done.whole(letter()), house.roots, house.now)
    assert not report.ok
    assert report.signatures[0].level == "B-T"


def test_revocation_information_of_a_stranger_is_worth_nothing() -> None:
    other = TestPki.create(NOW)
    alice = other.signer("alice")
    foreign = collect(alice.certificate, alice.chain, other.timestamps, other.revocation, other.roots)
    mixed = replace(everything(), ocsps=foreign.ocsps, crls=foreign.crls)
    assert with_material(mixed).signatures[0].level == "B-T"
    assert not with_material(mixed).ok


# Certified documents.


def test_what_its_author_closed_is_not_signed() -> None:
    data = certified(letter(), pki(), MDPPerm.NO_CHANGES)
    with pytest.raises(CertifiedNoChanges):
        inspect(data)
    with pytest.raises(CertifiedNoChanges):
        sign(data, "bob")


def test_in_a_certified_document_only_the_fields_left_empty_are_signed() -> None:
    data = certified(letter(), pki(), MDPPerm.FILL_FORMS, ("Client",))
    with pytest.raises(NotPermitted):
        sign(data, "bob")
    both = sign(data, "bob", replace(ALICE, field_name="Client", box=None)).data
    report = judged(both, pki().roots, LATER)
    assert [one.modifications for one in report.signatures] == ["permitted", "none"]
    assert report.signatures[1].ok


@pytest.mark.parametrize("permission", [MDPPerm.NO_CHANGES, MDPPerm.FILL_FORMS])
@pytest.mark.parametrize("forgery", [note_over_text, other_text, empty_field], ids=lambda one: one.__name__)
def test_a_certified_document_keeps_what_its_author_said(permission: MDPPerm, forgery: Change) -> None:
    data = certified(letter(), pki(), permission, ("Client",))
    (before,) = judged(data, pki().roots, LATER).signatures
    assert before.modifications == "none"
    (after,) = judged(updated(data, forgery), pki().roots, LATER).signatures
    assert "changed_after_signing" in after.problems or "unsigned_changes" in after.problems
    assert after.modifications != "none"
