"""Two signers who never did it, on telephones, through both sites; others find their signatures valid."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult

from tests.journeys.house import ROOT, House
from tests.journeys.visitor import Visitor
from tests.support.axe import found_by_axe

CLAIRE, DENIS = "+33698765432", "+33698765433"


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

    # The documents are archived by the worker; the link shows them as soon as they are.
    button = claire.page.get_by_role("link", name=re.compile("Télécharger"))
    for _ in range(60):
        claire.goes_to(links["Claire"])
        if button.count():
            break
        claire.page.wait_for_timeout(1000)
    looks_right(claire)
    with claire.page.expect_download() as waited:
        button.first.click()
    whole = tmp_path / "signed.pdf"
    waited.value.save_as(whole)
    said = subprocess.run(["pdfsig", "-nocert", whole], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid.") == 2, said
    assert {"Claire Vidal", "Denis Roux"} <= set(re.findall(r"Common Name: (.+)", said))
    for one in PdfFileReader(io.BytesIO(whole.read_bytes())).embedded_regular_signatures:
        one.compute_integrity_info(diff_policy=DEFAULT_DIFF_POLICY)
        assert isinstance(one.diff_result, DiffResult), one.field_name
    assert claire.faults == denis.faults == []
