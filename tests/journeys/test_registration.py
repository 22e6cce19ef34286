"""Alice registers, signs a document of her own, and other programs find the signatures valid."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.house import House
from tests.journeys.visitor import Visitor, pdf_of

ALICE = "+33612345678"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for files that people took away."""
    return tmp_path_factory.mktemp("shelf")


def test_alice_registers_and_signs_her_first_letter(visitor: Callable[..., Visitor], house: House, shelf: Path) -> None:
    alice, odile = visitor(), visitor()
    odile.is_officer()
    alice.signs_in("alice.martin")
    alice.sees("Bienvenue, Alice")
    alice.confirms_data_and_mobile("06 12 34 56 78")
    alice.photographs_identity("MARTIN Alice")
    odile.approves("Alice")
    alice.gets_certificate(ALICE)
    before = house.count_sms(ALICE)
    alice.accepts_terms()
    alice.authorises(ALICE, before)
    alice.sees("Félicitations, votre enregistrement est terminé")
    (shelf / "terms.pdf").write_bytes(alice.downloads("Télécharger les conditions signées"))
    letter = shelf / "Lettre de mission – été.pdf"
    letter.write_bytes(pdf_of("Lettre de mission", pages=3))
    alice.uploads(letter)
    alice.signs(ALICE)
    alice.sees("Votre document est signé.")
    (shelf / "letter.pdf").write_bytes(alice.downloads())
    assert (shelf / "letter.pdf").read_bytes().startswith(letter.read_bytes())
    for name in ("terms", "letter"):
        said = subprocess.run(
            ["pdfsig", "-nocert", shelf / f"{name}.pdf"], capture_output=True, text=True, check=False
        ).stdout
        assert "Signature is Valid" in said
        assert "Total document signed" in said
        assert "Not total" not in said
        assert (
            subprocess.run(["qpdf", "--check", shelf / f"{name}.pdf"], capture_output=True, check=False).returncode == 0
        )
    assert alice.faults == []
    assert odile.faults == []
