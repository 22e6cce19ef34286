"""The address book in a real browser, at the width of a desk and of a phone, with and without script."""

from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from paraphe.platform.contacts import api as contacts
from tests.platform.contacts.people import SOPHIE, add, of_alice
from tests.platform.web.test_every_address import registered
from tests.support import cast
from tests.support.browser import chromium, served, visit

pytestmark = pytest.mark.django_db(transaction=True)
LONG = {
    "company": "Société civile immobilière du Moulin de la Vallée-aux-Loups",
    "email": "une.adresse.vraiment.longue@sous-domaine.de.la.societe-civile.exemple.fr",
}


def cookies(session: str, site: str) -> dict[str, Any]:
    return {
        "storage_state": {
            "origins": [],
            "cookies": [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": session,
                    "domain": "127.0.0.1",
                    "path": "/",
                    "expires": -1,
                    "httpOnly": True,
                    "secure": False,
                    "sameSite": "Lax",
                }
            ],
        }
    }


def test_the_pages_in_a_browser() -> None:
    """No complaint of axe, of the content policy or of the window's width; the list follows what is typed."""
    session = registered(cast.ALICE)[0].cookies[settings.SESSION_COOKIE_NAME].value
    person, firm = of_alice()
    one = add(person, firm, **SOPHIE)
    add(person, firm, family_name="Lefèvre", email=SOPHIE["email"])
    add(person, firm, **LONG)
    file = b"Nom;E-mail\nZola;emile@exemple.fr\nSand;rien\n"
    pending = contacts.begin_import(person=person, firm=firm, data=file)
    addresses = [
        *(reverse(name) for name in ("contacts", "contact-add", "contact-import", "contact-duplicates")),
        *(reverse(name, args=[one.id]) for name in ("contact", "contact-delete", "contact-erase")),
        reverse("contact-import-preview", args=[pending.id]),
    ]
    with chromium() as browser, served() as site:
        options = cookies(session, site)
        for address, width in product(addresses, (1280, 390)):
            with visit(browser, site + address, width=width, **options) as seen:
                assert seen.violations() == [], (address, width)
                assert seen.overflow() <= 0, (address, width)
                assert seen.complaints == []
        with visit(browser, site + addresses[0], **options) as seen:
            seen.page.get_by_role("searchbox").press_sequentially("lefevre nunez")
            seen.page.get_by_text("1 contact trouvé").wait_for()
            assert seen.page.url.endswith("?q=lefevre%20nunez")
            seen.page.keyboard.press("Tab")
            seen.page.keyboard.press("Tab")
            seen.page.keyboard.press("Enter")
            seen.page.get_by_role("heading", name="Sophie Lefèvre-Nuñez").wait_for()
            assert seen.complaints == []
        with visit(browser, site + addresses[0], java_script_enabled=False, **options) as seen:
            seen.page.get_by_role("searchbox").fill("moulin")
            seen.page.get_by_role("button", name="Chercher").click()
            seen.page.get_by_text("1 contact trouvé").wait_for()
