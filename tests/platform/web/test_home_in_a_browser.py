"""The first page, the search and one's own account in a real browser, at the width of a desk and of a phone."""

import os
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site_settings
from django.urls import reverse

from paraphe.platform.envelopes.models import Envelope
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import give_certificate
from tests.platform.documents.test_documents import as_person, bring
from tests.platform.envelopes.support import Desk
from tests.support import cast
from tests.support.browser import chromium, served, visit
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)

#: Where pictures of the pages are left for who wants to look at them.
PICTURES = os.environ.get("PARAPHE_TEST_PICTURES", "")


def busy_alice(trust: SmallTrust) -> Any:
    """Return Alice's browser, and that of her telephone; her firm has something of everything."""
    alice, person = as_person(cast.ALICE)
    give_certificate(person.pk, trust)
    desk = Desk(person, cast.firm(cast.MARTIN))
    for title in ("Comptes annuels 2026 de la Société des Eaux de l'Île-de-Bréhat", "Attestation de paiement"):
        bring(alice, pdf_of(title), f"{title}.pdf")
    desk.launched("claire", "denis")
    refused = desk.launched("elsa")
    Envelope.objects.filter(pk=refused.id).update(state="refused", title="Lettre de mission Noël")
    desk.draft("claire")
    phone, _ = as_person(cast.ALICE)
    return alice, phone


def test_home_search_and_account(trust: SmallTrust) -> None:
    """No complaint of axe, of the content policy or of the window's width; a lost telephone is signed out."""
    alice, phone = busy_alice(trust)
    name = site_settings.SESSION_COOKIE_NAME
    addresses = (reverse("private-space"), reverse("search") + "?q=lettre", reverse("account"))
    with served() as site, chromium() as browser:
        cookie = {"name": name, "value": alice.cookies[name].value, "domain": urlsplit(site).hostname, "path": "/"}
        for address, width in product(addresses, (1280, 390)):
            with visit(browser, site + address, width=width, storage_state={"cookies": [cookie]}) as found:
                assert found.page.get_by_role("heading", level=1).is_visible()
                assert found.violations() == [], (address, width)
                assert found.overflow() <= 0, (address, width)
                assert found.complaints == [], (address, width)
                if PICTURES:
                    picture = Path(PICTURES) / f"{address.strip('/').replace('/', '-').split('?')[0]}-{width}.png"
                    found.page.screenshot(path=picture, full_page=True)
        with visit(browser, site + reverse("private-space"), width=390, storage_state={"cookies": [cookie]}) as found:
            page = found.page
            page.get_by_label("Chercher un document, une collecte, une personne").fill("noël")
            page.keyboard.press("Enter")
            page.get_by_text("Lettre de mission Noël").wait_for()
            assert "q=no" in page.url
            page.goto(site + reverse("account"))
            page.get_by_role("button", name="Fermer toutes les autres sessions").click()
            page.get_by_text("1 autre session est fermée.").wait_for()
            page.get_by_label("Langue des pages et des e-mails").select_option("en")
            page.get_by_role("button", name="Enregistrer la langue").click()
            page.get_by_role("heading", name="My account").wait_for()
    assert phone.get(reverse("account")).status_code == 302
