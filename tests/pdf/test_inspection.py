"""What is in a PDF, and what is refused by name, whatever the bytes are."""

import time

import pytest

from paraphe.pdf.api import (
    Damaged,
    NoPages,
    PdfRefused,
    inspect,
)
from paraphe.pdf.inspection import inspect_here
from paraphe.pdf.verdict.core import validate_here
from tests.pdf.hands import LATER, NOW, REAL, build, how, judged, letter, names, one_page, pki, sign

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"


def test_a_page_is_measured_as_it_is_seen() -> None:
    (page,) = inspect(one_page()).pages
    assert (page.width_pt, page.height_pt, page.rotation) == (300, 200, 0)


@pytest.mark.parametrize(
    ("entries", "seen"),
    [
        (b"/Rotate 90", (200, 300, 90)),
        (b"/Rotate -90", (200, 300, 270)),
        (b"/Rotate 450", (200, 300, 90)),
        (b"/Rotate 45", (300, 200, 0)),
        (b"/CropBox[10 20 110 70]", (100, 50, 0)),
        (b"/CropBox[110 70 10 20]", (100, 50, 0)),
        (b"/CropBox[-100 -100 900 900]", (300, 200, 0)),
        (b"/CropBox[900 900 901 901]", (300, 200, 0)),
        (b"/CropBox[0 0 0 0]", (300, 200, 0)),
        (b"/CropBox 4 0 R", (100, 50, 0)),
        (b"/CropBox[5 0 R 0 105 50]", (100, 50, 0)),
    ],
)
def test_rotation_and_crop_box(entries: bytes, seen: tuple[float, float, int]) -> None:
    (page,) = inspect(one_page({4: b"[0 0 100 50]", 5: b"5"}, page=entries)).pages
    assert (page.width_pt, page.height_pt, page.rotation) == seen


def test_boxes_and_rotation_are_inherited() -> None:
    data = build(
        {
            1: CATALOG,
            2: b"<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 100 50]/Rotate 90>>",
            3: b"<</Type/Page/Parent 2 0 R>>",
            4: b"<</Type/Page/Parent 2 0 R/Rotate 0>>",
        }
    )
    assert [(page.width_pt, page.rotation) for page in inspect(data).pages] == [(50, 90), (100, 0)]


@pytest.mark.parametrize("path", REAL, ids=names(REAL))
def test_real_files_are_taken_and_cut_ones_are_not(path: object) -> None:
    data = path.read_bytes()  # type: ignore[attr-defined]
    assert inspect(data).size == len(data)
    with pytest.raises(PdfRefused):
        inspect(data[: len(data) * 2 // 3])
    with pytest.raises(PdfRefused):
        inspect(data[len(data) // 3 :])


def test_names_of_fields_are_plain_text_and_hold_on_to_no_file() -> None:
    # The reader's own strings point back to everything it read; to copy one is to copy the whole file.
    data = sign(letter()).data
    found = inspect_here(data)
    report = validate_here(data, b"", how(pki().roots, LATER))
    assert {type(name) for name in (*found.signed_fields, *found.empty_fields)} == {str}
    assert type(report.signatures[0].field) is str


def test_signatures_are_named() -> None:
    found = inspect(sign(letter()).data)
    assert found.signed_fields == ("Signature1",)
    assert found.empty_fields == ()
    assert inspect(letter()).signed_fields == ()


@pytest.mark.parametrize(
    ("catalog", "page", "warnings"),
    [
        (b"", b"", ()),
        (b"/OpenAction<</S/JavaScript/JS(app.alert())>>", b"", ("scripts",)),
        (b"/OpenAction<</S/GoTo/Next<</S/JavaScript/JS(x)>>>>", b"", ("scripts",)),
        (b"/OpenAction[3 0 R /Fit]", b"", ()),
        (b"/Names<</JavaScript<</Names[]>>>>", b"", ("scripts",)),
        (b"/AA<</WC<</S/JavaScript/JS(x)>>>>", b"", ("scripts",)),
        (b"", b"/AA<</O<</S/Launch/F(x)>>>>", ("launch_actions",)),
        (b"", b"/Annots[4 0 R]", ("launch_actions", "form_fields")),
        (b"/OCProperties<</OCGs[]/D<<>>>>", b"", ("hidden_layers",)),
        (b"/Names<</EmbeddedFiles<</Names[]>>>>", b"", ("embedded_files",)),
    ],
)
def test_what_can_change_the_appearance_is_warned_of(catalog: bytes, page: bytes, warnings: tuple[str, ...]) -> None:
    widget = {4: b"<</Type/Annot/Subtype/Widget/FT/Btn/Rect[0 0 9 9]/A<</S/Launch/F(x)>>>>"}
    assert inspect(one_page(widget, catalog=catalog, page=page)).warnings == warnings


def test_a_chain_of_actions_without_end_ends() -> None:
    data = one_page({4: b"<</S/GoTo/Next 4 0 R>>"}, catalog=b"/OpenAction 4 0 R")
    assert inspect(data).warnings == ()


MESH = build({1: CATALOG, **{n: b"<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 9>>" % (n + 1, n + 1) for n in range(2, 60)}})
REFUSED = {
    "tree as a mesh": (MESH, Damaged),
    "tree without kids": (build({1: CATALOG, 2: b"<</Type/Pages/Count 0>>"}), NoPages),
    "fields in a loop": (one_page({4: b"<</T(a)/Kids[4 0 R]>>"}, catalog=b"/AcroForm<</Fields[4 0 R]>>"), Damaged),
    "reference to itself": (build({1: CATALOG, 2: b"2 0 R"}), Damaged),
    "table at the start": (b"%PDF-1.7\nstartxref\n0\n%%EOF", Damaged),
    "table beyond the end": (b"%PDF-1.7\nstartxref\n99999999999999999999\n%%EOF", Damaged),
    "dictionaries in dictionaries": (one_page(page=b"/X " + b"<</X " * 50_000 + b"0" + b">>" * 50_000), Damaged),
    "dictionaries without end": (b"%PDF-1.7\n" + b"1 0 obj\n<<" * 1000 + b"startxref\n9\n%%EOF", Damaged),
    "box of words": (one_page(page=b"/CropBox[/A /B /C /D]"), Damaged),
}


@pytest.mark.parametrize("name", REFUSED)
def test_structures_that_no_program_writes_are_refused_at_once(name: str) -> None:
    data, refusal = REFUSED[name]
    begin = time.monotonic()
    with pytest.raises(refusal):
        inspect(data)
    assert time.monotonic() - begin < 8


@pytest.mark.parametrize("name", REFUSED)
def test_they_do_not_hold_up_validation_either(name: str) -> None:
    try:
        assert not judged(REFUSED[name][0], pki().roots, NOW).ok
    except PdfRefused as refused:
        assert refused.code in ("damaged", "truncated")  # noqa: PT017 - a report without signatures is right as well
