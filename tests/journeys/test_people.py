"""Everybody else of the cast: what each may do, what each is told, on a phone too."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.house import House
from tests.journeys.visitor import Visitor, pdf_of

Visit = Callable[..., Visitor]
ETIENNE, BOB = "+33611223344", "+33622334455"


@pytest.mark.parametrize(
    ("identifier", "told", "whom"),
    [
        ("nora.benali", "aucune délégation ne vous a été donnée", "expert-comptable de votre cabinet"),
        ("mallory.faure", "réservé aux experts-comptables inscrits au tableau", "votre conseil régional"),
    ],
)
def test_somebody_without_a_right_is_told_why_and_whom_to_ask(
    visitor: Visit, identifier: str, told: str, whom: str
) -> None:
    guest = visitor()
    guest.signs_in(identifier)
    guest.sees(told)
    guest.sees(whom)
    for path in ("/espace/", "/enregistrement/", "/enregistrement/mobile/", "/enregistrement/conditions/"):
        guest.goes_to(path)
        guest.is_at("/sans-acces/$")
    assert guest.faults == []


def test_etienne_registers_on_a_phone_and_opens_two_of_his_three_firms(
    visitor: Visit, house: House, tmp_path: Path
) -> None:
    etienne, odile = visitor(width=360, height=740), visitor()
    odile.is_officer()
    etienne.signs_in("etienne.legall")
    etienne.sees("Vos cabinets")
    etienne.confirms_data_and_mobile("06 11 22 33 44")
    etienne.begins_identity()
    etienne.tries_camera()
    etienne.photographs_identity("etienne.legall")
    odile.approves("Le Gall-Dubois")
    etienne.gets_certificate(ETIENNE)
    etienne.page.locator("input[name=firms]").last.uncheck()
    before = house.count_sms(ETIENNE)
    etienne.accepts_terms()
    etienne.authorises(ETIENNE, before)
    etienne.sees("Félicitations, votre enregistrement est terminé")
    assert etienne.page.evaluate("document.documentElement.scrollWidth") <= 360
    etienne.goes_to("/espace/")
    etienne.is_at("/cabinets/")
    firms = etienne.page.get_by_role("main").get_by_role("button").all_inner_texts()
    assert len(firms) == 3
    etienne.page.get_by_role("main").get_by_role("button").first.click()
    etienne.sees("Bonjour Étienne")
    letter = tmp_path / "Attestation.pdf"
    letter.write_bytes(pdf_of("Attestation"))
    etienne.uploads(letter)
    etienne.signs(ETIENNE)
    etienne.sees("Votre document est signé.")
    assert etienne.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert etienne.faults == []


def test_an_identity_is_refused_with_a_reason_and_asked_for_again(visitor: Visit) -> None:
    paul, odile = visitor(), visitor()
    odile.is_officer()
    paul.signs_in("paul.garnier")
    paul.confirms_data_and_mobile("07 55 66 77 88")
    paul.photographs_identity("paul.garnier")
    odile.opens_case("Garnier")
    odile.page.locator("select").last.select_option(index=1)
    odile.presses("Refuser l'identité")
    paul.is_at("/refused/|/enregistrement/")
    paul.goes_to("/enregistrement/")
    paul.sees("Votre pièce d'identité n'a pas été acceptée")
    paul.presses("Recommencer")
    paul.is_at("/enregistrement/mobile/$")
    assert paul.faults == []


def test_the_council_corrects_an_address_and_the_platform_inherits_it(visitor: Visit) -> None:
    jeanne, paul = visitor(), visitor()
    jeanne.goes_to("/", site="comptexpert")
    jeanne.page.locator("input[name=identifier]").fill("jeanne.riviere")
    jeanne.page.locator("input[name=password]").fill(jeanne.house.password("jeanne.riviere"))
    jeanne.presses("Se connecter")
    jeanne.page.get_by_role("link", name=re.compile("Membres")).first.click()
    jeanne.page.get_by_role("link", name=re.compile("Corriger Paul")).click()
    jeanne.page.locator("input[name=email]").fill("paul.garnier@cabinet-garnier.example")
    jeanne.presses("Enregistrer")
    paul.signs_in("paul.garnier")
    paul.sees("Accueil")
    inherited = sqlite3.connect(f"file:{jeanne.house.data}/platform/db.sqlite3?mode=ro", uri=True, timeout=20)
    emails = [row[0] for row in inherited.execute("SELECT email FROM accounts_person")]
    inherited.close()
    assert "paul.garnier@cabinet-garnier.example" in emails
    assert jeanne.faults == []


def test_wrong_pages_lead_back_to_the_step_where_one_stands(visitor: Visit) -> None:
    bob = visitor()
    bob.signs_in("bob.petit")
    bob.sees("Bienvenue, Bob")
    for path in ("mobile", "certificat", "conditions", "signature", "termine"):
        bob.goes_to(f"/enregistrement/{path}/")
        bob.is_at("/enregistrement/informations/$")
    bob.goes_to("/enregistrement/retour/?request=00000000-0000-0000-0000-000000000000&state=foreign")
    bob.is_at("/enregistrement/informations/$")
    bob.presses("Confirmer mes informations")
    bob.is_at("/enregistrement/mobile/$")
    bob.page.evaluate("history.back()")
    bob.page.wait_for_timeout(500)
    bob.page.reload()
    bob.is_at("/enregistrement/mobile/$")
    for wrong, told in (("12", "ne peut pas être lu|n'existe pas"), ("01 42 68 53 00", "n'est pas celui d'un mobile")):
        bob.page.get_by_label("Numéro de téléphone mobile").fill(wrong)
        bob.presses("Poursuivre")
        bob.page.get_by_text(re.compile(told)).first.wait_for()
    second = bob.page.context.new_page()
    second.goto(bob.house.url("platform") + "/enregistrement/mobile/")
    bob.page.get_by_label("Numéro de téléphone mobile").fill("06 22 33 44 55")
    bob.presses("Poursuivre")
    bob.sees("Demandez votre certificat")
    second.get_by_label("Numéro de téléphone mobile").fill("06 99 99 99 99")
    second.get_by_role("button", name="Poursuivre").click()
    second.get_by_text("Demandez votre certificat").first.wait_for()
    assert bob.faults == []


def test_a_foreign_state_signs_nobody_in(visitor: Visit) -> None:
    mallory = visitor()
    mallory.goes_to("/connexion/retour/?code=stolen&state=foreign")
    mallory.goes_to("/espace/")
    mallory.is_at("/connexion/")
