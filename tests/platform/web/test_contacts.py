"""The pages of the address book: found, typed, brought, taken away, made one, erased."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from paraphe.platform.contacts.models import Contact, PendingImport
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes.models import Recipient
from paraphe.platform.evidence import api as evidence
from tests.platform.contacts.people import SOPHIE, add, of_alice
from tests.platform.envelopes.support import CLIENTS, Desk
from tests.platform.web.test_every_address import OF_THE_FIRM, registered
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
LIST = "/espace/contacts/"
FILE = "Nom;Prénom;E-mail;Mobile\nZola;Émile;emile@exemple.fr;06 12 34 56 78\nSand;George;rien;\n".encode("cp1252")


def alice() -> Client:
    return registered(cast.ALICE)[0]


def bring(client: Client, data: bytes, name: str = "contacts.csv") -> Any:
    return client.post(reverse("contact-import"), {"file": SimpleUploadedFile(name, data)})


def a_contact() -> uuid.UUID:
    """Return a contact of Alice's firm."""
    person, firm = of_alice()
    return add(person, firm, **SOPHIE).id


def main_of(answer: Any) -> str:
    return str(answer.content.decode().split("<main")[1].split("</main")[0])


def test_an_empty_address_book_says_how_to_begin() -> None:
    shown = main_of(alice().get(LIST))
    assert "Aucun contact pour l'instant" in shown.replace("&#x27;", "'")
    assert reverse("contact-add") in shown
    assert reverse("contact-import") in shown


def test_a_contact_is_added_found_changed_and_deleted() -> None:
    client = alice()
    assert client.post(reverse("contact-add"), SOPHIE)["Location"] == LIST
    contact = Contact.objects.get()
    address = reverse("contact", args=[contact.pk])
    assert address in main_of(client.get(LIST, {"q": "lefevre nunez"}))
    assert "Aucun contact ne correspond" in main_of(client.get(LIST, {"q": "personne"}))
    shown = main_of(client.get(address))
    assert "+33 6 12 34 56 78" in shown
    assert "Alice Martin" in shown
    assert client.post(address, SOPHIE | {"company": "Autre"})["Location"] == LIST
    assert Contact.objects.get().company == "Autre"
    assert "Supprimer Sophie" in main_of(client.get(reverse("contact-delete", args=[contact.pk])))
    assert Contact.objects.exists()
    assert client.post(reverse("contact-delete", args=[contact.pk]))["Location"] == LIST
    assert not Contact.objects.exists()
    assert client.get(address).status_code == 404


def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost() -> None:
    client = alice()
    answer = client.post(reverse("contact-add"), {"email": "sophie", "mobile": "01 42 68 53 00", "note": "Gardée"})
    shown = main_of(answer)
    assert answer.status_code == 422
    for field in ("family_name", "email", "mobile"):
        assert f'id="id_{field}_error"' in shown
    assert "Gardée" in shown
    assert not Contact.objects.exists()
    assert client.post(reverse("contact-add"), SOPHIE | {"language": "klingon"}).status_code == 422
    assert client.post(reverse("contact-add"), {}).status_code == 422
    number = a_contact()
    assert client.post(reverse("contact", args=[number]), SOPHIE | {"note": "x" * 1001}).status_code == 422
    assert Contact.objects.get().note == "Rappeler en mai"


def test_names_are_shown_as_text_and_not_as_a_page() -> None:
    client = alice()
    client.post(reverse("contact-add"), SOPHIE | {"family_name": "<script>alert(1)</script>"})
    assert "<script>alert" not in client.get(LIST).content.decode()


def test_pages_follow_each_other_and_htmx_gets_the_same() -> None:
    client = alice()
    who = of_alice()
    for number in range(53):
        add(*who, family_name=f"Client {number:02}")
    first = main_of(client.get(LIST, {"q": "client"}))
    assert "Client 49" in first
    assert "Client 50" not in first
    last = Contact.objects.get(family_name="Client 49")
    second = main_of(client.get(LIST, {"q": "client", "after": str(last.pk)}))
    assert "Client 52" in second
    assert "Client 49" not in second
    assert "Revenir au début" in second
    assert client.get(LIST, {"q": "client"}, headers={"HX-Request": "true"}).status_code == 200


@pytest.mark.parametrize(
    "words", [{"after": "x"}, {"after": str(uuid.uuid4())}, {"q": "\x00"}, {"q": "%"}, {"q": "x" * 5000}, {"q": "\\"}]
)
def test_no_question_breaks_the_list(words: dict[str, str]) -> None:
    client = alice()
    a_contact()
    assert client.get(LIST, words).status_code == 200


