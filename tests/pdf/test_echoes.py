"""A signature that is shown on several pages, and what a finger drew: one signature for every validator."""

import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.api import (
    BadImage,
    Box,
    FieldMissing,
    FieldTaken,
    FieldValue,
    Ink,
    NewField,
    NotPermitted,
    SignatureSettings,
    augment,
    embed,
    inspect,
    place_fields,
    prepare_range,
    read_ink,
    render_page,
)
from paraphe.pdf.ink import FINE, MOST_POINTS, MOST_STROKES
from tests.journeys.visitor import pdf_of
from tests.pdf.hands import CLOCK, LATER, NOW, VECTORS, build, judged, letter, pki
from tests.pdf.hands import sign as signed_before
from tests.pdf.test_many_signers import check, cms_of
from tests.pdf.verdict.house import Writer, look_of, name, stream, updated

PAGES = 3
WAVE = read_ink("0,40 30,0 60,40 90,0 120,40;10,60 110,60;130,20")
PEOPLE = ("Claire Vidal", "Denis Roux", "Elsa Noël")


def contract() -> bytes:
    """Return a contract of three pages at launch: each of three people signs on page 1 and is shown on 2 and 3."""
    fields = []
    for number in range(3):
        y = 500.0 + 80 * number
        fields.append(NewField(f"s{number}", "signature", Box(0, 60, y, 190, 68)))
        fields += [NewField(f"e{number}-{page}", "lines", Box(page, 60, y, 190, 68), "Rappel") for page in (1, 2)]
        fields.append(NewField(f"i{number}", "text", Box(1, 300, y, 60, 34), "Paraphe"))
        fields.append(NewField(f"m{number}", "text", Box(2, 300, y, 220, 34), "Mention"))
    source = pdf_of("Contrat", pages=PAGES)
    return place_fields(source, fields).whole(source)


def signed(data: bytes, number: int, *, ink: Ink | None = WAVE) -> bytes:
    look = SignatureSettings(
        field_name=f"s{number}", signer_name=PEOPLE[number], signed_at=NOW, ink=ink,
        echoes=(f"e{number}-1", f"e{number}-2"),
    )  # fmt: skip
    fill = (FieldValue(f"i{number}", "CV", ink=ink), FieldValue(f"m{number}", "lu et approuvé", ink=ink))
    waiting = prepare_range(data, look, CLOCK, fill=fill)
    made = cms_of(waiting.digest, ("alice", "bob", "etienne")[number])
    return augment(data, embed(data, waiting, made), pki().revocation, pki().roots).whole(data)


def values(data: bytes) -> dict[str, str]:
    fields = PdfFileReader(BytesIO(data), strict=False).root["/AcroForm"]["/Fields"]
    return {str(one["/T"]): str(one.get("/V")) for one in (fields[place] for place in range(len(fields)))}


