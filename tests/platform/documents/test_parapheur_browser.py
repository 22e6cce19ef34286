"""The parapheur in a real browser, with the mouse, the keyboard and on a phone."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser

from tests.journeys.visitor import pdf_of
from tests.platform.conftest import give_certificate
from tests.platform.documents.test_documents import as_person, bring
from tests.support import cast
from tests.support.browser import chromium, served, visit
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, chromium() as found:
        # The browser's driver runs a loop in this thread; the database is asked between its steps, never during one.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        yield found


def alices(trust: SmallTrust) -> Client:
    client, person = as_person(cast.ALICE)
    give_certificate(person.pk, trust)
    for name in (
        "Lettre de mission – Boulangerie Ménard",
        "Attestation",
        "Bilan 2025 et annexes de la société D'Arvor",
    ):
        bring(client, pdf_of(name, pages=2), f"{name}.pdf")
    return client


@pytest.mark.parametrize("width", [1280, 390])
def test_alice_ticks_by_keyboard_and_sees_how_many(trust: SmallTrust, browser: Browser, width: int) -> None:
    session = alices(trust).cookies[settings.SESSION_COOKIE_NAME].value
    with served() as site, visit(browser, site, width=width) as seen:
        page = seen.page
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
        page.goto(site + reverse("sign-many"))
        told = page.locator("[data-tick-count]")
        assert told.inner_text() == "Aucun document coché"
        page.get_by_role("checkbox", name="Attestation").focus()
        page.keyboard.press("Space")
        assert told.inner_text() == "1 document coché"
        page.get_by_role("button", name="Tout cocher").click()
        assert told.inner_text() == "3 documents cochés"
        assert page.get_by_role("checkbox", checked=True).count() == 3
        text = page.get_by_label("Texte à trouver")
        assert not text.is_visible()
        page.get_by_label("Place de la signature").select_option("text")
        assert text.is_visible()
        assert seen.overflow() <= 0
        assert seen.violations() == []
        assert seen.complaints == []
