"""The public site: what anybody reads before signing in."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from tests.support.browser import chromium, served, visit

PAGES = ["/", "/aide/", "/confiance/"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def site() -> Iterator[str]:
    with served() as address:
        yield address


def _html(path: str, language: str = "fr") -> str:
    answer = Client(headers={"accept-language": language}).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_first_page_leads_to_sign_in() -> None:
    html = _html("/")
    assert 'href="/connexion/"' in html
    assert "Se connecter avec Comptexpert" in html


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_there_in_english(path: str) -> None:
    html = _html(path, "en")
    assert '<html lang="en"' in html
    words = set(re.findall(r"[a-zà-ÿ']+", re.sub(r"<[^>]+>|&[^;]+;", " ", html).lower()))
    assert not words & {"votre", "vous", "signature électronique", "avec", "une", "signez", "document signé", "où"}
    assert {"your", "the", "with"} <= words


@pytest.mark.parametrize("path", PAGES)
def test_every_place_named_on_a_page_is_on_it(path: str) -> None:
    html = _html(path)
    wanted = set(re.findall(r'href="#([\w-]+)"', html))
    assert wanted <= set(re.findall(r'\sid="([\w-]+)"', html))


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_this_site_that_is_linked_exists(path: str) -> None:
    links = set(re.findall(r'href="(/[^"#]*)', _html(path))) - {"/connexion/"}
    broken = [
        link for link in links if not link.startswith("/static/") and Client().get(link).status_code not in (200, 302)
    ]
    assert len(links) > 4
    assert broken == []


def test_the_site_says_plainly_what_its_certificates_are_not() -> None:
    html = _html("/confiance/")
    assert "n'est pas qualifiée au sens du règlement eIDAS" in html
    assert "ne figure sur aucune liste de confiance" in html


def test_help_names_the_assistance_of_this_installation(settings: Any) -> None:
    assert "mailto:" not in _html("/aide/")
    settings.SUPPORT_EMAIL = "assistance@cabinets.example"
    assert 'href="mailto:assistance@cabinets.example"' in _html("/aide/")


def test_help_tells_the_limits_that_are_set(settings: Any) -> None:
    settings.MAX_PDF_BYTES = 25_000_000
    settings.DOCUMENT_DAYS = 90
    html = _html("/aide/")
    assert "25 Mo" in html
    assert "90 jours" in html


@pytest.mark.parametrize("appearance", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible_and_fit(browser: Browser, site: str, path: str, width: int, appearance: str) -> None:
    with visit(browser, f"{site}{path}", width=width, color_scheme=appearance) as seen:
        assert seen.violations() == []
        assert seen.overflow() == 0
        assert seen.complaints == []