def text_of(data: bytes, page: int, tmp_path: Path) -> str:
    path = tmp_path / "text.pdf"
    path.write_bytes(data)
    words = ["pdftotext", "-layout", "-f", str(page), "-l", str(page), str(path), "-"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_three_people_sign_once_each_and_are_shown_three_times(tmp_path: Path) -> None:
    data = contract()
    for number in range(3):
        data = signed(data, number)
        # Each of our own, pdfsig, pyHanko, qpdf and mutool count one signature for each person, all of them valid.
        check(data, number + 1, tmp_path)
    assert values(data)["e0-1"] == (
        "Signé électroniquement par\nClaire Vidal\nle 23/11/2026 à 08:00\nSignature en page 1"
    )
    for page in (2, 3):
        shown = text_of(data, page, tmp_path)
        assert all(name in shown for name in PEOPLE)
        assert shown.count("Signature en page 1") == 3
    assert "Signature en page" not in text_of(data, 1, tmp_path)
    assert "CV" in text_of(data, 2, tmp_path)
    assert text_of(data, 3, tmp_path).count("lu et approuvé") == 3


def test_a_later_change_of_what_an_echo_shows_is_found(tmp_path: Path) -> None:
    data = signed(contract(), 0)

    def redrawn(writer: Writer) -> None:
        fields = writer.root["/AcroForm"]["/Fields"]
        one = next(fields[place] for place in range(len(fields)) if fields[place]["/T"] == "e0-1")
        one[name("AP")] = look_of(writer, b"/Tx BMC q 0 0 50 20 re f Q EMC")
        writer.update_container(one)

    report = judged(updated(data, redrawn), pki().roots, LATER)
    assert {(one.kind, one.verdict) for one in report.signatures[0].changes} >= {("form_appearance", "suspicious")}


@pytest.mark.parametrize("page", range(2))
def test_an_echo_is_upright_and_inside_its_box_whatever_the_rotation(page: int) -> None:
    source = (VECTORS / "libreoffice-rotated-qpdf.pdf").read_bytes()
    size = inspect(source).pages[page]
    box = Box(page, 30, 40, 170, 60)
    placed = place_fields(source, [NewField("S", "signature", None), NewField("E", "lines", box)]).whole(source)
    look = SignatureSettings(field_name="S", signer_name="Claire Vidal", signed_at=NOW, ink=WAVE, echoes=("E",))
    shown = prepare_range(placed, look, CLOCK).whole(placed)
    width = int(size.width_pt)
    before, after = (
        Image.open(BytesIO(render_page(one, page, width))).convert("L") for one in (placed, shown)
    )  # fmt: skip
    inked = ImageChops.difference(before, after).point(lambda value: 255 * (value > 60)).getbbox()
    assert inked is not None
    left, top, right, bottom = (side * size.width_pt / width for side in inked)
    assert box.x - 1 <= left
    assert box.y - 1 <= top
    assert right <= box.x + box.width + 1
    assert bottom <= box.y + box.height + 1
    # Upright: the bar stands at the left, over the whole height.
    scale = width / size.width_pt
    strip = after.crop((round((box.x + 0.9) * scale), round((box.y + 2) * scale), round((box.x + 0.9) * scale) + 1, 98))
    assert max(strip.tobytes()) < 140
    assert values(shown)["E"].endswith("Signature dans ce document")


def test_what_is_no_empty_text_field_repeats_nothing() -> None:
    data = contract()
    for names, refusal in ((("nowhere",), FieldMissing), (("s1",), FieldMissing)):
        with pytest.raises(refusal):
            prepare_range(data, SignatureSettings(field_name="s0", echoes=names), CLOCK)
    with pytest.raises(FieldTaken):
        signed(signed(data, 0), 1, ink=None) and prepare_range(
            signed(data, 0), SignatureSettings(field_name="s1", echoes=("e0-1",)), CLOCK
        )


def test_fields_that_the_document_brought_are_told_with_their_places_and_reserved(tmp_path: Path) -> None:
    own = [
        b"/FT/Tx/T(Ville)/TU(Votre ville)/Rect[20 20 120 40]",
        b"/FT/Tx/T(Notes)/Ff 4096/Rect[20 60 120 110]",
        b"/FT/Sig/T(Client)/Rect[150 20 280 60]",
        b"/FT/Btn/T(Accord)/V/Off/AS/Off/Rect[20 120 34 134]/AP<</N 21 0 R>>",
        b"/FT/Tx/T(Rempli)/V(x)/Rect[20 150 60 170]",
        b"/FT/Tx/T(Secret)/Ff 8192/Rect[70 150 120 170]",
        b"/FT/Tx/T(Loin)/Rect[900 150 960 170]",
        b"/FT/Tx/T(Cache)/F 2/Rect[130 150 180 170]",
        b"/FT/Btn/T(Bouton)/Ff 65536/Rect[190 150 240 170]/AP<</N 21 0 R>>",
    ]
    numbers = b" ".join(b"%d 0 R" % number for number in range(5, 5 + len(own)))
    source = build(
        {
            1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[" + numbers + b"]>>>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Rotate 90/Annots[" + numbers + b"]>>",
            21: b"<</Oui 20 0 R/Off 20 0 R>>",
            20: stream(b"", b"/Type/XObject/Subtype/Form/BBox[0 0 14 14]"),
            **{5 + at: b"<</Type/Annot/Subtype/Widget/P 3 0 R" + one + b">>" for at, one in enumerate(own)},
        }
    )
    found = inspect(source).open_fields
    assert [(one.name, one.kind) for one in found] == [
        ("Ville", "text"), ("Notes", "lines"), ("Client", "signature"), ("Accord", "checkbox"),
    ]  # fmt: skip
    # A page turned by a quarter: what is written along its long side is read from above.
    assert (found[0].box, found[0].label) == (Box(0, 20, 20, 20, 100), "Votre ville")
    placed = place_fields(source, [], reserved=["Ville", "Accord"]).whole(source)
    fields = PdfFileReader(BytesIO(placed)).root["/AcroForm"]["/Fields"]
    assert [int(fields[place].get("/Ff", 0)) for place in range(4)] == [1, 4096, 0, 1]
    fill = (FieldValue("Ville", "Évry"), FieldValue("Accord", checked=True))
    waiting = prepare_range(placed, SignatureSettings(field_name="Client"), CLOCK, fill=fill)
    data = augment(placed, embed(placed, waiting, cms_of(waiting.digest, "alice")), pki().revocation, pki().roots)
    check(data.whole(placed), 1, tmp_path)
    assert values(data.whole(placed))["Ville"] == "Évry"
    with pytest.raises(FieldMissing):
        place_fields(source, [], reserved=["Nulle part"])
    before = signed_before(source).data
    assert place_fields(before, [], reserved=["Ville"]).tail == b"", "a signed document stays as it is"


def test_an_echo_cannot_be_new_under_a_signature() -> None:
    with pytest.raises(NotPermitted):
        place_fields(signed_before(letter()).data, [NewField("E", "lines", Box(0, 50, 50, 190, 68))])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unreadable"),
        ("1,2;", "unreadable"),
        ("1,2 -3,4", "unreadable"),
        ("١,٢ ٣,٤", "unreadable"),
        ("1,2 3,4) q", "unreadable"),
        ("1,999999", "unreadable"),
        ("7,7", "too small"),
        (";".join(["1,1"] * (MOST_STROKES + 1)), "too large"),
        (" ".join(["1,1", "90,90"] * MOST_POINTS), "too large"),
    ],
)
def test_a_drawing_that_is_none_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadImage) as caught:
        read_ink(text)
    assert caught.value.params["reason"] == reason


