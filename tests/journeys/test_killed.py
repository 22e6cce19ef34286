"""kill -9 in the middle of issuing and signing: afterwards it is either not done or done once."""

import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Error as BrowserError

from tests.journeys.house import House
from tests.journeys.test_collection import CLAIRE, DENIS, launched
from tests.journeys.visitor import Visitor, pdf_of

ALICE = "+33612345678"


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """Return a house of its own: the others must not feel the blows."""
    found = House.new()
    try:
        yield found.start()
    finally:
        found.stop()
        shutil.rmtree(found.data, ignore_errors=True)


@pytest.fixture
def visitor(house: House, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Return a maker of visitors to the house of this module."""
    opened = []

    def make() -> Visitor:
        context = browser.new_context(locale="fr-FR")
        opened.append(context)
        return Visitor(house, context.new_page())

    yield make
    for context in opened:
        context.close()


def count(house: House, site: str, query: str) -> int:
    """Return the one number that ``query`` asks of the database of ``site``."""
    with sqlite3.connect(f"file:{house.data / site / 'db.sqlite3'}?mode=ro", uri=True, timeout=20) as connection:
        return int(connection.execute(query).fetchone()[0])


def again(house: House) -> None:
    """Wait until the supervisor has everything up again."""
    for site in ("trust", "platform"):
        house.wait_until_answers(site)


def goes_on(person: Visitor, code: str) -> None:
    """Do what a person does after the blow: come back, go on where one stood, wait where one is asked to wait."""
    for _ in range(10):
        try:
            person.goes_to("/enregistrement/certificat/")
            break
        except BrowserError as error:
            # The page was just moving on by itself: what had stopped goes on without the person, too.
            if "interrupted by another navigation" not in str(error):
                raise
            person.page.wait_for_timeout(500)
    for _ in range(90):
        if "/conditions/" in person.page.url:
            return
        resume = person.page.get_by_role("button", name="Poursuivre sur le site du tiers de confiance")
        field = person.page.locator("input[autocomplete=one-time-code]")
        if resume.is_visible():
            resume.click()
        elif field.is_visible():
            # Nothing was done before the blow: the code is still good.
            person.types_code(code, "Valider mon certificat")
        person.page.wait_for_timeout(1000)
    raise AssertionError(f"still at {person.page.url}: {person.page.inner_text('main')[:500]}")


def tries_again(person: Visitor) -> None:
    """Do what the page says while the trust site is not yet itself again: wait, go back, ask once more."""
    for _ in range(30):
        person.page.wait_for_load_state()
        link = person.page.get_by_role("link", name="Réessayer")
        if not link.is_visible():
            return
        person.page.wait_for_timeout(1000)
        link.click()
        person.page.wait_for_load_state()
        person.page.locator("main form button.btn-primary").first.click()


@pytest.mark.parametrize("killed", ["signer", "trust", "trust-worker"])
def test_a_certificate_is_issued_once_whatever_dies(visitor: Callable[..., Visitor], house: House, killed: str) -> None:
    identifier, surname, mobile = {
        "signer": ("alice.martin", "Martin", ALICE),
        "trust": ("bob.petit", "Petit", "+33622334455"),
        "trust-worker": ("paul.garnier", "Garnier", "+33755667788"),
    }[killed]
    person, officer = visitor(), visitor()
    officer.is_officer()
    person.signs_in(identifier)
    person.confirms_data_and_mobile(mobile)
    person.photographs_identity(identifier)
    officer.approves(surname)
    before = house.count_sms(mobile)
    person.accepts_agreement()
    code = house.new_code(mobile, before)
    issued = count(house, "trust", "SELECT count(*) FROM remote_credential")
    try:
        person.page.locator("input[autocomplete=one-time-code]").fill(code)
        person.page.get_by_role("button", name="Valider mon certificat").click(no_wait_after=True)
        time.sleep(0.15)
        house.kill(killed)
        person.page.wait_for_timeout(500)
    except BrowserError:
        pass
    again(house)
    goes_on(person, code)
    person.is_at("/enregistrement/conditions/$")
    assert count(house, "trust", "SELECT count(*) FROM remote_credential") == issued + 1
    if identifier == "alice.martin":
        sms = house.count_sms(mobile)
        person.accepts_terms()
        tries_again(person)
        person.authorises(mobile, sms)
        person.sees("Félicitations, votre enregistrement est terminé")


@pytest.mark.parametrize(
    ("killed", "delay"),
    [("platform", 0.05), ("platform", 0.2), ("trust", 0.08), ("signer", 0.1)],
)
def test_a_letter_is_signed_once_or_not_at_all_whatever_dies(
    visitor: Callable[..., Visitor], house: House, tmp_path: Path, killed: str, delay: float
) -> None:
    alice = visitor()
    alice.signs_in("alice.martin")
    alice.is_at("/espace/$|/enregistrement/")
    letter = tmp_path / f"Lettre {killed} {delay}.pdf"
    letter.write_bytes(pdf_of("Lettre"))
    alice.uploads(letter)
    before = house.count_sms(ALICE)
    alice.sees("Placez votre signature")
    alice.page.get_by_role("main").get_by_role("button", name="Signer", exact=True).click()
    alice.is_at("/authorise/")
    code = house.new_code(ALICE, before)
    versions = count(house, "platform", "SELECT count(*) FROM documents_version WHERE number > 0")
    try:
        alice.page.locator("input[autocomplete=one-time-code]").fill(code)
        alice.page.get_by_role("button", name="Signer", exact=True).click(no_wait_after=True)
        time.sleep(delay)
        house.kill(killed)
        alice.page.wait_for_timeout(800)
    except BrowserError:
        pass
    again(house)
    for _ in range(100):
        unfinished = count(
            house, "platform", "SELECT count(*) FROM signing_signingrequest WHERE state IN ('authorised', 'signed')"
        )
        if not unfinished:
            break
        alice.page.wait_for_timeout(1000)
    assert unfinished == 0
    alice.goes_to("/espace/")
    alice.sees("Bonjour Alice")
    assert count(house, "platform", "SELECT count(*) FROM documents_version WHERE number > 0") in (
        versions,
        versions + 1,
    )


def comes_to_the_code(guest: Visitor, link: str) -> None:
    """Read, agree, and ask for the code; who was there before finds what he did."""
    guest.goes_to(link)
    guest.reads_all_pages()
    guest.presses("J'ai lu, continuer")
    guest.page.get_by_role("checkbox").check()
    guest.presses("Signer et recevoir mon code")
    guest.is_at("/authorise/")


def signs_in_the_end(guest: Visitor, house: House, link: str, mobile: str) -> None:
    """Do after a blow what each page asks for, until it is signed; what was interrupted may end by itself meanwhile."""
    page, before = guest.page, house.count_sms(mobile)
    reading = page.get_by_role("button", name="J'ai lu, continuer")
    agreeing = page.get_by_role("button", name="Signer et recevoir mon code")
    code = page.locator("input[autocomplete=one-time-code]")
    guest.goes_to(link)
    for _ in range(60):
        # A page may go on by itself while it is looked at.
        with suppress(BrowserError):
            words = page.inner_text("main")
            if "Merci, c'est signé" in words or "Tout est signé" in words:
                return
            if code.count():
                code.fill(house.new_code(mobile, before))
                page.keyboard.press("Enter")
            elif agreeing.count():
                before = house.count_sms(mobile)
                page.get_by_role("checkbox").check(timeout=2000)
                agreeing.click(timeout=2000)
            elif reading.count():
                guest.reads_all_pages()
                reading.click(timeout=2000)
            else:
                guest.goes_to(link)
        page.wait_for_timeout(1000)
    raise AssertionError(f"still at {page.url}: {page.inner_text('main')[:500]}")


def types_and(guest: Visitor, house: House, code: str, *killed: str) -> None:
    """Type the code, and let processes die while it is worked on."""
    try:
        guest.page.locator("input[autocomplete=one-time-code]").fill(code)
        guest.page.get_by_role("button", name="Signer", exact=True).click(no_wait_after=True)
        time.sleep(0.12)
        for name in killed:
            house.kill(name)
        guest.page.wait_for_timeout(500)
    except BrowserError:
        pass
    again(house)


def test_invited_clients_sign_once_whatever_dies(visitor: Callable[..., Visitor], house: House, tmp_path: Path) -> None:
    """The gateway of the codes, the trust site, the platform and its worker die, each at its worst moment."""
    links = launched(house, "Claire", "Denis", "parallel")
    claire, before = visitor(), house.count_sms(CLAIRE)
    claire.goes_to(links["Claire"])
    # In demonstration the post office is the gateway: it dies before the code is asked for, and comes back.
    house.kill("comptexpert")
    comes_to_the_code(claire, links["Claire"])
    house.wait_until_answers("comptexpert")
    types_and(claire, house, house.new_code(CLAIRE, before), "trust")
    assert house.count_sms(CLAIRE) == before + 1
    signs_in_the_end(claire, house, links["Claire"], CLAIRE)
    denis, before = visitor(), house.count_sms(DENIS)
    comes_to_the_code(denis, links["Denis"])
    types_and(denis, house, house.new_code(DENIS, before), "platform", "platform-worker")
    signs_in_the_end(denis, house, links["Denis"], DENIS)
    button = denis.page.get_by_role("link", name=re.compile("Télécharger"))
    for _ in range(90):
        denis.goes_to(links["Denis"])
        if button.count():
            break
        denis.page.wait_for_timeout(1000)
    with denis.page.expect_download() as waited:
        button.first.click()
    whole = tmp_path / "signed.pdf"
    waited.value.save_as(whole)
    said = subprocess.run(["pdfsig", "-nocert", whole], capture_output=True, text=True, check=False).stdout
    names = re.findall(r"Common Name: (.+)", said)
    assert (said.count("Signature is Valid."), names.count("Claire Vidal"), names.count("Denis Roux")) == (2, 1, 1), (
        said
    )
    assert count(house, "platform", "SELECT count(*) FROM envelopes_recipient WHERE state = 'signed'") == 2
    letters = " ".join(letter["text"] for letter in house.letters("email"))
    assert letters.count("claire@vidal.example") == letters.count("denis@roux.example"), "each was written to as often"
