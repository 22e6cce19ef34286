"""Where a signature is seen, and what: on turned and cropped pages, in small boxes, with long and foreign names."""

from dataclasses import replace
from datetime import timedelta, timezone
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from reportlab.pdfbase import pdfmetrics

from paraphe.pdf.api import Box, SignatureSettings, inspect, render_page
from paraphe.pdf.appearance import BOLD, LEADING, drawable, fitted_lines, lines_of
from tests.pdf.hands import ALICE, LATER, NOW, build, judged, letter, pki, sign

SCALE = 2


def page_of(entries: bytes) -> bytes:
    """Return a PDF of one empty page with these entries."""
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    page = b"<</Type/Page/Parent 2 0 R" + entries + b">>"
    return build({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: pages, 3: page})


def ink(before: bytes, after: bytes, page: int = 0) -> tuple[float, float, float, float]:
    """Return the rectangle in which the two differ as seen, in points: left, top, right, bottom."""
    width = round(inspect(before).pages[page].width_pt * SCALE)
    first, second = (Image.open(BytesIO(render_page(data, page, width))).convert("RGB") for data in (before, after))
    found = ImageChops.difference(first, second).getbbox()
    assert found, "nothing is seen"
    left, top, right, bottom = (value / SCALE for value in found)
    return left, top, right, bottom


@pytest.mark.parametrize("rotation", [0, 90, 180, 270, -90, 450])
@pytest.mark.parametrize(
    "boxes",
    [
        b"/MediaBox[0 0 600 400]",
        b"/MediaBox[-50 -30 550 370]",
        b"/MediaBox[600 400 0 0]",
        b"/MediaBox[0 0 900 700]/CropBox[100.5 50.25 700.5 450.25]",
        b"/MediaBox[0 0 600 400]/CropBox[-100 -100 2000 2000]",
    ],
)
def test_the_signature_is_seen_where_it_was_put(rotation: int, boxes: bytes) -> None:
    data = page_of(boxes + b"/Rotate %d" % rotation)
    page = inspect(data).pages[0]
    sizes = (600, 400) if rotation % 180 == 0 else (400, 600)
    assert (round(page.width_pt), round(page.height_pt)) == sizes
    box = Box(0, 40, 60, 180, 64)
    signed = sign(data, settings=replace(ALICE, box=box)).data
    left, top, right, bottom = ink(data, signed)
    # The bar at the left edge is as high as the box; the text ends before the right edge, upright.
    assert left == pytest.approx(40, abs=1.5)
    assert top == pytest.approx(60, abs=1.5)
    assert bottom == pytest.approx(124, abs=1.5)
    assert 40 + 90 < right <= 221
    assert right - left > bottom - top


@pytest.mark.parametrize("corner", [(0, 0), (600, 0), (0, 400), (600, 400)])
def test_in_a_corner_it_stays_on_the_page(corner: tuple[int, int]) -> None:
    data = page_of(b"/MediaBox[0 0 600 400]")
    x, y = corner
    signed = sign(data, settings=replace(ALICE, box=Box(0, x - 90, y - 32, 180, 64))).data
    left, top, right, bottom = ink(data, signed)
    assert (left < 2) == (x == 0)
    assert (bottom > 398) == (y == 400)
    assert bottom - top == pytest.approx(64, abs=2)
    assert right <= 600


NAMES = [
    "Alice Martin",
    "Étienne Le Gall-Dubois",
    "Œdipe Čapek-Łukasiewicz, née Dvořák",
    "Αλέξανδρος Παπαδόπουλος",
    "Marie-Antoinette de Montmorency-Laval-Rochefoucauld d'Estissac et de la Tour du Pin",
    "W" * 200,
    "محمد 田中 😀",
    "%(signer)s \\ ( ) % \n \t",
    "",
]


@pytest.mark.parametrize("size", [(4, 4), (12, 200), (60, 14), (120, 40), (200, 72), (400, 200)], ids=str)
@pytest.mark.parametrize("name", NAMES, ids=[f"name{number}" for number in range(len(NAMES))])
def test_no_text_leaves_its_box(name: str, size: tuple[int, int]) -> None:
    settings = SignatureSettings(signer_name=name, firm="Cabinet Le Gall-Dubois et associés", signed_at=NOW)
    width, height = size
    left = min(2.5, width * 0.02) + min(6.0, width * 0.04)
    font_size, lines = fitted_lines(lines_of(settings), width - left - 1, height)
    assert len(lines) * font_size * LEADING <= max(height, font_size * LEADING) + 0.01
    for text, font in lines:
        assert text == "…" or pdfmetrics.stringWidth(text, font, font_size) <= width - left - 1 + 0.01


@pytest.mark.parametrize("name", ["W" * 200, "Αλέξανδρος Παπαδόπουλος", "Œdipe Čapek-Łukasiewicz, née Dvořák"])
@pytest.mark.parametrize("size", [(4, 4), (30, 100), (150, 20), (200, 72)], ids=str)
def test_no_ink_leaves_its_box(name: str, size: tuple[int, int]) -> None:
    data = page_of(b"/MediaBox[0 0 600 400]")
    box = Box(0, 100, 100, *size)
    left, top, right, bottom = ink(data, sign(data, settings=replace(ALICE, box=box, signer_name=name)).data)
    assert left >= 99
    assert top >= 99
    assert right <= 101 + size[0]
    assert bottom <= 101 + size[1]


def test_letters_of_europe_are_drawn_and_others_are_not_lost_silently() -> None:
    lines_of(ALICE)
    for text in ("Œdipe Łukasz Dvořák éàçùïŒœ €", "Αλέξανδρος", "Алексей", "O'Neil"):
        assert drawable(text, BOLD) == text
    # Composed of two code points, and drawn as one letter.
    assert drawable("E\u0301tienne", BOLD) == "Étienne"
    assert drawable("田中", BOLD) == "??"


def test_the_appearance_says_what_was_asked_in_its_language_and_zone() -> None:
    paris = timezone(timedelta(hours=1))
    at = replace(ALICE, signed_at=NOW.astimezone(paris))
    assert [text for text, _ in lines_of(at)] == [
        "Signé électroniquement par",
        "Alice Martin",
        "Cabinet Martin",
        "le 23/11/2026 à 09:00",
    ]
    seal = replace(at, kind="seal", language="en", firm="")
    assert [text for text, _ in lines_of(seal)] == [
        "Electronically sealed by",
        "Alice Martin",
        "23 Nov 2026, 09:00",
    ]


def test_a_page_of_a_kilometre_is_signed_and_drawn() -> None:
    data = page_of(b"/MediaBox[0 0 200 14400]")
    signed = sign(data, settings=replace(ALICE, box=Box(0, 10, 14000, 150, 50))).data
    assert judged(signed, pki().roots, LATER).ok
    assert Image.open(BytesIO(render_page(signed, 0, 3000))).height <= 40_000_000


def test_the_same_signature_is_drawn_the_same() -> None:
    first, second = (sign(letter()).data for _ in range(2))
    assert render_page(first, 0, 300) == render_page(second, 0, 300)