@given(st.text(alphabet="0123456789,; -.x\n", max_size=60))
def test_a_drawing_is_read_or_refused(text: str) -> None:
    try:
        ink = read_ink(text)
    except BadImage:
        return
    assert read_ink(ink.to_text()) == ink
    assert max(ink.size) == FINE


POINTS = st.tuples(st.integers(0, 99_999), st.integers(0, 99_999))
SIDES = st.tuples(st.floats(4, 600), st.floats(4, 600))


@settings(max_examples=40)
@given(st.lists(st.lists(POINTS, min_size=1, max_size=9), min_size=1, max_size=9), SIDES)
def test_whatever_was_drawn_lies_in_its_box(strokes: list[list[tuple[int, int]]], sides: tuple[float, float]) -> None:
    text = ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in strokes)
    try:
        ink = read_ink(text)
    except BadImage:
        return
    placed, pen = ink.placed(5.0, 7.0, *sides)
    assert pen > 0
    for x, y in (point for stroke in placed for point in stroke):
        assert 5.0 - 0.01 <= x <= 5.0 + sides[0] + 0.01
        assert 7.0 - 0.01 <= y <= 7.0 + sides[1] + 0.01


def test_long_handwriting_is_kept_small(tmp_path: Path) -> None:
    ink = read_ink(" ".join(f"{at % 997},{at * 7 % 991}" for at in range(0, 6000, 2)))
    data = signed(contract(), 0, ink=ink)
    assert len(data) - len(signed(contract(), 0)) < 4 * 30_000
    check(data, 1, tmp_path)
