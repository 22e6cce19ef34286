"""One PDF of many payslips into many files: by page count, by text; what is drawn stays, what acts does not."""

import re
import subprocess
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from paraphe.pdf.api import (
    AnchorMissing,
    AtText,
    Encrypted,
    EveryPages,
    NotAPdf,
    OwnerProtected,
    Part,
    PdfRefused,
    SplitSigned,
    inspect,
    parts,
    split,
)
from paraphe.pdf.appearance import REGULAR, register_fonts
from paraphe.pdf.bulk.document import read_document
from paraphe.pdf.split import Rule
from tests.pdf.hands import REAL, build, letter, names, one_page, sign

PEOPLE = ("Chloé Durand", "Hugo Lefèvre", "Hugo Lefèvre", "Inès Moreau", "Bob Petit")
"""Hugo's payslip has two pages."""


@cache
def payslips(people: Sequence[str] = PEOPLE) -> bytes:
    """Return a document with the payslips of ``people``, a logo and an embedded font on every page."""
    register_fonts()
    target = BytesIO()
    begun: dict[str, Any] = {"initialFontName": REGULAR}  # else every page names Helvetica, which is not embedded
    canvas = Canvas(target, invariant=1, **begun)
    canvas.setTitle("Bulletins de paie")
    logo = ImageReader(pypdfium2.PdfDocument(letter())[0].render(scale=0.3).to_pil())
    for number, person in enumerate(people):
        canvas.setFont(REGULAR, 11)
        canvas.drawImage(logo, 40, 760, 60, 60)
        canvas.drawString(120, 780, f"Salarié : {person}")
        canvas.drawString(120, 760, f"Matricule : {people.index(person):05} ")
        canvas.drawString(120, 740, f"Net à payer : {1500 + number},17 €")
        canvas.linkURL("https://cabinet.example/paie", (40, 40, 200, 60))
        canvas.bookmarkPage(f"page{number}")
        canvas.linkAbsolute("sommaire", "page0", (210, 40, 300, 60))
        canvas.addOutlineEntry(person, f"page{number}")
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def seen(path: Path, page: int) -> bytes:
    """Return page ``page`` of a file as another program draws it."""
    command = ["/usr/bin/mutool", "draw", "-q", "-r", "50", "-F", "pnm", "-o", "-", str(path), str(page + 1)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def text_of(path: Path) -> str:
    """Return what another program reads in a file."""
    return subprocess.run(["/usr/bin/pdftotext", "-layout", path, "-"], check=True, capture_output=True).stdout.decode()


def says(document: bytes, text: str) -> bool:
    """Tell whether a string stands in a document outside its pages."""
    plain = re.sub(rb"\\([0-7]{3})", lambda code: bytes((int(code[1], 8),)), document)
    return text.encode() in plain or text.encode("utf-16-be") in plain


def checked(path: Path) -> None:
    """See that two other programs find nothing wrong with a file."""
    subprocess.run(["/usr/bin/qpdf", "--check", path], check=True, capture_output=True)
    drawn = subprocess.run(["/usr/bin/mutool", "draw", "-F", "trace", path], check=True, capture_output=True)
    assert not drawn.stderr.replace(b"\n", b"").strip(b" ") or b"error" not in drawn.stderr


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (EveryPages(2), [Part(0, 2), Part(2, 2), Part(4, 1)]),
        (EveryPages(9), [Part(0, 5)]),
        (
            AtText("MATRICULE:", "word"),
            [Part(0, 1, "00000"), Part(1, 2, "00001"), Part(3, 1, "00003"), Part(4, 1, "00004")],
        ),
        (AtText("Matricule"), [Part(number, 1) for number in range(5)]),
        (AtText("Salarié : Inès", "line"), [Part(0, 3, "", found=False), Part(3, 2, "Moreau")]),
    ],
)
def test_a_rule_says_where_parts_begin(rule: Rule, expected: list[Part]) -> None:
    assert list(parts(payslips(), rule)) == expected


def test_each_employee_gets_his_payslip_and_nobody_elses(tmp_path: Path) -> None:
    whole = tmp_path / "all.pdf"
    whole.write_bytes(payslips())
    planned = parts(whole, AtText("Salarié :", "line"))
    made = list(split(whole, planned))
    assert [one.label for one in planned] == ["Chloé Durand", "Hugo Lefèvre", "Inès Moreau", "Bob Petit"]
    for part, document in zip(planned, made, strict=True):
        path = tmp_path / f"{part.label}.pdf"
        path.write_bytes(document)
        checked(path)
        assert part.label in text_of(path)
        others = [other.label for other in planned if other is not part]
        assert not any(other in text_of(path) or says(document, other) for other in others)
        for number in range(part.count):
            assert seen(path, number) == seen(whole, part.first + number)


def test_a_part_is_small_plain_and_the_same_each_time() -> None:
    (one,) = split(payslips(), [Part(2, 1)])
    assert len(one) < len(payslips())
    assert list(split(payslips(), [Part(2, 1)])) == [one]
    assert inspect(one).warnings == ()
    assert says(one, "https://cabinet.example/paie")
    assert says(one, "Bulletins de paie")
    assert b"/GoTo" not in one
    assert b"/Outlines" not in one
    read_document(one)  # the fast way of sealing takes it


