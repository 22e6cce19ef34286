"""The page of the credit in a real browser, at the width of a desk and of a phone."""

from itertools import product
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings as site_settings
from django.urls import reverse

from paraphe.platform.credit import api as credit
from tests.platform.conftest import ACTOR
from tests.platform.web.test_every_address import registered
from tests.support import cast
from tests.support.browser import chromium, served, visit

pytestmark = pytest.mark.django_db(transaction=True)


def some_movements() -> Any:
    """Return Alice's browser; her firm paid and used in two months, has little left and something under way."""
    alice, _ = registered(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    for day, paid, used in (("2026-10-12", 125_000, 1_200), ("2026-11-04", 5_000, 1_340)):
        with time_machine.travel(f"{day}T08:30:00+00:00", tick=False):
            credit.top_up(firm=firm, cents=paid, reference=f"VIR SEPA {day}", actor=ACTOR)
            credit.reserve(firm=firm, act="signature", count=used, key=day, actor=ACTOR)
            credit.settle(day, done=used)
    credit.reserve(firm=firm, act="seal", count=25, key="under way", actor=ACTOR)
    return alice


def test_the_pages_in_a_browser(settings: Any) -> None:
    """No complaint of axe, of the content policy or of the window's width."""
    settings.PRICES = {"signature": 50, "seal": 10, "certificate": 1500, "code_sms": 0}
    settings.CREDIT_WARNING_EUROS, settings.SUPPORT_EMAIL = 100, "aide@paraphe.example"
    settings.CREDIT_IBAN = "FR1420041010050500013M02606"
    name = site_settings.SESSION_COOKIE_NAME
    session = some_movements().cookies[name].value
    addresses = (reverse("credit") + "?mois=2026-11", reverse("credit") + "?mois=2026-03", reverse("private-space"))
    # The browser is gone before the tables are emptied: its loop lets nobody else near the database of this thread.
    with served() as site, chromium() as browser:
        cookie = {"name": name, "value": session, "domain": urlsplit(site).hostname, "path": "/"}
        for address, width in product(addresses, (1280, 390)):
            with visit(browser, site + address, width=width, storage_state={"cookies": [cookie]}) as found:
                assert found.page.get_by_role("heading", level=1).is_visible()
                assert found.violations() == [], (address, width)
                assert found.overflow() <= 0, (address, width)
                assert found.complaints == [], (address, width)
