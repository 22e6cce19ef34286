"""What a firm sets: defaults, checks, two tabs, who may."""

from typing import Any

import pytest

from paraphe.kernel.errors import NotFound
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.firms.models import FirmOptions
from paraphe.platform.firms.rules import placeholders_of
from tests.platform.conftest import ACTOR
from tests.support import cast

pytestmark = pytest.mark.django_db


def _change(person: Any, firm: Any, seen: int = 0, **changes: Any) -> firms.Options:
    return firms.change(actor=ACTOR, person=person, firm=firm, changes=changes, seen_version=seen)


def _reason(person: Any, firm: Any, **changes: Any) -> dict[str, object]:
    with pytest.raises(firms.OptionsRefused) as refusal:
        _change(person, firm, **changes)
    return {name: problem.params["reason"] for name, problem in refusal.value.problems.items()}


def test_a_firm_that_set_nothing_has_the_defaults(settings: Any) -> None:
    alice = cast.sign_in(cast.ALICE)
    found = firms.options(cast.firm(cast.MARTIN))
    assert (found.version, found.collection_days, found.visibility) == (0, 15, "own")
    assert found.retention_days == settings.DOCUMENT_DAYS
    assert found.max_pdf_mb * 1_000_000 == settings.MAX_PDF_BYTES
    assert not FirmOptions.objects.exists()
    # The defaults pass the checks that a change must pass.
    everything = {name: getattr(found, name) for name in firms.CHANGEABLE}
    assert _change(alice, cast.firm(cast.MARTIN), **everything) == found


