"""What pages of every site are made of: fields, codes, boxes, mail."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django import forms
from django.template.loader import render_to_string
from django.utils import translation

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PAGES = [{"number": n, "url": f"/p/{n}.png", "width": 595.276, "height": 841.89} for n in (1, 2)]


class RegistrationForm(forms.Form):
    mobile = forms.CharField(label="Mobile", help_text="Par exemple 06 12 34 56 78.")
    accepted = forms.BooleanField(label="J'accepte")
    rights = forms.MultipleChoiceField(
        label="Droits", choices=[("sign", "Signer")], widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    code = forms.CharField(label="Code")


@dataclass(frozen=True)
class Challenge:
    resend_at: datetime
    expires_at: datetime


def _field(name: str, values: dict[str, str] | None = None) -> str:
    return render_to_string("design/field.html", {"field": RegistrationForm(values)[name]})


def test_a_field_names_its_help_for_screen_readers() -> None:
    html = _field("mobile")
    assert '<label class="form-label" for="id_mobile">' in html
    assert 'aria-describedby="id_mobile_helptext"' in html
    assert 'id="id_mobile_helptext"' in html
    assert "aria-invalid" not in html


def test_a_wrong_field_says_so_to_everybody() -> None:
    html = _field("mobile", {})
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_mobile_helptext id_mobile_error"' in html
    assert 'id="id_mobile_error"' in html
    assert "is-invalid" in html


def test_boxes_to_tick_are_laid_out_as_such() -> None:
    assert re.search(r'form-check-input"[^>]*id="id_accepted"', _field("accepted"))
    several = _field("rights", {"note": "x"})
    assert "<fieldset" in several
    assert "<legend" in several
    assert 'aria-describedby="id_rights_error"' in several


def test_what_is_optional_is_marked_and_what_is_required_is_not() -> None:
    assert "facultatif" in _field("note")
    assert "facultatif" not in _field("mobile")


@time_machine.travel(NOW, tick=False)
def test_a_code_counts_in_seconds_from_the_server() -> None:
    """The clock of Alice's telephone may be wrong: only durations go to the page."""
    challenge = Challenge(NOW + timedelta(seconds=30), NOW + timedelta(seconds=300))
    html = render_to_string("design/code_input.html", {"field": RegistrationForm()["code"], "challenge": challenge})
    assert 'data-resend-in="30"' in html
    assert 'data-expires-in="300"' in html
    assert 'autocomplete="one-time-code"' in html
    assert 'inputmode="numeric"' in html


def test_another_code_is_asked_for_behind_the_button_that_validates() -> None:
    html = render_to_string("design/code_again.html", {"resend_url": "/code/renvoyer/"})
    assert 'formaction="/code/renvoyer/"' in html
    assert "formnovalidate" in html


@time_machine.travel(NOW, tick=False)
def test_a_code_that_expired_counts_no_further_than_zero() -> None:
    challenge = Challenge(NOW - timedelta(seconds=500), NOW - timedelta(seconds=200))
    html = render_to_string("design/code_input.html", {"field": RegistrationForm()["code"], "challenge": challenge})
    assert 'data-expires-in="0"' in html
    assert "data-resend>" not in html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_numbers_in_attributes_are_never_localised(language: str) -> None:
    """A decimal comma in a field of points would be read as another place, or refused."""
    with translation.override(language):
        html = render_to_string(
            "design/box_placer.html", {"pages": PAGES, "box": {"page": 2, "x": 1234.5, "y": 36.25, "w": 200, "h": 72}}
        )
    assert 'name="x" min="0" step="any" value="1234.50"' in html
    assert 'name="y" min="0" step="any" value="36.25"' in html
    assert 'data-width="595.276" data-height="841.89"' in html


def test_pages_are_all_there_without_script() -> None:
    html = render_to_string("design/pages_viewer.html", {"pages": PAGES, "seen_name": "shown"})
    assert re.findall(r'src="(/p/\d\.png)"', html) == ["/p/1.png", "/p/2.png"]
    assert 'name="shown"' in html


def test_steps_say_where_one_stands() -> None:
    html = render_to_string(
        "design/steps.html", {"steps": [("Mobile", "done"), ("Certificat", "current"), ("Conditions", "todo")]}
    )
    assert html.count('aria-current="step"') == 1
    assert html.index("Mobile") < html.index('aria-current="step"') < html.index("Conditions")
    assert "(terminée)" in html


def test_text_given_to_a_component_is_escaped() -> None:
    for name in ("notice", "empty", "dialog"):
        html = render_to_string(f"design/{name}.html", {"id": "d", "title": "<b>", "text": "<script>", "tone": "info"})
        assert "&lt;script&gt;" in html
        assert "<script>" not in html


def test_mail_is_dressed_in_the_name_of_the_site(settings: Any) -> None:
    html = render_to_string("design/mail.html", {})
    assert "<title>Paraphe</title>" in html
    assert "prefers-color-scheme:dark" in html
    settings.SITE = "trust"
    assert "Paraphe Confiance" in render_to_string("design/mail.html", {})
    assert 'href="https://x.example/a"' in render_to_string(
        "design/mail_button.html", {"url": "https://x.example/a", "label": "Continuer"}
    )
