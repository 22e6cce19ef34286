"""Clients who never did it, on telephones, through both sites; others find their signatures valid."""

import asyncio
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from asn1crypto import x509
from playwright.sync_api import expect
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult
from pyhanko.sign.validation import DocumentSecurityStore, async_validate_pdf_signature

from tests.journeys.house import ROOT, House
from tests.journeys.visitor import Visitor
from tests.support.axe import found_by_axe

CLAIRE, DENIS, BASILE = "+33698765432", "+33698765433", "+33698765434"


def launched(house: House, *words: str) -> dict[str, str]:
    """Let Alice launch a collection; return the links of its signers by first name."""
    environment = {**house.environment, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.desk", *words], env=environment, cwd=ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    links: dict[str, str] = json.loads(done.stdout.splitlines()[-1])["links"]
    return links


def looks_right(guest: Visitor) -> None:
    """No complaint of axe, nothing beyond the edge of the window."""
    assert found_by_axe(guest.page) == [], guest.page.url
    assert guest.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def types_the_code(guest: Visitor, house: House, mobile: str, before: int) -> None:
    """At the trust site: read what is signed, type the code of the SMS, come back."""
    guest.is_at("/authorise/")
    looks_right(guest)
    guest.page.locator("input[autocomplete=one-time-code]").fill(house.new_code(mobile, before))
    guest.page.keyboard.press("Enter")
    guest.is_at("/signer/c/")


def takes_away(guest: Visitor, link: str, target: Path, before_download: Callable[[], None] | None = None) -> Path:
    """Open the link until the documents are archived, which the worker does, and take the first one."""
    for _ in range(60):
        guest.goes_to(link)
        if "Tout est signé" in guest.page.content():
            break
        guest.page.wait_for_timeout(1000)
    looks_right(guest)
    if before_download is not None:
        before_download()
    with guest.page.expect_download() as waited:
        guest.page.get_by_role("link", name=re.compile("Télécharger")).first.click()
    waited.value.save_as(target)
    return target


def test_two_clients_sign_on_their_telephones(house: House, visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    links = launched(house, "Claire", "Denis", "parallel", "boxes")
    claire, denis = (visitor(width=390, height=844) for _ in range(2))

    claire.goes_to(links["Claire"])
    claire.sees("Alice Martin vous demande de signer ce document.")
    looks_right(claire)
    expect(claire.page.get_by_role("button", name="J'ai lu, continuer")).to_be_disabled()
    claire.reads_all_pages()
    claire.presses("J'ai lu, continuer")
    claire.sees("Ce qu'il faut remplir")
    looks_right(claire)
    claire.page.get_by_label("Mention à recopier").fill("lu et approuvé")
    claire.presses("Continuer")
    claire.page.get_by_role("checkbox").check()
    claire.page.locator("summary", has_text="Ajouter l'image").click()
    claire.presses("Écrire mon nom")
    looks_right(claire)
    before = house.count_sms(CLAIRE)
    claire.presses("Signer et recevoir mon code")
    claire.is_at("/authorise/")

    # Denis presses while Claire has her telephone in her hand: he waits, and is taken on by the page itself.
    denis.goes_to(links["Denis"])
    denis.page.get_by_role("link", name="Lire page par page").click()
    denis.presses("Page suivante")
    looks_right(denis)
    denis.presses("J'ai lu, continuer")
    denis.page.get_by_role("checkbox").check()
    waiting = house.count_sms(DENIS)
    denis.presses("Signer et recevoir mon code")
    denis.sees("Une autre personne est en train de signer")
    looks_right(denis)

    types_the_code(claire, house, CLAIRE, before)
    claire.sees("Merci, c'est signé")
    looks_right(claire)
    types_the_code(denis, house, DENIS, waiting)
    denis.sees("Merci, c'est signé")

    whole = takes_away(claire, links["Claire"], tmp_path / "signed.pdf")
    said = subprocess.run(["pdfsig", "-nocert", whole], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid.") == 2, said
    assert {"Claire Vidal", "Denis Roux"} <= set(re.findall(r"Common Name: (.+)", said))
    for one in PdfFileReader(io.BytesIO(whole.read_bytes())).embedded_regular_signatures:
        one.compute_integrity_info(diff_policy=DEFAULT_DIFF_POLICY)
        assert isinstance(one.diff_result, DiffResult), one.field_name
    assert claire.faults == denis.faults == []


def test_a_client_shows_his_identity_once_and_signs_with_his_own_certificate(
    house: House, visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    first = launched(house, "Basile", "advanced")["Basile"]
    basile, odile = visitor(width=390, height=844), visitor()
    basile.goes_to(first)
    basile.sees("avant de signer, votre identité sera vérifiée, une seule fois")
    basile.reads_all_pages()
    basile.presses("J'ai lu, continuer")
    basile.sees("Votre identité est vérifiée, une seule fois")
    looks_right(basile)
    basile.presses("Présenter ma pièce d'identité")
    basile.sees("Ce nom n'est pas exactement le vôtre ?")
    looks_right(basile)
    basile.page.get_by_role("radio").first.check()
    basile.presses("Continuer")
    basile.brings_card("Basile", "Fontaine", "M", 2)

    # He leaves; the same link, opened on another day in another browser, says how far it is.
    later = visitor(width=390, height=844)
    later.goes_to(first)
    later.sees("Votre pièce d'identité est en cours de vérification")
    looks_right(later)
    odile.is_officer()
    odile.approves("Fontaine")
    later.goes_to(first)
    later.sees("Il reste à lire l'accord de souscription")
    looks_right(later)
    later.presses("Continuer")
    before = house.count_sms(BASILE)
    later.accepts_agreement()
    looks_right(later)
    later.types_code(house.new_code(BASILE, before), "Valider mon certificat")
    later.sees("Votre identité est vérifiée. Il ne reste qu'à signer.")
    signs_with_a_code(later, house, BASILE)

    # The next collection asks for a simple signature only: he signs with what he has, at once.
    second = launched(house, "Basile")["Basile"]
    basile.goes_to(second)
    basile.reads_all_pages()
    basile.presses("J'ai lu, continuer")
    signs_with_a_code(basile, house, BASILE)

    def with_a_code() -> None:
        before = house.count_sms(BASILE)
        later.page.get_by_role("link", name=re.compile("Télécharger")).first.click()
        later.presses("M'envoyer un code")
        later.types_code(house.new_code(BASILE, before), "Continuer")
        later.is_at(r"/signer/c/[0-9a-f-]+/$")

    files = [
        takes_away(later, first, tmp_path / "first.pdf", with_a_code),
        takes_away(basile, second, tmp_path / "second.pdf"),
    ]
    root = requests.get(house.url("trust") + "/ca/root.cer", timeout=10).content
    serials = {signed_by(one.read_bytes(), root, "Basile Fontaine", years=5) for one in files}
    assert len(serials) == 1
    said = subprocess.run(["pdfsig", "-nocert", files[0]], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid.") == 1, said
    assert basile.faults == later.faults == odile.faults == []


def signs_with_a_code(guest: Visitor, house: House, mobile: str) -> None:
    """Agree, go for the code, type it, and read that it is signed."""
    looks_right(guest)
    guest.page.get_by_role("checkbox").check()
    before = house.count_sms(mobile)
    guest.presses("Signer et recevoir mon code")
    types_the_code(guest, house, mobile, before)
    # The archive may be made before his browser is back: he is the only one who signs.
    expect(guest.page.get_by_role("heading", level=1)).to_have_text(re.compile("Merci, c'est signé|Tout est signé"))


def signed_by(data: bytes, root: bytes, name: str, *, years: int) -> int:
    """Validate the one signature with pyHanko, trusting the root alone; return the serial number of its certificate."""
    reader = PdfFileReader(io.BytesIO(data))
    (signature,) = reader.embedded_regular_signatures
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {"trust_roots": [x509.Certificate.load(root)], "allow_fetching": False, "revocation_mode": "require"}
    )
    # In a thread of its own: the browser's driver has an event loop running in this one.
    with ThreadPoolExecutor(1) as elsewhere:
        status = elsewhere.submit(asyncio.run, async_validate_pdf_signature(signature, context, context)).result()
    assert status.bottom_line
    certificate = signature.signer_cert
    assert certificate.subject.native["common_name"] == name
    assert certificate.not_valid_after.year - certificate.not_valid_before.year == years
    return int(certificate.serial_number)