def test_a_file_is_shown_first_and_imported_after_a_confirmation() -> None:
    client = alice()
    answer = bring(client, FILE)
    address = answer["Location"]
    shown = main_of(client.get(address))
    assert "1 contact sera ajouté" in shown
    assert "Ligne 3" in shown
    assert "adresse e-mail n" in shown
    assert not Contact.objects.exists()
    assert client.post(address)["Location"] == LIST
    assert Contact.objects.get().given_name == "Émile"
    assert client.post(address).status_code == 404
    again = main_of(client.get(bring(client, FILE)["Location"]))
    assert "1 contact, laissé tel qu" in again
    assert "Importer 1" not in again


def test_a_file_can_be_abandoned() -> None:
    client = alice()
    pending = bring(client, FILE)["Location"]
    assert client.post(f"{pending}abandonner/")["Location"] == LIST
    assert not PendingImport.objects.exists()
    assert not Contact.objects.exists()
    assert client.get(pending).status_code == 404


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "vide"),
        (b"PK\x03\x04", "classeur Excel"),
        (b"bonjour", "nommer les colonnes"),
        (b'Nom\n"' + b"x" * 200_000, "guillemet"),
        (b"Nom\n" + b"x\n" * 20_001, "20000 lignes"),
        (b"Nom\n" + b"x" * 5_000_000, "5 Mo"),
    ],
    ids=["empty", "Excel", "no columns", "quotation mark", "too many", "too large"],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(data: bytes, told: str) -> None:
    answer = bring(alice(), data)
    assert answer.status_code == 422
    assert told in main_of(answer)
    assert not PendingImport.objects.exists()


def test_no_file_at_all_is_told_beside_the_field() -> None:
    answer = alice().post(reverse("contact-import"), {})
    assert answer.status_code == 422
    assert "Choisissez un fichier" in main_of(answer)


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=1, max_size=300), st.sampled_from([b"", b"Nom;E-mail\n", b"BEGIN:VCARD\nN:a\n"]))
def test_no_file_breaks_the_page(data: bytes, head: bytes) -> None:
    client = alice_again()
    answer = bring(client, head + data)
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        assert client.get(answer["Location"]).status_code == 200


def alice_again() -> Client:
    """Return Alice's browser, registered at the first call only: examples of one test share their database."""
    from paraphe.platform.enrolment.models import Enrolment

    if not Enrolment.objects.exists():
        return alice()
    client = Client()
    cast.sign_in_client(client, cast.ALICE)
    return client


def test_contacts_are_taken_away_as_files() -> None:
    client = alice()
    a_contact()
    table = client.get(reverse("contact-export-csv"))
    assert table["Content-Disposition"] == 'attachment; filename="contacts.csv"'
    assert "Prénom;Nom;E-mail" in table.content.decode("utf-8-sig")
    assert "'+33612345678" in table.content.decode()
    card = client.get(reverse("contact-export-vcard"))
    assert card.content.startswith(b"BEGIN:VCARD")
    assert "no-store" in table["Cache-Control"] + card["Cache-Control"]
    assert "First name" in client.get(reverse("contact-export-csv"), headers={"Accept-Language": "en"}).content.decode()


def test_duplicates_are_made_one() -> None:
    client = alice()
    old = a_contact()
    new = add(*of_alice(), family_name="Lefèvre", email="sophie.lefevre@exemple.fr").id
    shown = main_of(client.get(reverse("contact-duplicates")))
    assert "Même adresse e-mail" in shown
    posted = {"contact": [str(old), str(new)], "choice-family_name": str(new), "choice-email": "x"}
    assert client.post(reverse("contact-duplicates"), posted)["Location"] == reverse("contact-duplicates")
    assert (Contact.objects.get().pk, Contact.objects.get().family_name) == (old, "Lefèvre")
    assert "Aucun doublon" in main_of(client.get(reverse("contact-duplicates")))


def test_a_merge_that_would_leave_no_name_is_refused_with_a_sentence() -> None:
    client = alice()
    person, firm = of_alice()
    named = add(person, firm, family_name="Zola", email="a@exemple.fr").id
    company = add(person, firm, company="ACME", email="a@exemple.fr").id
    posted = {"contact": [named, company], "choice-family_name": company, "choice-company": named}
    answer = client.post(reverse("contact-duplicates"), posted, follow=True)
    assert "ni nom ni société" in main_of(answer)
    assert Contact.objects.count() == 2


