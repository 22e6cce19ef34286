"""What a person does in a browser, in the words of a person."""

import io
import re
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from paraphe.comptexpert.identity.cast import CAST
from tests.journeys.house import House
from tests.support.axe import found_by_axe
from tests.support.specimens import PRESETS, Holder, photographed, specimen


class Visitor:
    """Somebody in front of a browser."""

    def __init__(self, house: House, page: Page) -> None:
        self.house, self.page = house, page
        self.faults: list[str] = []
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _note(self, kind: str, text: str) -> None:
        if "Content Security Policy" in text or (kind == "error" and "status of" not in text):
            self.faults.append(text)

    def goes_to(self, path: str, site: str = "platform") -> None:
        """Open an address."""
        self.page.goto(self.house.url(site) + path)

    def presses(self, name: str) -> None:
        """Press a button, or follow a link that looks like one."""
        button = self.page.get_by_role("button", name=name, exact=True)
        button.or_(self.page.get_by_role("link", name=name, exact=True)).first.click()

    def sees(self, text: str) -> None:
        """Wait for a heading or a sentence."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=15_000)

    def is_at(self, pattern: str) -> None:
        """Wait for an address."""
        expect(self.page).to_have_url(re.compile(pattern), timeout=20_000)

    def signs_in(self, identifier: str) -> None:
        """Sign in at Comptexpert, starting from the platform."""
        self.goes_to("/connexion/")
        self.page.get_by_role("main").get_by_role("button").first.click()
        self.page.locator("input[name=identifier]").fill(identifier)
        self.page.locator("input[name=password]").fill(self.house.password(identifier))
        self.presses("Se connecter")

    def confirms_data_and_mobile(self, mobile: str) -> None:
        """The first two steps of the registration."""
        self.presses("Confirmer mes informations")
        self.page.get_by_label("Numéro de téléphone mobile").fill(mobile)
        self.presses("Poursuivre")
        self.sees("Demandez votre certificat")

    def begins_identity(self) -> None:
        """Go on at the trust site and say that it will be an identity card."""
        self.page.get_by_role("button", name="Poursuivre sur le site du tiers de confiance").click()
        self.page.get_by_role("radio").first.check()
        self.presses("Continuer")
        self.is_at("/front/$")

    def tries_camera(self) -> None:
        """Open the camera, read its advice, take a picture of no document, and be told so."""
        assert found_by_axe(self.page) == []
        self.presses("Prendre la photo avec l'appareil")
        expect(self.page.locator("[data-camera-hint]")).not_to_be_empty()
        assert found_by_axe(self.page) == []
        self.page.locator("[data-camera-shutter]").click()
        self.presses("Utiliser cette photo")
        expect(self.page.locator(".field-error, .invalid-feedback").first).to_be_visible(timeout=20_000)
        self.is_at("/front/$")

    def photographs_identity(self, identifier: str) -> None:
        """At the trust site: an identity card in this person's name, front and back, read and sent for review."""
        if "/front/" not in self.page.url:
            self.begins_identity()
        (person,) = (member for member in CAST if member.identifier == identifier)
        self.brings_card(person.given_name, person.family_name, "F", 1)

    def brings_card(self, given_name: str, family_name: str, sex: str, number: int) -> None:
        """Bring photographs of a drawn card, front and back, and wait until it is read; ``number`` makes it another."""
        holder = Holder(family_name.upper(), (given_name.upper(),), date(1980, 5, 17), sex)
        made = specimen("fr_identity_card_2021", number, holder=holder)
        for side in ("front", "back"):
            self.is_at(f"/{side}/$")
            picture = photographed(made.sides[side], PRESETS["mild"], 1)
            self.page.locator("input[type=file]").set_input_files(
                {"name": f"{side}.jpg", "mimeType": "image/jpeg", "buffer": picture}
            )
            self.presses("Envoyer")
        self.presses("Oui, envoyer pour vérification")
        # The machine reads on the same two cores that run everything else here.
        expect(self.page).to_have_url(re.compile("/review/"), timeout=120_000)
        self.sees("Nous vérifions votre identité")

    def accepts_agreement(self) -> None:
        """Read every page of the subscription agreement and ask for the code."""
        self.sees("Lisez votre accord de souscription")
        self.reads_all_pages()
        self.page.get_by_role("checkbox").check()
        self.presses("Accepter et recevoir le code")

    def reads_all_pages(self) -> None:
        """Scroll through the pages of a document."""
        for figure in self.page.locator(".page-figure").all():
            figure.scroll_into_view_if_needed()
            self.page.wait_for_timeout(150)

    def types_code(self, code: str, button: str) -> None:
        """Type a one-time code."""
        self.page.locator("input[autocomplete=one-time-code]").fill(code)
        self.presses(button)

    def gets_certificate(self, mobile: str) -> None:
        """From the approved identity to the return on the platform."""
        before = self.house.count_sms(mobile)
        self.accepts_agreement()
        self.types_code(self.house.new_code(mobile, before), "Valider mon certificat")
        self.is_at(r"/done/|/enregistrement/conditions/")
        self.is_at(r"/enregistrement/conditions/$")

    def accepts_terms(self) -> None:
        """Tick both boxes."""
        self.page.get_by_label("J'ai lu et j'accepte les conditions générales d'utilisation").check()
        self.page.get_by_label("J'ai lu et j'accepte la politique de protection des données").check()
        self.presses("Valider mon enregistrement")

    def authorises(self, mobile: str, before: int) -> None:
        """At the trust site: type the code that came for exactly these documents."""
        self.is_at("/authorise/")
        self.page.locator("input[autocomplete=one-time-code]").fill(self.house.new_code(mobile, before))
        self.page.locator(
            "form:has(input[autocomplete=one-time-code]) button[type=submit]:not([formnovalidate])"
        ).first.click()

    def registers(self, identifier: str, surname: str, mobile: str, officer: "Visitor") -> None:
        """The whole registration of an accountant."""
        self.signs_in(identifier)
        self.confirms_data_and_mobile(mobile)
        self.photographs_identity(identifier)
        officer.approves(surname)
        self.gets_certificate(mobile)
        before = self.house.count_sms(mobile)
        self.accepts_terms()
        self.authorises(mobile, before)
        self.sees("Félicitations, votre enregistrement est terminé")

    def uploads(self, path: Path) -> None:
        """Bring a PDF to the private space."""
        self.goes_to("/espace/documents/")
        self.page.locator("input[type=file]").set_input_files(path)

    def signs(self, mobile: str) -> None:
        """Take the proposed place and authorise."""
        before = self.house.count_sms(mobile)
        self.sees("Placez votre signature")
        self.page.get_by_role("main").get_by_role("button", name="Signer", exact=True).click()
        self.authorises(mobile, before)

    def downloads(self, name: str = "Télécharger") -> bytes:
        """Take a file away."""
        with self.page.expect_download() as waiting:
            self.presses(name)
        return Path(waiting.value.path()).read_bytes()

    # --- as a registration officer ----------------------------------------------------------------------------------

    def is_officer(self, number: int = 0) -> None:
        """Sign in at the trust site as a registration officer."""
        officer = self.house.officer(number)
        self.goes_to("/officer/", site="trust")
        self.page.locator("input[name=login]").fill(officer["email"])
        self.page.locator("input[name=password]").fill(officer["password"])
        self.page.get_by_role("main").get_by_role("button").first.click()
        self.sees("Dossiers à vérifier")

    def opens_case(self, name: str) -> None:
        """Open the case of a person in the queue."""
        self.goes_to("/officer/", site="trust")
        self.page.get_by_role("row", name=re.compile(name)).get_by_role("link").click()
        self.sees("Lecture automatique")
        assert found_by_axe(self.page) == []

    def approves(self, name: str) -> None:
        """Compare, tick the list, approve."""
        self.opens_case(name)
        for box in self.page.locator("input[name=checklist]").all():
            box.check()
        self.presses("Approuver")


def pdf_of(text: str, pages: int = 1) -> bytes:
    """Return a small PDF of plain text."""
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    canvas = Canvas(target)
    for number in range(pages):
        canvas.drawString(72, 720, f"{text} – page {number + 1}")
        canvas.showPage()
    canvas.save()
    return target.getvalue()
