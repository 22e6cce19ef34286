"""Placing every field before the first signature: where they lie, what is refused, what readers say."""

import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from paraphe.pdf.api import (
    BadBox,
    Box,
    FieldTaken,
    FieldValue,
    NewField,
    NoSuchPage,
    NotPermitted,
    SignatureSettings,
    inspect,
    place_fields,
    prepare_range,
    render_page,
)
from tests.pdf.hands import CLOCK, VECTORS, letter, sign

BOX = Box(0, 100.0, 100.0, 150.0, 40.0)


def test_every_field_is_there_with_its_kind_and_the_source_stays_a_prefix() -> None:
    fields = [
        NewField("A", "signature", BOX),
        NewField("B", "text", Box(0, 100, 200, 150, 20), label="Ville"),
        NewField("C", "lines", Box(0, 100, 240, 150, 60)),
        NewField("D", "checkbox", Box(0, 100, 320, 12, 12)),
        NewField("E", "signature", None),
    ]
    placed = place_fields(letter(), fields).whole(letter())
    found = inspect(placed)
    assert placed.startswith(letter())
    assert set(found.empty_fields) >= {"A", "E"}
    assert {(one.name, one.kind) for one in found.form_fields} == {("B", "Tx"), ("C", "Tx"), ("D", "Btn")}
    assert place_fields(letter(), []).tail == b""


@pytest.mark.parametrize("page", range(2))
def test_a_tick_is_drawn_upright_where_it_was_placed_whatever_the_rotation(page: int) -> None:
    source = (VECTORS / "libreoffice-rotated-qpdf.pdf").read_bytes()
    size = inspect(source).pages[page]
    box = Box(page, 20, 30, 24, 24)
    fields = [NewField("A", "signature", None), NewField("Tick", "checkbox", box)]
    placed = place_fields(source, fields).whole(source)
    ticked = prepare_range(placed, SignatureSettings(field_name="A"), CLOCK, fill=(FieldValue("Tick", checked=True),))
    width = int(size.width_pt)
    bare = Image.open(BytesIO(render_page(source, page, width))).convert("L")
    drawn = Image.open(BytesIO(render_page(ticked.whole(placed), page, width))).convert("L")
    left, top, right, bottom = ImageChops.difference(bare, drawn).point(lambda value: 255 * (value > 40)).getbbox() or (
        0, 0, 0, 0,
    )  # fmt: skip
    scale = width / size.width_pt
    assert left >= (box.x - 2) * scale
    assert top >= (box.y - 2) * scale
    assert right <= (box.x + box.width + 2) * scale
    assert bottom <= (box.y + box.height + 2) * scale
    # Upright: the tick ends high at the right, and begins lower at the left.
    inner = drawn.crop((left + 2, top + 2, right - 2, bottom - 2)).point(lambda value: 255 * (value < 120))
    half = inner.width // 2
    first, second = (
        inner.crop((0, 0, half, inner.height)).getbbox(),
        inner.crop((half, 0, inner.width, inner.height)).getbbox(),
    )
    assert first is not None
    assert second is not None
    assert second[1] < first[1]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ([NewField("A", "signature", None), NewField("A", "text", BOX)], FieldTaken),
        ([NewField(" ", "text", BOX)], FieldTaken),
        ([NewField("A.B", "text", BOX)], FieldTaken),
        ([NewField("A", "text", Box(99, 1, 1, 50, 50))], NoSuchPage),
        ([NewField("A", "text", Box(0, float("nan"), 1, 50, 50))], BadBox),
        ([NewField("A", "text", Box(0, 1, 1, 1, 1))], BadBox),
    ],
)
def test_what_cannot_be_placed_is_refused(fields: list[NewField], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        place_fields(letter(), fields)


def test_a_signed_document_takes_signature_fields_only() -> None:
    signed = sign(letter()).data
    assert "New" in inspect(place_fields(signed, [NewField("New", "signature", BOX)]).whole(signed)).empty_fields
    with pytest.raises(NotPermitted):
        place_fields(signed, [NewField("New", "text", BOX)])


@pytest.mark.parametrize("name", [path.name for path in sorted(VECTORS.glob("*.pdf"))])
def test_real_files_take_fields_and_others_read_them(name: str, tmp_path: Path) -> None:
    source = (VECTORS / name).read_bytes()
    if inspect(source).signed_fields:
        fields = [NewField("New", "signature", BOX)]
    else:
        fields = [NewField("New", "signature", BOX), NewField("B", "text", Box(0, 20, 20, 90, 20))]
    try:
        placed = place_fields(source, fields)
    except NotPermitted:
        return
    path = tmp_path / "placed.pdf"
    path.write_bytes(placed.whole(source))
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    before = tmp_path / "before.pdf"
    before.write_bytes(source)
    as_before = subprocess.run(["qpdf", "--check", before], capture_output=True, text=True, check=False)
    assert done.returncode <= as_before.returncode, done.stdout + done.stderr
