from pathlib import Path
from typing import Any

import pytest
from django.template import TemplateDoesNotExist
from django.utils import translation

from paraphe.floor.messaging import api as messaging
from tests.support.outbox import last_message_to

pytestmark = pytest.mark.django_db

ALICE = "alice@cabinet-martin.fr"


@pytest.fixture
def letters(settings: Any, tmp_path: Path) -> Path:
    """A folder of templates that come before all others."""
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [str(tmp_path)]}]
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "done.subject.txt").write_text("{{ name }}, c'est signé\n")
    (folder / "done.txt").write_text(
        "{% load i18n %}{% get_current_language as spoken %}{{ name }} {{ spoken }} {{ site }}"
    )
    return folder


def test_text_is_not_escaped_and_html_is(letters: Path) -> None:
    (letters / "done.html").write_text("<p>{{ name }}</p>")
    messaging.send_template(ALICE, "letters/done", {"name": "L'Hôpital & <fils>"})
    message = last_message_to(ALICE)
    assert message.subject == "L'Hôpital & <fils>, c'est signé"
    assert message.text == "L'Hôpital & <fils> fr platform\n"
    assert message.html == "<p>L&#x27;Hôpital &amp; &lt;fils&gt;</p>"


def test_the_language_is_the_readers_or_else_the_present_one(letters: Path) -> None:
    messaging.send_template(ALICE, "letters/done", {"name": "Alice"}, language="en")
    assert last_message_to(ALICE).text == "Alice en platform\n"
    with translation.override("en"):
        messaging.send_template(ALICE, "letters/done", {"name": "Alice"})
    assert last_message_to(ALICE).text == "Alice en platform\n"


def test_the_html_may_be_missing_the_text_may_not(letters: Path) -> None:
    messaging.send_template(ALICE, "letters/done", {"name": "Alice"}, key="done:1")
    assert last_message_to(ALICE).html == ""
    for ending in ("subject.txt", "txt", "html"):
        (letters / f"torn.{ending}").write_text(
            '{% extends "letters/nowhere.html" %}' if ending == "html" else "Bonjour"
        )
    with pytest.raises(TemplateDoesNotExist, match="nowhere"):
        messaging.send_template(ALICE, "letters/torn", {})
    with pytest.raises(TemplateDoesNotExist):
        messaging.send_template(ALICE, "letters/none", {})
