"""Alice photographs her card: what is kept, and each reason why she is asked for another picture."""

import io
import struct
import time
import zipfile
import zlib

import numpy as np
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from paraphe.proofing.api import LIMITS, Limits, Reason, examine
from tests.support.identity_photos import blurred, card, dim, encoded, grey_copy, photo

ALICE = photo()
EXIF_ORIENTATION = 0x0112


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg), formats=("JPEG",))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "PDF"])
def test_each_form_is_kept_as_a_clean_jpeg(form: str) -> None:
    verdict = examine(encoded(ALICE, form))
    assert verdict.accepted
    (page,) = verdict.pages
    picture = opened(page.jpeg)
    assert picture.format == "JPEG"
    assert picture.mode == "RGB"
    assert picture.size == (page.width, page.height)
    assert verdict.hints == ()


def test_a_pdf_may_bring_both_sides_when_both_are_missing() -> None:
    data = encoded(ALICE, "PDF", save_all=True, append_images=[photo(card(side="back"))])
    assert len(examine(data, max_pages=2).pages) == 2
    assert examine(data, max_pages=1).reasons == (Reason.TOO_MANY_PAGES,)


def test_orientation_is_applied_and_metadata_is_gone() -> None:
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    exif[0x010F] = "Telephone of Alice"
    (page,) = examine(encoded(ALICE, "JPEG", exif=exif)).pages
    assert (page.width, page.height) == (ALICE.height, ALICE.width)
    assert b"Telephone of Alice" not in page.jpeg
    assert not opened(page.jpeg).getexif()


@pytest.mark.parametrize("tint", [(1.0, 1.0, 1.0), (1.0, 0.96, 0.88), (0.92, 0.97, 1.0)])
def test_a_photocopy_is_refused_even_when_tinted(tint: tuple[float, float, float]) -> None:
    assert examine(encoded(grey_copy(ALICE, tint))).reasons == (Reason.NOT_COLOUR,)


def test_a_photocopy_on_a_coloured_table_is_refused() -> None:
    assert examine(encoded(photo(grey_copy(card())))).reasons == (Reason.NOT_COLOUR,)


def test_light_is_judged_before_colour() -> None:
    assert examine(encoded(dim(ALICE, 0.35))).reasons == (Reason.DARK,)
    assert examine(encoded(dim(ALICE, 0.75))).accepted


def test_nothing_to_see_is_refused() -> None:
    assert examine(encoded(Image.new("RGB", (1200, 800), (230, 220, 210)))).reasons == (Reason.BLANK,)


def test_too_few_pixels_are_refused() -> None:
    assert examine(encoded(ALICE.resize((640, 430)))).reasons == (Reason.TOO_SMALL,)
    assert examine(encoded(ALICE.resize((900, 610)))).accepted


def test_blur_is_only_a_hint() -> None:
    verdict = examine(encoded(blurred(ALICE, 12)))
    assert verdict.accepted
    assert Reason.BLURRED in verdict.hints


def test_very_large_photographs_are_reduced() -> None:
    verdict = examine(encoded(ALICE.resize((6400, 4330)), quality=60))
    assert max(verdict.pages[0].width, verdict.pages[0].height) <= LIMITS.kept_side


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"GIF89a" + bytes(200), Reason.UNSUPPORTED_TYPE),
        (b"a letter to the council", Reason.UNSUPPORTED_TYPE),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), Reason.HEIC),
        (encoded(ALICE)[:20_000], Reason.UNREADABLE),
        (b"\xff\xd8\xff" + bytes(5000), Reason.UNREADABLE),
        (b"%PDF-1.7\nnothing more", Reason.UNREADABLE),
        (bytes(10_000_001), Reason.TOO_LARGE),
    ],
)
def test_what_is_not_a_photograph_has_its_reason(data: bytes, reason: Reason) -> None:
    verdict = examine(data)
    assert verdict.reasons == (reason,)
    assert not verdict.pages


def test_transparency_lies_on_white() -> None:
    layer = ALICE.convert("RGBA")
    layer.putpixel((0, 0), (0, 0, 0, 0))
    layer.paste((0, 0, 0, 0), (0, 0, 60, 60))
    (page,) = examine(encoded(layer, "PNG")).pages
    assert np.asarray(opened(page.jpeg))[10:40, 10:40].min() > 240


def test_cmyk_is_read() -> None:
    assert examine(encoded(ALICE.convert("CMYK"))).accepted


def test_palette_is_read() -> None:
    assert examine(encoded(ALICE.quantize(200), "PNG")).accepted


def test_sixteen_bits_of_grey_are_no_colour() -> None:
    deep = Image.frombytes(
        "I;16", ALICE.size, b"".join(struct.pack("<H", v * 257) for v in ALICE.convert("L").tobytes())
    )
    assert examine(encoded(deep, "PNG")).reasons == (Reason.NOT_COLOUR,)


def test_an_animation_gives_its_first_picture() -> None:
    data = encoded(ALICE, "PNG", save_all=True, append_images=[photo(seed=2)])
    assert len(examine(data).pages) == 1


def test_what_is_glued_behind_a_photograph_is_left_behind() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as pack:
        pack.writestr("x.html", "<script>alert(1)</script>")
    data = encoded(ALICE) + b"<script>alert(2)</script>" + archive.getvalue()
    assert zipfile.is_zipfile(io.BytesIO(data))
    (page,) = examine(data).pages
    assert b"script" not in page.jpeg
    assert not zipfile.is_zipfile(io.BytesIO(page.jpeg))


def test_a_bomb_of_pixels_costs_nothing() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    data = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
    start = time.monotonic()
    assert examine(data).reasons == (Reason.TOO_MANY_PIXELS,)
    assert time.monotonic() - start < 10


def test_a_pdf_of_five_hundred_pages_is_refused() -> None:
    document = pypdfium2.PdfDocument.new()
    for _ in range(500):
        document.new_page(200, 200)
    buffer = io.BytesIO()
    document.save(buffer)
    assert examine(buffer.getvalue(), max_pages=2).reasons == (Reason.TOO_MANY_PAGES,)


def test_a_pdf_page_of_any_size_is_rendered_at_our_size() -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(200_000, 150_000)
    buffer = io.BytesIO()
    document.save(buffer)
    # An empty sheet: it was rendered, within the limits, and nothing is on it.
    assert examine(buffer.getvalue()).reasons == (Reason.BLANK,)


def test_a_child_that_takes_too_long_is_killed() -> None:
    impatient = Limits(wall_seconds=0.01)
    assert examine(encoded(ALICE), limits=impatient).reasons == (Reason.UNREADABLE,)


def test_a_child_that_wants_too_much_memory_dies_alone() -> None:
    tight = Limits(memory_bytes=60_000_000)
    assert examine(encoded(ALICE), limits=tight).reasons == (Reason.UNREADABLE,)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    start=st.sampled_from([b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"%PDF-1.4\n", b""]),
    rest=st.binary(max_size=400),
)
def test_no_bytes_break_it(start: bytes, rest: bytes) -> None:
    verdict = examine(start + rest)
    assert verdict.reasons
    assert not verdict.accepted


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(places=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=20))
def test_damaged_photographs_are_kept_or_refused(places: list[tuple[int, int]]) -> None:
    damaged = bytearray(encoded(ALICE.resize((900, 610))))
    for place, value in places:
        damaged[place % len(damaged)] = value
    verdict = examine(bytes(damaged))
    assert verdict.accepted != bool(verdict.reasons)
