"""Contacts kept twice become one; what is held of a person can be shown and erased."""

import json
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from paraphe.kernel.errors import NotFound
from paraphe.platform.contacts import api as contacts
from paraphe.platform.contacts.importing import forget_old
from paraphe.platform.contacts.models import Contact, PendingImport
from paraphe.platform.evidence import api as evidence
from tests.platform.conftest import ACTOR
from tests.platform.contacts.people import SOPHIE, add, bring, of_alice
from tests.support import cast

pytestmark = pytest.mark.django_db


def test_the_same_email_mobile_or_name_makes_duplicates() -> None:
    alice, martin = of_alice()
    first = add(alice, martin, family_name="Un", email="deux@exemple.fr")
    second = add(alice, martin, family_name="Deux", email="DEUX@exemple.fr", mobile="0612345678")
    third = add(alice, martin, family_name="Trois", mobile="+33 6 12 34 56 78")
    fourth = add(alice, martin, given_name="Éva", family_name="Grün")
    fifth = add(alice, martin, given_name="eva", family_name="GRUN")
    add(alice, martin, family_name="Seul")
    found = {one.reason: [each.id for each in one.contacts] for one in contacts.duplicates(alice, martin)}
    assert found == {"email": [first.id, second.id], "mobile": [second.id, third.id], "name": [fourth.id, fifth.id]}


def test_the_same_pair_is_shown_once() -> None:
    alice, martin = of_alice()
    add(alice, martin, **SOPHIE)
    add(alice, martin, **SOPHIE)
    assert [one.reason for one in contacts.duplicates(alice, martin)] == ["email"]


def test_a_merge_keeps_the_oldest_and_takes_what_was_chosen() -> None:
    alice, martin = of_alice()
    old = add(alice, martin, family_name="Grun", email="eva@ancien.example", note="Ancienne note")
    new = add(alice, martin, given_name="Éva", family_name="Grün", email="eva@nouveau.example", mobile="0612345678")
    merged = contacts.merge(
        actor=ACTOR,
        person=alice,
        firm=martin,
        contact_ids=[new.id, old.id],
        chosen={"family_name": new.id, "email": new.id, "note": uuid.uuid4()},
    )
    assert merged.id == Contact.objects.get().pk == old.id
    assert merged.data == contacts.ContactData(
        given_name="Éva",
        family_name="Grün",
        email="eva@nouveau.example",
        mobile="+33612345678",
        note="Ancienne note",
    )
    assert len(contacts.listing(alice, martin, "nouveau").contacts) == 1
    assert [one.tag for one in evidence.history(contact=str(new.id))] == ["contact:added", "contact:deleted"]
    assert evidence.history(contact=str(new.id)).last().data == {"merged_into": str(old.id)}  # type: ignore[union-attr]


def test_a_merge_of_one_or_of_somebody_elses_contact_changes_nothing() -> None:
    alice, martin = of_alice()
    mine = add(alice, martin, **SOPHIE)
    etienne = cast.sign_in(cast.ETIENNE)
    theirs = add(etienne, cast.firm(cast.OCEAN), **SOPHIE)
    with pytest.raises(contacts.NothingToMerge):
        contacts.merge(actor=ACTOR, person=alice, firm=martin, contact_ids=[mine.id, mine.id])
    with pytest.raises(NotFound):
        contacts.merge(actor=ACTOR, person=alice, firm=martin, contact_ids=[mine.id, theirs.id])
    assert Contact.objects.count() == 2


def test_a_merge_never_takes_the_name_away() -> None:
    alice, martin = of_alice()
    named = add(alice, martin, family_name="Zola", email="a@exemple.fr")
    company = add(alice, martin, company="ACME", email="a@exemple.fr")
    with pytest.raises(contacts.BadContact):
        contacts.merge(
            actor=ACTOR,
            person=alice,
            firm=martin,
            contact_ids=[named.id, company.id],
            chosen={"family_name": company.id, "company": named.id},
        )
    assert Contact.objects.count() == 2
    merged = contacts.merge(actor=ACTOR, person=alice, firm=martin, contact_ids=[named.id, company.id])
    assert (merged.data.family_name, merged.data.company) == ("Zola", "ACME")


def test_everything_held_of_a_person_is_told_and_can_be_erased() -> None:
    alice, martin = of_alice()
    kept = add(alice, martin, **SOPHIE)
    other = add(alice, martin, family_name="Zola", email="emile@exemple.fr")
    file = b"Nom;E-mail\nAutre Nom;sophie.lefevre@exemple.fr\nTiers;tiers@exemple.fr\n"
    contacts.begin_import(person=alice, firm=martin, data=file)
    contacts.begin_import(person=alice, firm=martin, data=b"Nom;E-mail\nTiers;tiers@exemple.fr\n")
    told = contacts.about(alice, martin, " SOPHIE.lefevre@exemple.fr ")
    assert json.loads(json.dumps(told)) == told
    held = told["contacts"]
    assert isinstance(held, list)
    assert [(one["id"], one["mobile"], one["created_by"]) for one in held] == [
        (str(kept.id), "+33612345678", "Alice Martin")
    ]
    assert [one["event"] for one in held[0]["events"]] == ["contact:added"]
    assert "Autre Nom" in json.dumps(told["pending_imports"], ensure_ascii=False)
    assert "Tiers" not in json.dumps(told)
    assert contacts.erase(actor=ACTOR, person=alice, firm=martin, email="Sophie.Lefevre@exemple.fr") == 1
    assert Contact.objects.get().pk == other.id
    assert PendingImport.objects.count() == 1
    after = contacts.about(alice, martin, "sophie.lefevre@exemple.fr")
    assert (after["contacts"], after["pending_imports"]) == ([], [])
    last = evidence.history(contact=str(kept.id)).last()
    assert last is not None
    assert last.tag == "contact:erased"
    assert "sophie" not in json.dumps([last.subjects, last.data]).lower()


@pytest.mark.parametrize("email", ["", "  ", "nobody@exemple.fr", "\x00", "\ud800"])
def test_of_who_is_not_known_nothing_is_told_or_erased(email: str) -> None:
    alice, martin = of_alice()
    add(alice, martin, family_name="Sans adresse")
    told = contacts.about(alice, martin, email)
    assert (told["contacts"], told["pending_imports"]) == ([], [])
    assert contacts.erase(actor=ACTOR, person=alice, firm=martin, email=email) == 0
    assert Contact.objects.count() == 1


def test_an_import_that_nobody_confirms_is_forgotten_after_a_day() -> None:
    alice, martin = of_alice()
    pending = contacts.begin_import(person=alice, firm=martin, data=b"Nom\nZola\n")
    now = timezone.now()
    with time_machine.travel(now + timedelta(hours=23), tick=False):
        assert forget_old() == 0
    with time_machine.travel(now + timedelta(hours=25), tick=False):
        assert forget_old() == 1
    with pytest.raises(NotFound):
        contacts.import_rows(actor=ACTOR, person=alice, firm=martin, import_id=pending.id)


def test_an_export_is_recorded() -> None:
    alice, martin = of_alice()
    bring(alice, martin, b"Nom\nZola\n")
    contacts.export_csv(actor=ACTOR, person=alice, firm=martin)
    contacts.export_vcard(actor=ACTOR, person=alice, firm=martin)
    found = [(one.tag, one.data) for one in evidence.history(firm=str(martin.pk))]
    assert ("contact:exported", {"format": "csv"}) in found
    assert ("contact:exported", {"format": "vcard"}) in found