@pytest.mark.parametrize("ticked", [[], ["x"], [str(uuid.uuid4()), str(uuid.uuid4())]])
def test_a_merge_of_nothing_changes_nothing(ticked: list[str]) -> None:
    client = alice()
    number = a_contact()
    client.post(reverse("contact-duplicates"), {"contact": ticked})
    client.post(reverse("contact-duplicates"), {"contact": [str(number)]})
    assert "notice-danger" in client.get(LIST).content.decode()
    assert Contact.objects.get().pk == number


def test_what_is_held_of_a_person_is_given_and_erased() -> None:
    client = alice()
    number = a_contact()
    told = client.get(reverse("contact-about", args=[number]))
    assert told.json()["contacts"][0]["family_name"] == "Lefèvre-Nuñez"
    assert "attachment" in told["Content-Disposition"]
    assert "sophie.lefevre@exemple.fr" in main_of(client.get(reverse("contact-erase", args=[number])))
    assert Contact.objects.exists()
    assert client.post(reverse("contact-erase", args=[number]))["Location"] == LIST
    assert not Contact.objects.exists()
    without = add(*of_alice(), family_name="Sans adresse").id
    assert client.get(reverse("contact-about", args=[without])).status_code == 404


def test_a_person_is_erased_from_ended_collections_too(trust: SmallTrust) -> None:
    client = alice()
    desk, number = Desk(*of_alice()), a_contact()
    address = reverse("contact-erase", args=[number])
    sophie = {"given_name": "Sophie", "family_name": "Lefèvre-Nuñez", "mobile": "0612345678"}
    names = {"claire": CLIENTS["claire"], "same": sophie | {"email": "Sophie.Lefevre@exemple.fr"}}
    names |= {"moved": sophie | {"email": "sophie@ailleurs.example"}}
    made = []
    for typed in names.values():
        draft = desk.draft()
        envelopes.add_recipient(**desk.where, envelope_id=draft.id, typed=typed)
        envelopes.place_by_default(**desk.where, envelope_id=draft.id, document_id=draft.documents[0].id)
        made.append(envelopes.launch(**desk.who, envelope_id=draft.id).id)
    refused = client.post(address)
    assert refused.status_code == 409
    assert main_of(refused).count("/collectes/") == 2, "those that name her, and not Claire's"
    assert (Contact.objects.count(), Recipient.objects.filter(email="").count()) == (1, 0)
    for one in made:
        envelopes.cancel(**desk.who, envelope_id=one, reason="Doublon")
    done = client.post(address, follow=True).content.decode()
    assert "effacées à 2 endroits" in done
    assert not Contact.objects.exists()
    kept = Recipient.objects.exclude(email="")
    assert [one.given_name for one in kept] == ["Claire"], "who shares nothing with her stays"
    tags = [entry.tag for one in made for entry in evidence.history(envelope=str(one))]
    assert tags.count("recipient:erased") == 2
    assert evidence.verify() is None


@pytest.mark.parametrize("name", sorted(OF_THE_FIRM))
def test_who_may_only_seal_is_told_so(name: str) -> None:
    ines, _ = registered(cast.INES)
    method = "POST" if name == "contact-import-abandon" else "GET"
    answer = ines.generic(method, reverse(name, kwargs=OF_THE_FIRM[name]))
    assert answer.status_code == 403
    assert "Vos droits" in answer.content.decode()


def test_another_firm_gets_what_does_not_exist() -> None:
    first = alice()
    number, pending = a_contact(), bring(first, FILE)["Location"]
    etienne, _ = registered(cast.ETIENNE, cast.OCEAN)
    for name in ("contact", "contact-delete", "contact-about", "contact-erase"):
        address = reverse(name, args=[number])
        assert etienne.get(address).status_code == 404
        assert etienne.post(address, SOPHIE).status_code in (404, 405)
        assert first.get(address).status_code == 200
    assert etienne.get(pending).status_code == etienne.post(pending).status_code == 404
    assert "Sophie" not in etienne.get(LIST).content.decode()
    assert Contact.objects.get().pk == number


@pytest.mark.parametrize("person", [cast.BOB, cast.CHLOE, cast.HUGO], ids=lambda one: one.given_name)
def test_colleagues_share_the_address_book(person: cast.CastPerson) -> None:
    number = a_contact()
    colleague, _ = registered(person)
    assert colleague.get(reverse("contact", args=[number])).status_code == 200
    assert "Sophie" in main_of(colleague.get(LIST))
