"""What a person sees of a signature: every name, within its box, upright."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from reportlab.pdfbase import pdfmetrics

from paraphe.pdf.api import Box, SignatureSettings, inspect, render_page
from paraphe.pdf.appearance import BOLD, LEADING, REGULAR, drawable, fitted_lines, lines_of, register_fonts
from tests.pdf.hands import ALICE, NOW, one_page, sign

NAMES = "Étienne Le Gall-Dubois, Łukasz Dvořák, Chloé Œuvre, Ιφιγένεια Παπαδοπούλου, Жанна, Nguyễn Thị Hoa, ß ÿ ſ Ğ"


def difference(before: Image.Image, after: Image.Image) -> tuple[int, int, int, int]:
    found = ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox()
    assert found
    return found


def picture(data: bytes) -> Image.Image:
    width = round(inspect(data).pages[0].width_pt)
    return Image.open(BytesIO(render_page(data, 0, width)))


def test_french_and_english() -> None:
    at = datetime(2026, 11, 3, 9, 5, tzinfo=UTC)
    french = SignatureSettings(signer_name="Alice Martin", firm="Cabinet Martin", signed_at=at)
    assert [text for text, _ in lines_of(french)] == [
        "Signé électroniquement par",
        "Alice Martin",
        "Cabinet Martin",
        "le 03/11/2026 à 09:05",
    ]
    english = replace(french, language="en", kind="seal", firm="")
    assert [text for text, _ in lines_of(english)] == ["Electronically sealed by", "Alice Martin", "3 Nov 2026, 09:05"]


@pytest.mark.parametrize("font", [REGULAR, BOLD])
def test_every_european_name_can_be_drawn(font: str) -> None:
    register_fonts()
    assert drawable(NAMES, font) == NAMES
    # As some systems give them, letter and accent apart.
    assert drawable("E\u0301tienne", font) == "Étienne"
    assert drawable("Li 李\n\tWei", font) == "Li ? Wei"


@pytest.mark.skipif(which("fc-scan") is None, reason="fc-scan is not on this machine")
@pytest.mark.parametrize("name", ["NotoSans-Regular.ttf", "NotoSans-Bold.ttf"])
def test_the_fonts_are_noto_sans_and_free(name: str) -> None:
    folder = Path(__file__).parents[2] / "src" / "paraphe" / "pdf" / "fonts"
    assert "SIL Open Font License, Version 1.1" in (folder / "OFL.txt").read_text()
    family = subprocess.run(
        ["fc-scan", "--format", "%{family}", folder / name], capture_output=True, text=True, check=True
    )
    assert family.stdout == "Noto Sans"


@settings(deadline=None, max_examples=200)
@given(
    st.text(max_size=200),
    st.text(max_size=200),
    st.floats(10, 500),
    st.floats(8, 300),
)
def test_text_never_leaves_its_box(name: str, firm: str, width: float, height: float) -> None:
    found = lines_of(SignatureSettings(signer_name=name, firm=firm, signed_at=NOW))
    size, lines = fitted_lines(found, width, height)
    assert lines
    assert all(pdfmetrics.stringWidth(text, font, size) <= width + 0.01 for text, font in lines)
    assert len(lines) * size * LEADING <= height + 0.01


def test_a_long_firm_is_folded_rather_than_everything_made_small() -> None:
    found = lines_of(replace(ALICE, firm="Cabinet Le Gall-Dubois et associés, société d'expertise comptable"))
    size, lines = fitted_lines(found, 190, 72)
    assert size > 8
    assert len(lines) > len(found)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [b"", b"/CropBox[15.5 30 280 190]", b"/MediaBox[-50 -70 250 130]"])
def test_it_is_where_it_was_put_on_rotated_and_cropped_pages(rotation: int, crop: bytes) -> None:
    data = one_page(page=b"/Rotate %d" % rotation + crop)
    box = Box(0, 20, 30, 110, 60)
    before, after = picture(data), picture(sign(data, settings=replace(ALICE, box=box)).data)
    left, top, right, bottom = difference(before, after)
    assert abs(left - box.x) <= 2
    assert abs(top - box.y) <= 2
    assert right <= box.x + box.width + 2
    assert abs(bottom - (box.y + box.height)) <= 2


def test_it_is_upright_on_every_rotation() -> None:
    """The bar at its left is dark over the whole height, wherever the page is turned to."""
    for rotation in (0, 90, 180, 270):
        data = sign(one_page(page=b"/Rotate %d" % rotation), settings=replace(ALICE, box=Box(0, 20, 30, 110, 60))).data
        image = picture(data).convert("L")
        assert max(image.crop((21, 34, 22, 86)).tobytes()) < 100
        assert min(image.crop((128, 34, 129, 35)).tobytes()) > 200


def test_an_invisible_signature_is_not_seen() -> None:
    data = one_page()
    signed = sign(data, settings=replace(ALICE, box=None)).data
    assert ImageChops.difference(picture(data).convert("RGB"), picture(signed).convert("RGB")).getbbox() is None
