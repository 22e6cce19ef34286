"""The base page, the page of components, and the answers to what went wrong."""

import re
from typing import Any

import pytest
from django.test import Client, RequestFactory

from paraphe.floor.design import errors


def _get(path: str, cookies: dict[str, str] | None = None) -> str:
    client = Client(raise_request_exception=False)
    for name, value in (cookies or {}).items():
        client.cookies[name] = value
    return client.get(path).content.decode()


def test_a_page_holds_no_inline_style_or_script() -> None:
    html = _get("/composants/")
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", html) == []


def test_everything_comes_from_this_site() -> None:
    html = _get("/composants/")
    loaded = re.findall(r'(?:<script[^>]*src|<img[^>]*src|<link[^>]*href)="([^"]+)"', html)
    assert len(loaded) > 8
    assert [address for address in loaded if not address.startswith("/static/")] == []


def test_the_components_are_shown_in_demonstration_only(settings: Any) -> None:
    assert Client().get("/composants/").status_code == 200
    settings.DEMONSTRATION = False
    assert Client().get("/composants/").status_code == 404


@pytest.mark.parametrize(("chosen", "written"), [("dark", True), ("light", True), ('"><script>', False), ("", False)])
def test_the_appearance_is_the_chosen_one_and_nothing_else(chosen: str, written: bool) -> None:
    html = _get("/composants/", {"paraphe_theme": chosen}) if chosen else _get("/composants/")
    opening = re.search(r"<html[^>]*>", html)
    assert opening is not None
    assert (f'data-bs-theme="{chosen}"' in opening.group()) is written
    assert "<script>" not in html


def test_the_language_can_be_changed_and_the_page_is_kept() -> None:
    html = _get("/composants/?a=1&b=2")
    assert '<html lang="fr"' in html
    assert 'name="next" value="/composants/?a=1&amp;b=2"' in html
    client = Client()
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/composants/"})
    assert answer.status_code == 302
    assert '<html lang="en"' in client.get("/composants/").content.decode()


def test_a_missing_page_says_what_to_do() -> None:
    answer = Client().get("/nulle-part/")
    assert answer.status_code == 404
    assert "Cette page n&#x27;existe pas" in answer.content.decode()


@pytest.mark.parametrize(
    ("status", "words"), [(400, "pas été comprise"), (403, "Vous n&#x27;avez pas accès"), (404, "existe pas")]
)
def test_each_refusal_has_its_page(status: int, words: str) -> None:
    handler = {400: errors.bad_request, 403: errors.forbidden, 404: errors.not_found}[status]
    request = RequestFactory().get("/documents/7/")
    request.session = {}  # type: ignore[assignment]
    answer = handler(request, LookupError("secret of the inside"))
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert "secret of the inside" not in answer.content.decode()


def test_a_form_from_elsewhere_is_refused_and_the_page_can_be_loaded_again() -> None:
    answer = Client(enforce_csrf_checks=True).post("/i18n/setlang/", {"language": "en"})
    assert answer.status_code == 403
    html = answer.content.decode()
    assert "Cette page avait expiré" in html
    assert 'href="/i18n/setlang/"' in html


def test_a_broken_server_answers_without_database() -> None:
    """No mark for the database on this test: any query would fail it."""
    answer = errors.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Une erreur est survenue de notre côté" in answer.content.decode()


def test_a_broken_server_answers_even_without_templates(settings: Any) -> None:
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": []}]
    answer = errors.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "<h1>Une erreur est survenue de notre côté</h1>" in answer.content.decode()


@pytest.mark.parametrize(("site", "name"), [("platform", "Paraphe"), ("trust", "Paraphe <em>Confiance</em>")])
def test_each_house_has_its_name_and_colours(settings: Any, site: str, name: str) -> None:
    settings.SITE = site
    html = _get("/composants/")
    assert f'data-site="{site}"' in html
    assert f'<span class="brand-name">{name}</span>' in html
