"""Documents of other producers, signed: the whole way, judged by programs that are not ours."""

import shutil
import subprocess
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature

from paraphe.pdf.api import Box, SignatureSettings, inspect, render_page
from tests.pdf.hands import LATER, NOW, REAL, judged, names, pki, sign


def run(*command: str | Path, good: Sequence[int] = (0,)) -> str:
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not on this machine")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in good, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every real file, signed by Étienne at the foot of its last page."""
    place = tmp_path_factory.mktemp("signed")
    for path in REAL:
        data = path.read_bytes()
        found = inspect(data)
        page = found.pages[-1]
        settings = SignatureSettings(
            box=Box(len(found.pages) - 1, page.width_pt - 236, page.height_pt - 108, 200, 72),
            signer_name="Étienne Le Gall-Dubois",
            firm="Cabinet Le Gall-Dubois et associés",
            signed_at=NOW,
            reason="Approbation",
        )
        (place / path.name).write_bytes(sign(data, "etienne", settings).data)
    return place


each = pytest.mark.parametrize("path", REAL, ids=names(REAL))


def test_there_are_enough_of_them() -> None:
    assert len(REAL) >= 10
    assert all(path.stat().st_size < 100_000 for path in REAL)


@each
def test_ours_says_valid_and_nothing_of_the_original_changed(path: Path, folder: Path) -> None:
    data = (folder / path.name).read_bytes()
    report = judged(data, pki().roots, LATER)
    (found,) = report.signatures
    assert report.ok
    assert (found.level, found.coverage, found.modifications) == ("B-LT", "document", "none")
    assert found.signer == "Étienne Le Gall-Dubois"
    assert found.timestamped_at == NOW
    assert data.startswith(path.read_bytes())
    assert len(inspect(data).pages) == len(inspect(path.read_bytes()).pages)


@each
def test_poppler_says_valid_and_the_whole_document(path: Path, folder: Path) -> None:
    text = run("pdfsig", "-nocert", folder / path.name)
    assert "Signature is Valid." in text
    assert "Total document signed" in text
    assert "ETSI.CAdES.detached" in text


@each
def test_qpdf_finds_no_error(path: Path, folder: Path) -> None:
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", folder / path.name)


@each
def test_mupdf_draws_it(path: Path, folder: Path, tmp_path: Path) -> None:
    run("mutool", "draw", "-q", "-r", "30", "-o", tmp_path / "page%d.png", folder / path.name)
    assert len(list(tmp_path.iterdir())) == len(inspect(path.read_bytes()).pages)


@each
def test_pyhanko_alone_says_valid_offline(path: Path, folder: Path) -> None:
    # Not strict: Pillow and MuPDF write generation 65536 for the free object.
    reader = PdfFileReader(BytesIO((folder / path.name).read_bytes()), strict=False)
    roots = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in pki().roots]
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {"trust_roots": roots, "allow_fetching": False, "revocation_mode": "require", "moment": NOW}
    )
    status = validate_pdf_signature(reader.embedded_signatures[0], context, context)
    assert status.bottom_line
    assert status.timestamp_validity
    assert status.timestamp_validity.trusted


@each
def test_the_last_page_shows_the_signature(path: Path, folder: Path) -> None:
    last = len(inspect(path.read_bytes()).pages) - 1
    assert render_page((folder / path.name).read_bytes(), last, 300) != render_page(path.read_bytes(), last, 300)
