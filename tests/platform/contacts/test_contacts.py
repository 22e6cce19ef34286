"""Keeping, finding, changing and deleting contacts; nobody of another firm can tell that they exist."""

import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from paraphe.platform.contacts.actions import new_row
from paraphe.platform.contacts.models import Contact
from paraphe.platform.evidence import api as evidence
from tests.platform.conftest import ACTOR
from tests.platform.contacts.people import SOPHIE, add, calls, of_alice
from tests.support import cast

pytestmark = pytest.mark.django_db


def names(found: contacts.Listing) -> list[str]:
    return [one.name for one in found.contacts]


def test_a_contact_is_kept_in_one_form_however_it_was_typed() -> None:
    alice, martin = of_alice()
    kept = add(alice, martin, **{**SOPHIE, "given_name": "  Sophie\u200b\x00 "})
    assert kept.data == contacts.ContactData(
        given_name="Sophie",
        family_name="Lefèvre-Nuñez",
        email="sophie.lefevre@exemple.fr",
        mobile="+33612345678",
        company="Boulangerie L'Épi d'or",
        language="fr",
        note="Rappeler en mai",
    )
    assert contacts.get(alice, martin, kept.id) == kept
    assert (kept.created_by, kept.source, kept.changed_at) == (alice.pk, "typed", kept.created_at)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("email", "sophie", "bad_email"),
        ("email", "x" * 250 + "@a.fr", "too_long"),
        ("mobile", "01 42 68 53 00", "not_mobile"),
        ("mobile", "06 12", "impossible"),
        ("mobile", "numéro", "unreadable"),
        ("language", "klingon", "bad_language"),
        ("note", "x" * 1001, "too_long"),
        ("given_name", "x" * 101, "too_long"),
    ],
)
def test_what_cannot_be_kept_is_told_for_each_field(field: str, value: str, reason: str) -> None:
    alice, martin = of_alice()
    with pytest.raises(contacts.BadContact) as refusal:
        add(alice, martin, **{**SOPHIE, field: value})
    assert refusal.value.problems == {field: reason}
    assert not Contact.objects.exists()


def test_a_contact_needs_a_name_or_a_company() -> None:
    alice, martin = of_alice()
    with pytest.raises(contacts.BadContact) as refusal:
        add(alice, martin, email="a@exemple.fr", mobile="06")
    assert refusal.value.problems == {"family_name": "nameless", "mobile": "impossible"}
    assert add(alice, martin, company="ACME").name == "ACME"


@pytest.mark.parametrize(
    "query",
    [
        "sophie",
        "LEFEVRE",
        "lefèvre nunez",
        "nunez sophie",
        "epi dor",
        "l'épi",
        "@exemple",
        "06 12 34",
        "+33 6 12",
        "0033612",
        "06.12.34.56.78",
        "rappeler",
    ],
)
def test_a_contact_is_found_by_any_of_its_words(query: str) -> None:
    alice, martin = of_alice()
    add(alice, martin, **SOPHIE)
    add(alice, martin, family_name="Zola", email="emile@autre.example", mobile="+352 621 123 456")
    assert "Sophie Lefèvre-Nuñez" in names(contacts.listing(alice, martin, query))
    assert len(contacts.listing(alice, martin, query).contacts) == 1


@pytest.mark.parametrize("query", ["sophie zola", "%", "y_z", "\\", "07 12", "x" * 300, "\x00sophie%", "\ud800 q9"])
def test_what_does_not_match_finds_nothing(query: str) -> None:
    alice, martin = of_alice()
    add(alice, martin, **SOPHIE)
    add(alice, martin, family_name="Zola")
    assert names(contacts.listing(alice, martin, query)) == []


@pytest.mark.parametrize("query", ["", "  ", "-", "\x00"])
def test_a_question_without_a_word_shows_everybody(query: str) -> None:
    alice, martin = of_alice()
    add(alice, martin, family_name="Zola")
    assert names(contacts.listing(alice, martin, query)) == ["Zola"]


def test_greek_letters_are_found_in_either_case() -> None:
    alice, martin = of_alice()
    add(alice, martin, given_name="Νίκος", family_name="Παπαδόπουλος")
    assert names(contacts.listing(alice, martin, "ΝΙΚΟΣ παπαδοπουλοσ")) == ["Νίκος Παπαδόπουλος"]


def test_pages_follow_each_other_without_gap_or_repetition() -> None:
    alice, martin = of_alice()
    for number in range(7):
        add(alice, martin, family_name="Même" if number % 2 else f"Nom {number}", given_name="Jean")
    seen: list[uuid.UUID] = []
    after = None
    while True:
        page = contacts.listing(alice, martin, "jean", after, limit=2)
        assert page.total == 7
        seen += [one.id for one in page.contacts]
        after = page.after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 7
    assert names(contacts.listing(alice, martin, after=uuid.uuid4(), limit=1))[0] == "Jean Même"