def test_a_change_is_kept_and_noted_by_name_only() -> None:
    alice = cast.sign_in(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    found = _change(alice, firm, collection_days=30, custom_consents=["Lu et approuvé."], sender_name="Martin")
    assert (found.version, found.collection_days, found.custom_consents) == (1, 30, ("Lu et approuvé.",))
    assert firms.options(firm) == found
    assert _change(alice, firm, 1, collection_days=30).version == 1
    event = evidence.history(firm=str(firm.pk)).get()
    assert event.tag == "firm:options-changed"
    assert event.data == {"options": ["collection_days", "custom_consents", "sender_name"], "version": 1}


def test_two_tabs_never_overwrite_each_other() -> None:
    alice = cast.sign_in(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    _change(alice, firm, 0, collection_days=30)
    with pytest.raises(firms.ChangedMeanwhile) as refusal:
        _change(alice, firm, 0, collection_days=60)
    assert refusal.value.params["version"] == 1
    assert refusal.value.params["by"] == alice.pk
    assert firms.options(firm).collection_days == 30
    assert _change(alice, firm, 1, collection_days=60).collection_days == 60


def test_the_second_of_two_simultaneous_changes_finds_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = cast.sign_in(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    before = firms.options(firm)
    _change(alice, firm, 0, collection_days=30)
    real, stale = firms.options, [before]
    monkeypatch.setattr("paraphe.platform.firms.actions.options", lambda one: stale.pop() if stale else real(one))
    with pytest.raises(firms.ChangedMeanwhile):
        _change(alice, firm, 0, collection_days=60)
    assert firms.options(firm).collection_days == 30


@pytest.mark.parametrize("person", [cast.BOB, cast.CHLOE, cast.NORA], ids=["Bob", "Chloé", "Nora"])
def test_only_an_accountant_changes(person: cast.CastPerson) -> None:
    alice, other = cast.sign_in(cast.ALICE), cast.sign_in(person)
    firm = cast.firm(cast.MARTIN)
    with pytest.raises(firms.MayNotChange):
        _change(other, firm, collection_days=30)
    with pytest.raises(firms.MayNotChange):
        firms.close(actor=ACTOR, person=other, firm=firm, typed_siren=firm.siren)
    assert not firms.may_change(other, firm)
    assert _change(alice, firm, collection_days=30).version == 1


def test_another_firm_is_not_there() -> None:
    etienne = cast.sign_in(cast.ETIENNE)
    cast.sign_in(cast.ALICE)
    with pytest.raises(NotFound):
        _change(etienne, cast.firm(cast.MARTIN), collection_days=30)
    assert _change(etienne, cast.firm(cast.OCEAN), collection_days=30).version == 1


def test_who_is_no_longer_on_the_roll_changes_nothing() -> None:
    alice = cast.sign_in(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    _change(alice, firm, collection_days=30)
    with pytest.raises(firms.MayNotChange):
        _change(cast.sign_in(cast.ALICE, paraphe_roll=None), firm, 1, collection_days=31)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("collection_days", 0, "out_of_range"),
        ("collection_days", 91, "out_of_range"),
        ("collection_days", True, "not_a_number"),
        ("collection_days", "15", "not_a_number"),
        ("retention_days", 10_000, "out_of_range"),
        ("max_pdf_mb", 10_000, "out_of_range"),
        ("seal_visible", "yes", "not_a_choice"),
        ("seal_text", "x" * 81, "too_long"),
        ("seal_text", 3, "not_a_text"),
        ("sender_name", "Martin <x@evil.example>", "not_a_name"),
        ("sender_name", "Martin\r\nBcc: all", "hidden_characters"),
        ("third_party_level", "qualified", "not_a_choice"),
        ("third_party_level", "advanced", "level_off"),
        ("reminder_days", [3, 3], "twice"),
        ("reminder_days", [1, 2, 3, 4, 5, 6], "too_many"),
        ("reminder_days", [15], "after_the_end"),
        ("reminder_days", "3", "not_a_number"),
        ("consent_fr", "  ", "empty"),
        ("consent_fr", "oui\u202enon", "hidden_characters"),
        ("custom_consents", ["a"] * 2, "twice"),
        ("custom_consents", [str(n) for n in range(11)], "too_many"),
        ("custom_consents", "a", "not_a_text"),
        ("visibility", "everybody", "not_a_choice"),
        ("invitation_subject_fr", "{lien}", "link_in_subject"),
        ("invitation_subject_fr", "{prenom}", "unknown_placeholder"),
        ("invitation_body_fr", "Bonjour", "no_link"),
        ("invitation_body_fr", "{lien} {mot_de_passe}", "unknown_placeholder"),
        ("reminder_body_en", "{lien} {cabinet.__class__}", "unknown_placeholder"),
        ("reminder_body_en", "{lien} {0}", "unknown_placeholder"),
        ("reminder_body_en", "{lien} {}", "braces"),
        ("reminder_body_en", "{lien} {cabinet!r}", "braces"),
        ("reminder_body_en", "{lien} {cabinet:>99999999}", "braces"),
        ("reminder_body_en", "{lien} }", "braces"),
        ("reminder_body_en", "{lien} \x00", "hidden_characters"),
        ("password", "x", "unknown"),
        ("version", 7, "unknown"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason_and_nothing_changes(name: str, value: object, reason: str) -> None:
    alice = cast.sign_in(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    assert _reason(alice, firm, visibility_is="x", **{name: value})[name] == reason
    assert not FirmOptions.objects.exists()


def test_advanced_goes_with_its_switch() -> None:
    alice = cast.sign_in(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    _change(alice, firm, third_party_advanced=True, third_party_level="advanced")
    with pytest.raises(firms.OptionsRefused):
        _change(alice, firm, 1, third_party_advanced=False)


def test_what_the_operator_lowers_lowers_the_option(settings: Any) -> None:
    alice = cast.sign_in(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    _change(alice, firm, retention_days=20, max_pdf_mb=40)
    settings.DOCUMENT_DAYS, settings.MAX_PDF_BYTES = 10, 5_000_000
    assert (firms.options(firm).retention_days, firms.options(firm).max_pdf_mb) == (10, 5)


def test_a_mail_is_composed_and_values_stay_values() -> None:
    alice = cast.sign_in(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    options = _change(alice, firm, invitation_body_fr="{destinataire}, {{ici}} : {lien}", sender_name="Martin & Cie")
    mail = firms.compose_mail(options, "invitation", "fr", {**firms.PLACEHOLDERS, "destinataire": "{lien}\n"})
    assert mail.sender == "Martin & Cie"
    assert mail.body == "{lien}\n, {ici} : https://example.org/signer/7f3a"
    assert "\n" not in firms.compose_mail(options, "reminder", "en", firms.PLACEHOLDERS).subject
    assert placeholders_of("a {lien} {{b}}") == ["lien"]


def test_a_firm_is_closed_by_its_siren_and_comes_back() -> None:
    alice = cast.sign_in(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    for typed in ("", "000000000", "Cabinet Martin"):
        with pytest.raises(firms.SirenMismatch):
            firms.close(actor=ACTOR, person=alice, firm=firm, typed_siren=typed)
    assert not firms.is_closed(firm)
    firms.close(actor=ACTOR, person=alice, firm=firm, typed_siren=" 000 104 216 ")
    assert firms.is_closed(firm)
    with pytest.raises(firms.FirmClosed):
        firms.close(actor=ACTOR, person=alice, firm=firm, typed_siren=firm.siren)
    with pytest.raises(firms.FirmClosed):
        _change(alice, firm, collection_days=30)
    assert firms.reopen(actor=ACTOR, firm_id=firm.pk)
    assert not firms.reopen(actor=ACTOR, firm_id=firm.pk)
    assert _change(alice, firm, collection_days=30).version == 1
    assert [one.tag for one in evidence.history(firm=str(firm.pk))] == [
        "firm:closed",
        "firm:reopened",
        "firm:options-changed",
    ]
