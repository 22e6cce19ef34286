"""What is seen of two revisions: a difference is found where it is, and nowhere else."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from paraphe.pdf.api import Box, RenderFailed, render_page
from paraphe.pdf.render import Comparison, differences
from tests.pdf.hands import build, letter, one_page

Change = Callable[[IncrementalPdfFileWriter], None]
TEXT = b"BT /F 24 Tf 40 100 Td (Honoraires : 100 euros) Tj ET"


@cache
def page() -> bytes:
    """A page of 300 by 200 points with one line at its middle."""
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return one_page(
        {4: b"<</Length %d>>stream\n%s\nendstream" % (len(TEXT), TEXT), 5: font},
        page=b"/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>",
    )


def changed(data: bytes, change: Change) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(data), strict=False)
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def text(content: bytes) -> Change:
    def change(writer: IncrementalPdfFileWriter) -> None:
        reference, _ = writer.find_page_for_modification(0)
        reference.get_object()[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=content))
        writer.mark_update(reference)

    return change


def turned(writer: IncrementalPdfFileWriter) -> None:
    reference, _ = writer.find_page_for_modification(0)
    reference.get_object()[pdf_name("/Rotate")] = generic.NumberObject(90)
    writer.mark_update(reference)


def compare(before: bytes, after: bytes, *ignore: Box) -> Comparison:
    return differences(after, len(before), ignore=ignore)


def test_two_revisions_that_look_the_same_do_not_differ() -> None:
    again = changed(page(), text(TEXT))
    assert compare(page(), again) == Comparison((), 1, complete=True)


def test_a_number_that_was_changed_is_found_where_it_is() -> None:
    found = compare(page(), changed(page(), text(TEXT.replace(b": 100", b": 900"))))
    ((box,),) = [one.boxes for one in found.differences]
    assert 150 < box.x < 210
    assert 70 < box.y < 100
    assert box.width < 50


@pytest.mark.parametrize(
    ("before", "after"), [(b"1 0 0 rg", b"0 0.51 0 rg"), (b"0.82 g", b"0.9 g"), (b"1 1 0 rg", b"1 1 1 rg")]
)
def test_a_colour_is_seen(before: bytes, after: bytes) -> None:
    first = changed(page(), text(before + b" " + TEXT))
    assert compare(first, changed(first, text(after + b" " + TEXT))).differences


def test_a_page_too_large_to_be_sharp_is_not_said_to_be_compared() -> None:
    huge = one_page().replace(b"[0 0 300 200]", b"[0 0 14000 14000]")
    assert not differences(huge, len(huge)).complete


def test_what_may_differ_is_left_out_and_the_rest_is_not() -> None:
    after = changed(page(), text(TEXT + b" 10 10 30 20 re f"))
    assert compare(page(), after).differences
    assert not compare(page(), after, Box(0, 10, 170, 30, 20)).differences
    both = changed(page(), text(TEXT.replace(b": 100", b": 900") + b" 10 10 30 20 re f"))
    assert compare(page(), both, Box(0, 10, 170, 30, 20)).differences


def test_a_page_that_was_turned_differs_as_a_whole() -> None:
    ((box,),) = [one.boxes for one in compare(page(), changed(page(), turned)).differences]
    assert (box.width, box.height) == (200, 300)


def test_a_page_more_differs_without_a_box() -> None:
    def added(writer: IncrementalPdfFileWriter) -> None:
        from pyhanko.pdf_utils.writer import PageObject

        contents = writer.add_object(generic.StreamObject(stream_data=b""))
        writer.insert_page(PageObject(contents=contents, media_box=(0, 0, 300, 200)))

    (found,) = compare(page(), changed(page(), added)).differences
    assert (found.page, found.boxes) == (1, ())


def test_a_revision_is_drawn_as_it_was(tmp_path: Path) -> None:
    after = changed(page(), text(TEXT.replace(b": 100", b": 900")))
    assert render_page(after, 0, 300, end=len(page())) == render_page(page(), 0, 300)
    assert render_page(after, 0, 300) != render_page(page(), 0, 300)
    (tmp_path / "a.pdf").write_bytes(after)
    assert render_page(tmp_path / "a.pdf", 0, 300) == render_page(after, 0, 300)
    assert differences(tmp_path / "a.pdf", len(page())) == compare(page(), after)


def test_without_time_the_comparison_says_that_it_is_not_complete() -> None:
    many = build(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[" + b"3 0 R " * 1 + b"]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>",
        }
    )
    assert differences(many, len(many), pages=0) == Comparison((), 0, complete=False)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing"])
def test_what_cannot_be_drawn_is_said(data: bytes) -> None:
    with pytest.raises(RenderFailed):
        differences(data, len(data))
    with pytest.raises(RenderFailed):
        differences(letter(), 10)
