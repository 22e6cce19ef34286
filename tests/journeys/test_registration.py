"""Alice registers, signs a document of her own, and other programs find the signatures valid."""

import asyncio
import io
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from asn1crypto import x509
from playwright.sync_api import expect
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, SignatureCoverageLevel, async_validate_pdf_signature

from tests.journeys.house import House
from tests.journeys.visitor import Visitor, pdf_of
from tests.support.axe import found_by_axe

ALICE = "+33612345678"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for files that people took away."""
    return tmp_path_factory.mktemp("shelf")


def signed_agreement(house: House) -> bytes:
    """Return the subscription agreement that Alice signed, as the enrolment API gives it to the platform."""
    secret = (house.data / "platform" / "secrets" / "trust-client.secret").read_text().strip()
    with sqlite3.connect(f"file:{house.data}/platform/db.sqlite3?mode=ro", uri=True, timeout=20) as tables:
        (number,) = tables.execute("SELECT trust_request FROM platform_enrolment_enrolment").fetchone()
    tables.close()
    granted = requests.post(
        house.url("trust") + "/oauth2/token",
        data={"grant_type": "client_credentials", "scope": "enrolment"},
        auth=("platform", secret),
        timeout=10,
    ).json()
    answer = requests.get(
        house.url("trust") + f"/enrolment/v1/requests/{number}/agreement",
        headers={"Authorization": f"Bearer {granted['access_token']}"},
        timeout=10,
    )
    assert answer.headers["Content-Type"] == "application/pdf"
    return answer.content


def assert_whole_and_trusted(data: bytes, root: bytes) -> None:
    """Check with pyHanko's own validator: one signature, over the whole file, trusted given the root alone."""
    reader = PdfFileReader(io.BytesIO(data))
    (signature,) = reader.embedded_signatures
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {"trust_roots": [x509.Certificate.load(root)], "allow_fetching": False, "revocation_mode": "require"}
    )
    # In a thread of its own: the browser's driver has an event loop running in this one.
    with ThreadPoolExecutor(1) as elsewhere:
        status = elsewhere.submit(asyncio.run, async_validate_pdf_signature(signature, context, context)).result()
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.timestamp_validity is not None


def test_alice_registers_and_signs_her_first_letter(visitor: Callable[..., Visitor], house: House, shelf: Path) -> None:
    alice, odile = visitor(), visitor()
    odile.is_officer()
    alice.signs_in("alice.martin")
    alice.sees("Bienvenue, Alice")
    alice.confirms_data_and_mobile("06 12 34 56 78")
    alice.photographs_identity("alice.martin")
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
    (shelf / "agreement.pdf").write_bytes(signed_agreement(house))
    for name in ("agreement", "terms", "letter"):
        assert_whole_and_trusted(
            (shelf / f"{name}.pdf").read_bytes(), requests.get(house.url("trust") + "/ca/root.cer", timeout=10).content
        )
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


def test_alice_seals_a_folder_while_a_worker_is_killed(
    visitor: Callable[..., Visitor], house: House, shelf: Path
) -> None:
    folder = shelf / "novembre"
    folder.mkdir()
    for number in range(24):
        (folder / f"bulletin {number:02d}.pdf").write_bytes(pdf_of(f"Bulletin de paie {number}"))
    (folder / "abîmé.pdf").write_bytes(b"%PDF-1.4 and no more")
    alice = visitor()
    alice.signs_in("alice.martin")
    alice.goes_to("/cachets/cachet/")
    alice.presses("Demander le cachet")
    signs_a_deed(alice, house)
    alice.sees("Le cachet du cabinet est délivré")
    assert found_by_axe(alice.page) == []
    alice.goes_to("/cachets/nouveau/")
    alice.page.get_by_label("Titre du lot").fill("Paies de novembre")
    alice.page.get_by_label("Objet").fill("Bulletins de paie")
    alice.presses("Continuer vers les fichiers")
    alice.page.get_by_text("Choisir un dossier").wait_for()
    alice.page.locator("[data-folder-input]").set_input_files(folder)
    alice.sees("Envoi terminé")
    alice.sees("novembre/abîmé.pdf")
    expect(alice.page.get_by_role("button", name="Libérer le lot")).to_be_enabled(timeout=30_000)
    assert found_by_axe(alice.page) == []
    alice.presses("Libérer le lot")
    signs_a_deed(alice, house)
    house.kill("platform-worker")
    alice.sees("Le lot est libéré")
    # The lease of what the killed worker held lapses after a minute.
    expect(alice.page.locator("#batch-state .badge").first).to_have_text("Terminé", timeout=240_000)
    assert found_by_axe(alice.page) == []
    data = alice.downloads("Tout télécharger (ZIP)")
    root = requests.get(house.url("trust") + "/ca/root.cer", timeout=10).content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [f"novembre/bulletin {number:02d}.pdf" for number in range(24)]
        assert archive.namelist() == [*names, "bordereau.csv", "bordereau.pdf"]
        for name in (names[0], names[-1], "bordereau.pdf"):
            assert_whole_and_trusted(archive.read(name), root)
    assert alice.faults == []


def signs_a_deed(alice: Visitor, house: House) -> None:
    """Read the deed at the trust site, sign it with the code; the browser comes back by itself."""
    before = house.count_sms(ALICE)
    alice.presses("Continuer vers la signature")
    alice.authorises(ALICE, before)