def test_a_picture_that_only_another_page_shows_stays_with_that_page() -> None:
    picture = b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length %d>>"
    picture += b"\nstream\n%b\nendstream"
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length %d%b>>\nstream\n%b\nendstream"

    def stream(commands: bytes) -> bytes:
        return b"<</Length %d>>\nstream\n%b\nendstream" % (len(commands), commands)

    data = build(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R 4 0 R 5 0 R]/Count 3/MediaBox[0 0 300 200]/Resources 6 0 R/Rotate 90>>",
            3: b"<</Type/Page/Parent 2 0 R/Contents[7 0 R 8 0 R]>>",
            4: b"<</Type/Page/Parent 2 0 R/Contents 9 0 R>>",
            5: b"<</Type/Page/Parent 2 0 R/Contents 10 0 R/Resources<</XObject<</F 13 0 R>>>>>>",
            6: b"<</XObject<</Own#20one 11 0 R/Borrowed 12 0 R/Form 14 0 R>>>>",
            7: stream(b"q /Own#20one"),
            8: stream(b"Do Q"),
            9: stream(b"/Form Do"),
            10: stream(b"/F Do"),
            11: picture % (5, b"first"),
            12: picture % (6, b"second"),
            13: form % (5, b"/Resources<</XObject<</X 11 0 R/Y 12 0 R>>>>", b"/X Do"),
            14: form % (12, b"", b"/Borrowed Do"),
        }
    )
    first, second, third = split(data, [Part(0, 1), Part(1, 1), Part(2, 1)])
    assert b"first" in first
    assert b"second" not in first
    assert b"/Rotate 90" in first
    assert b"second" in second
    assert b"first" not in second
    assert b"first" in third
    assert b"second" not in third


def test_a_filled_field_stays_as_it_looks_and_scripts_go() -> None:
    look = b"<</Type/XObject/Subtype/Form/BBox[0 0 90 20]/Length 14>>\nstream\n0 0 90 20 re f\nendstream"
    data = one_page(
        {
            4: b"<</Type/Annot/Subtype/Widget/FT/Tx/T(net)/F 4/Rect[9 9 99 29]/AP<</N 5 0 R>>/P 3 0 R/AA<</K 6 0 R>>>>",
            5: look,
            6: b"<</S/JavaScript/JS(app.alert\\(1\\))>>",
        },
        catalog=b"/AcroForm<</Fields[4 0 R]>>/OpenAction 6 0 R",
        page=b"/Annots[4 0 R]/AA<</O 6 0 R>>",
    )
    (one,) = split(data, [Part(0, 1)])
    assert b"0 0 90 20 re f" in one
    assert b"/Widget" not in one
    assert b"JavaScript" not in one
    assert b"alert" not in one
    assert inspect(one).warnings == ()


def locked(data: bytes, user: str, permissions: int) -> bytes:
    """Return ``data`` encrypted."""
    writer = copy_into_new_writer(PdfFileReader(BytesIO(data)))
    writer.encrypt("owner", user)
    handler = writer.security_handler
    assert handler is not None
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def test_what_cannot_be_split_is_refused_by_name() -> None:
    for data, refusal in (
        (sign(letter()).data, SplitSigned),
        (b"no pdf", NotAPdf),
        (locked(payslips(), "secret", -4), Encrypted),
    ):
        with pytest.raises(refusal):
            parts(data, EveryPages(1))
        with pytest.raises(refusal):
            list(split(data, [Part(0, 1)]))
    with pytest.raises(AnchorMissing):
        parts(payslips(), AtText("Cotisations"))


def test_with_its_password_a_locked_document_is_split_into_open_ones(tmp_path: Path) -> None:
    data = locked(payslips(), "secret", -4)
    planned = parts(data, AtText("Matricule :", "word"), password="secret")
    made = list(split(data, planned, password="secret"))
    assert len(made) == 4
    assert inspect(made[0]).encryption == "none"
    part, whole = tmp_path / "part.pdf", tmp_path / "whole.pdf"
    part.write_bytes(made[3])
    whole.write_bytes(payslips())
    assert seen(part, 0) == seen(whole, 4)


def test_what_its_owner_forbids_to_take_apart_stays_whole(tmp_path: Path) -> None:
    whole, closed = tmp_path / "all.pdf", tmp_path / "closed.pdf"
    whole.write_bytes(payslips())
    command = ["/usr/bin/qpdf", "--encrypt", "", "owner", "256", "--modify=none", "--assemble=n", "--"]
    subprocess.run([*command, str(whole), str(closed)], check=True, capture_output=True)
    with pytest.raises(OwnerProtected):
        parts(closed, EveryPages(1))
    assert len(parts(closed, EveryPages(1), password="owner")) == 5


@pytest.mark.parametrize("path", REAL, ids=names(REAL))
def test_documents_of_many_programs_look_the_same_apart(path: Path, tmp_path: Path) -> None:
    try:
        planned = parts(path, EveryPages(1))[:3]
    except SplitSigned:
        return
    for number, document in enumerate(split(path, planned)):
        target = tmp_path / "part.pdf"
        target.write_bytes(document)
        checked(target)
        assert seen(target, 0) == seen(path, number)


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_bytes_from_outside_are_refused_or_split(data: st.DataObject) -> None:
    """A document with bytes changed is split or refused by name; nothing else comes out."""
    whole = bytearray(payslips())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))
    try:
        made = list(split(bytes(whole), parts(bytes(whole), EveryPages(2))))
    except PdfRefused:
        return
    assert all(one.startswith(b"%PDF-") for one in made)


def test_rules_that_say_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="page"):
        EveryPages(0)
    with pytest.raises(ValueError, match="200"):
        AtText(" \n")
