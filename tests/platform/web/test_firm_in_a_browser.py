"""The pages of the firm in a real browser, at the width of a desk and of a phone, with and without script."""

from itertools import product

import pytest
from django.conf import settings
from django.urls import reverse

from paraphe.platform.firms import api as firms
from tests.platform.conftest import ACTOR
from tests.platform.firms.test_logo import picture
from tests.platform.web.test_contacts_in_a_browser import cookies
from tests.platform.web.test_every_address import registered
from tests.support import cast
from tests.support.browser import chromium, served, visit

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_pages_in_a_browser() -> None:
    """No complaint of axe, of the content policy or of the window's width; a preview follows what is typed."""
    client, alice = registered(cast.ALICE)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    firm = cast.firm(cast.MARTIN)
    firms.set_logo(actor=ACTOR, person=alice, firm=firm, data=picture())
    export, _ = firms.ask_export(actor=ACTOR, person=alice, firm=firm)
    names = ("firm-settings", "firm-membership", "firm-terms", "firm-leave", "private-space")
    addresses = [*(reverse(name) for name in names), reverse("firm-export", args=[export.id])]
    with chromium() as browser, served() as site:
        options = cookies(session, site)
        for address, width in product(addresses, (1280, 390)):
            with visit(browser, site + address, width=width, **options) as seen:
                assert seen.violations() == [], (address, width)
                assert seen.overflow() <= 0, (address, width)
                assert seen.complaints == []
        with visit(browser, site + addresses[0], **options) as seen:
            seen.page.get_by_text("Invitation à signer, en français", exact=True).first.click()
            seen.page.get_by_label("Objet").first.fill("{document} : à vous, {destinataire}")
            seen.page.get_by_role("button", name="Voir l'aperçu : Invitation à signer, en français").click()
            seen.page.get_by_text("Lettre de mission 2027 : à vous, Camille Bernard").wait_for()
            seen.page.get_by_label("Objet").first.fill("{prix}")
            seen.page.get_by_role("button", name="Enregistrer", exact=True).press("Enter")
            seen.page.get_by_text("{prix} n'existe pas").wait_for()
            assert seen.violations() == []
            seen.page.get_by_label("Objet").first.fill("{document}")
            seen.page.get_by_role("button", name="Enregistrer", exact=True).press("Enter")
            seen.page.get_by_text("Les réglages sont enregistrés.").wait_for()
        with visit(browser, site + addresses[0], java_script_enabled=False, **options) as seen:
            seen.page.get_by_label("Durée d'une collecte, en jours").fill("20")
            seen.page.get_by_role("button", name="Enregistrer", exact=True).click()
            seen.page.get_by_text("Les réglages sont enregistrés.").wait_for()
    assert (firms.options(firm).collection_days, firms.options(firm).invitation_subject_fr) == (20, "{document}")