def test_a_large_address_book_costs_as_many_queries_as_a_small_one() -> None:
    alice, martin = of_alice()
    template = contacts.ContactData(family_name="Client", email="a@exemple.fr")
    rows = [new_row(martin, alice, template, source="csv") for _ in range(3000)]
    for number, one in enumerate(rows):
        one.sort_key = f"client {number:05}"
    Contact.objects.bulk_create(rows, batch_size=500)
    with CaptureQueriesContext(connection) as asked:
        accounts.rights(alice, martin)
    for_rights = len(asked)
    with CaptureQueriesContext(connection) as asked:
        first = contacts.listing(alice, martin, "client")
    assert len(asked) == for_rights + 2
    with CaptureQueriesContext(connection) as asked:
        second = contacts.listing(alice, martin, "client", first.after)
    assert len(asked) == for_rights + 3
    assert (len(first.contacts), len(second.contacts), second.total) == (50, 50, 3000)
    with CaptureQueriesContext(connection) as asked:
        contacts.duplicates(alice, martin)
    assert len(asked) <= for_rights + 6
    if connection.vendor == "sqlite":
        page = Contact.objects.filter(firm=martin, sort_key__gte="client 01500").order_by("sort_key", "pk")[:51]
        assert "contacts_in_order" in page.explain()


def test_a_change_is_kept_and_one_that_changes_nothing_is_not_recorded() -> None:
    alice, martin = of_alice()
    kept = add(alice, martin, **SOPHIE)
    same = contacts.change(actor=ACTOR, person=alice, firm=martin, contact_id=kept.id, typed=SOPHIE)
    assert same.changed_at == kept.changed_at
    changed = contacts.change(
        actor=ACTOR,
        person=alice,
        firm=martin,
        contact_id=kept.id,
        typed={**SOPHIE, "family_name": "Zola", "mobile": ""},
    )
    assert (changed.data.family_name, changed.data.mobile) == ("Zola", "")
    assert names(contacts.listing(alice, martin, "zola")) == ["Sophie Zola"]
    assert names(contacts.listing(alice, martin, "lefevre-nunez")) == []
    tags = [one.tag for one in evidence.history(contact=str(kept.id))]
    assert tags == ["contact:added", "contact:changed"]


def test_a_deleted_contact_is_gone_and_the_evidence_names_nobody() -> None:
    alice, martin = of_alice()
    kept = add(alice, martin, **SOPHIE)
    contacts.delete(actor=ACTOR, person=alice, firm=martin, contact_id=kept.id)
    assert not Contact.objects.exists()
    with pytest.raises(NotFound):
        contacts.delete(actor=ACTOR, person=alice, firm=martin, contact_id=kept.id)
    history = list(evidence.history(contact=str(kept.id)))
    assert [one.tag for one in history] == ["contact:added", "contact:deleted"]
    told = json.dumps([[one.subjects, one.data] for one in history]).lower()
    assert not any(word in told for word in ("sophie", "lef", "exemple", "6123"))


@pytest.mark.parametrize("person", [cast.ALICE, cast.BOB, cast.CHLOE, cast.HUGO], ids=lambda one: one.given_name)
def test_who_may_sign_prepare_or_launch_uses_the_address_book(person: cast.CastPerson) -> None:
    alice, martin = of_alice()
    kept = add(alice, martin, **SOPHIE)
    colleague = cast.sign_in(person)
    assert contacts.get(colleague, martin, kept.id) == kept
    assert contacts.listing(colleague, martin).total == 1
    contacts.delete(actor=ACTOR, person=colleague, firm=martin, contact_id=kept.id)


@pytest.mark.parametrize("person", [cast.INES, cast.NORA, cast.MALLORY, cast.ETIENNE], ids=lambda one: one.given_name)
def test_who_has_none_of_these_rights_in_the_firm_can_do_nothing(person: cast.CastPerson) -> None:
    alice, martin = of_alice()
    kept = add(alice, martin, **SOPHIE)
    other = cast.sign_in(person)
    for name, call in calls(other, martin, kept).items():
        with pytest.raises(contacts.MayNot):
            call()
        assert Contact.objects.get().family_name == "Lefèvre-Nuñez", name


def test_a_contact_of_another_firm_does_not_exist() -> None:
    alice, martin = of_alice()
    kept = add(alice, martin, **SOPHIE)
    etienne = cast.sign_in(cast.ETIENNE)
    ocean = cast.firm(cast.OCEAN)
    found: dict[str, Any] = calls(etienne, ocean, kept)
    for name in ("get", "change", "delete", "merge", "pending_import", "import_rows", "abandon_import"):
        with pytest.raises(NotFound):
            found[name]()
    assert found["listing"]().total == 0
    assert found["about"]()["contacts"] == []
    assert found["erase"]() == 0
    assert b"Sophie" not in found["export_csv"]() + found["export_vcard"]()
    assert contacts.get(alice, martin, kept.id) == kept
