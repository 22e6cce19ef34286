"""Initials on every page, in the revision of the signature: every reader finds the signature over the whole file."""

import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from paraphe.pdf.api import Box, InitialsOnSigned, differences, inspect, render_page
from paraphe.pdf.signing import prepare
from tests.journeys.visitor import pdf_of
from tests.pdf.hands import ALICE, CLOCK, LATER, VECTORS, judged, pki, sign
from tests.support.pki import TestPki

PAGES = pdf_of("Comptes annuels", pages=4)
LAST = replace(ALICE, box=Box(3, 300.0, 700.0, 200.0, 72.0), initials="AM")


def stamps(data: bytes) -> list[int]:
    """Return how many stamps each page has."""
    reader = PdfFileReader(BytesIO(data))
    pages = [reader.find_page_for_modification(number)[0].get_object() for number in range(len(inspect(data).pages))]
    kinds = [[str(one.get_object()["/Subtype"]) for one in page.get("/Annots", [])] for page in pages]
    return [one.count("/Stamp") for one in kinds]


def test_initials_stand_on_every_page_but_that_of_the_signature() -> None:
    done = sign(PAGES, settings=LAST).data
    assert done.startswith(PAGES)
    assert stamps(done) == [1, 1, 1, 0]
    assert stamps(sign(PAGES, settings=replace(LAST, box=None)).data) == [1, 1, 1, 1]
    seen = differences(done, len(PAGES))
    # Seen at the foot of each page, at its right, and nowhere else.
    assert [one.page for one in seen.differences] == [0, 1, 2, 3]
    for one in seen.differences[:3]:
        (box,) = one.boxes
        assert box.x > 500
        assert box.y > 780


@pytest.mark.parametrize(
    "name",
    ["libreoffice-rotated-qpdf", "qpdf-linearized-objstm", "libreoffice-pdfa2", "pdf-lib-form", "mutool-cropped"],
)
def test_every_reader_finds_the_whole_signed(name: str, tmp_path: Path) -> None:
    done = tmp_path / "done.pdf"
    done.write_bytes(sign((VECTORS / f"{name}.pdf").read_bytes(), settings=replace(LAST, box=None)).data)
    (own,) = judged(done.read_bytes(), pki().roots, LATER).signatures
    assert (own.indication, own.coverage, own.modifications) == ("TOTAL-PASSED", "document", "none")
    said = subprocess.run(["pdfsig", "-nocert", done], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert subprocess.run(["qpdf", "--check", done], capture_output=True, check=False).returncode in (0, 3)
    drawn = ["mutool", "draw", "-q", "-r", "30", "-o", str(tmp_path / "page%d.png"), str(done)]
    assert subprocess.run(drawn, capture_output=True, check=False).returncode == 0


def test_a_later_signature_leaves_initials_and_the_first_one_as_they_were() -> None:
    house = TestPki.create(CLOCK.now())
    first = sign(PAGES, settings=LAST, among=house).data
    second = sign(
        first, "bob", replace(ALICE, box=Box(3, 50.0, 700.0, 200.0, 72.0), signer_name="Bob Petit"), among=house
    ).data
    report = judged(second, house.roots, LATER)
    assert [one.indication for one in report.signatures] == ["TOTAL-PASSED", "TOTAL-PASSED"]
    context = ValidationContext(trust_roots=[_asn1(one) for one in house.roots], moment=LATER, allow_fetching=False)
    for embedded in PdfFileReader(BytesIO(second)).embedded_signatures:
        status = validate_pdf_signature(embedded, context)
        assert status.intact
        assert status.modification_level is None or status.modification_level.name in (
            "NONE",
            "LTA_UPDATES",
            "FORM_FILLING",
        )


def test_under_an_earlier_signature_initials_are_refused() -> None:
    signed = sign(PAGES).data
    signer = pki().signer("alice")
    with pytest.raises(InitialsOnSigned):
        prepare(signed, LAST, signer.certificate, signer.chain, CLOCK)


def test_a_stamp_that_is_changed_afterwards_is_found() -> None:
    house = pki()
    done = sign(PAGES, settings=LAST).data
    from pyhanko.pdf_utils.generic import FloatObject, pdf_name
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(done))
    stamp = writer.find_page_for_modification(0)[0].get_object()["/Annots"][0]
    stamp[pdf_name("/Rect")][0] = FloatObject(10)
    writer.update_container(stamp)
    out = BytesIO()
    writer.write(out)
    (own,) = judged(out.getvalue(), house.roots, LATER).signatures
    assert own.modifications in ("suspicious", "forbidden")


def test_initials_are_drawn_upright_on_turned_pages() -> None:
    source = (VECTORS / "libreoffice-rotated-qpdf.pdf").read_bytes()
    done = sign(source, settings=replace(LAST, box=None)).data
    for number, page in enumerate(inspect(done).pages):
        assert render_page(done, number, 400)
        boxes = [box for one in differences(done, len(source)).differences if one.page == number for box in one.boxes]
        assert boxes, number
        assert all(box.x > page.width_pt - 80 and box.y > page.height_pt - 60 for box in boxes)


def _asn1(certificate: object) -> object:
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding

    return Certificate.load(certificate.public_bytes(Encoding.DER))  # type: ignore[attr-defined]
