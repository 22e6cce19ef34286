"""Documents with files inside, as PDF/A-3: what tools of others and a look at the structure can say of it."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.pdf import api as pdf
from paraphe.pki.tsp import token_info
from tests.pdf.hands import NOW, letter, pki, sign
from tests.support.pdfa import findings

MADE = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FILES = [
    pdf.AttachedFile("record.json", b'{"a": 1}', "application/json", "Le dossier", "Data"),
    pdf.AttachedFile("consent.txt", b"J'accepte", "text/plain", "Consentement"),
]


def document() -> bytes:
    blocks = (
        pdf.Heading("Élise & Œuvre"),
        pdf.Table(("a", "b"), (("1", "2"), ("3", "4")), widths=(1, 3), small=True),
    )
    return pdf.compose(pdf.TextDocument("Dossier de preuve", "Lettre & annexes", "fr", "1", MADE, blocks))


@pytest.fixture
def made() -> bytes:
    return pdf.archival(document(), FILES, MADE)


def test_the_files_come_out_as_they_went_in(made: bytes) -> None:
    assert pdf.attached_files(made) == sorted(FILES, key=lambda one: one.name)


def test_the_same_input_gives_the_same_bytes_but_for_the_identifier(made: bytes) -> None:
    again = pdf.archival(document(), FILES, MADE)
    cut = made.rindex(b"/ID")
    assert again[:cut] == made[:cut]


def test_its_structure_is_that_of_pdfa(made: bytes) -> None:
    assert findings(made) == []
    assert b"/Version /1.7" in made
    assert "no metadata" in findings(document()), "the check sees what is missing"


def test_others_read_it(made: bytes, tmp_path: Path) -> None:
    path = tmp_path / "proof.pdf"
    path.write_bytes(made)
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    listed = subprocess.run(["qpdf", "--list-attachments", path], check=True, capture_output=True, text=True).stdout
    assert [line.split(" ")[0] for line in listed.splitlines()] == ["consent.txt", "record.json"]
    shown = subprocess.run(
        ["mutool", "show", path, "trailer/Root/Metadata"], check=True, capture_output=True, text=True
    ).stdout
    assert "/Subtype /XML" in shown


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(pdf.PdfRefused):
        pdf.attached_files(b"%PDF-1.7 and nothing")
    assert pdf.attached_files(document()) == []


def test_what_proves_a_signature_is_taken_out_of_the_file() -> None:
    signed = sign(letter()).data
    kept = pdf.kept_proofs(signed)
    assert pki().signer("alice").certificate.public_bytes(Encoding.DER) in kept.certificates
    assert len(kept.ocsps) + len(kept.crls) > 0
    [token] = kept.timestamps
    assert token_info(token).gen_time == NOW


def test_of_what_is_not_signed_there_is_nothing_to_keep() -> None:
    assert pdf.kept_proofs(letter()) == pdf.KeptProofs((), (), (), ())
