"""Hundreds of people in one collection: brought as a list, ticked in the address book, shown a page at a time."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from paraphe.platform.contacts import api as contacts
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes.models import Envelope, Recipient
from tests.platform.conftest import ACTOR
from tests.platform.envelopes.support import Desk
from tests.platform.web.test_every_address import registered
from tests.support import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> tuple[Client, Desk]:
    client, person = registered(cast.ALICE)
    return client, Desk(person, cast.firm(cast.MARTIN))


def lines(count: int) -> str:
    return "\n".join(f"P{one}\tO'Brien-Ζαφειρίου\tp{one}@vidal.example\t06{12345678 + one}" for one in range(count))


def test_a_list_is_pasted_corrected_and_added_as_a_whole(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    draft = desk.draft("claire")
    address = reverse("envelope-people-import", args=[draft.id])
    assert client.get(address).status_code == 200
    assert client.post(address, {"role": "signer", "order": "together"}).status_code == 422
    typed = lines(3) + "\nClaire;Vidal\nClaire\tVidal\tclaire@vidal.example\t\nP9\tRoux\tp9@\t0612345679\n"
    wrong = client.post(address, {"text": typed, "role": "signer", "order": "together"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "corrigez 3 lignes" in page
    assert "E-mail : Cette adresse e-mail" in page.replace("\u00a0", " ")
    assert "déjà dans la collecte" in page
    assert "p9@" in page
    forced = client.post(address, {"text": typed, "role": "signer", "order": "together", "add": "1"})
    assert forced.status_code == 422
    assert len(desk.now(draft.id).recipients) == 1
    checked = client.post(address, {"text": lines(3), "role": "signer", "order": "together"})
    assert "Ajouter 3 personnes" in checked.content.decode()
    added = client.post(address, {"text": lines(3), "role": "signer", "order": "together", "add": "1"})
    assert added.status_code == 302
    found = desk.now(draft.id).recipients
    assert [one.step for one in found] == [1, 2, 2, 2]
    assert found[1].name == "P0 O'Brien-Ζαφειρίου"


def test_a_file_names_its_columns_roles_and_languages(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    draft = desk.draft()
    data = (
        "E-mail;Nom;Prénom;Rôle;Langue;Mobile\r\n"
        "denis@roux.example;Noël;Denis;approuve;en;\r\n"
        "elsa@noel.example;D'Arc;Elsa;;;0612345681\r\n"
        "info@noel.example;;;copie;;\r\n"
    ).encode("cp1252")
    kept = {"role": "signer", "order": "after"}
    checked = client.post(
        reverse("envelope-people-import", args=[draft.id]), {**kept, "file": SimpleUploadedFile("p.csv", data)}
    )
    text = checked.context["form"]["text"].value()
    client.post(reverse("envelope-people-import", args=[draft.id]), {**kept, "text": text, "add": "1"})
    found = desk.now(draft.id).recipients
    assert [(one.name, one.role, one.locale) for one in found] == [
        ("Denis Noël", "approver", "en"),
        ("Elsa D'Arc", "signer", "fr"),
        ("info@noel.example", "copy", "fr"),
    ]


def test_contacts_are_ticked_and_nobody_comes_twice(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    draft = desk.draft()
    made = [
        contacts.add(actor=ACTOR, **desk.where, typed={"given_name": f"P{one}", "email": f"p{one}@vidal.example"})
        for one in range(3)
    ]
    address = reverse("envelope-people-book", args=[draft.id])
    assert "p2@vidal.example" in client.get(address).content.decode()
    for _ in range(2):
        client.post(address, {"contact": [one.id for one in made], "role": "signer", "order": "together"})
    assert [one.step for one in desk.now(draft.id).recipients] == [1, 1, 1]
    assert "déjà là" in client.get(address).content.decode()
    assert client.get(address, {"q": "inconnu"}).status_code == 200
    client.post(reverse("envelope-people-spread", args=[draft.id]), {"order": "after"})
    assert [one.step for one in desk.now(draft.id).recipients] == [1, 2, 3]
    client.post(reverse("envelope-people-spread", args=[draft.id]), {"order": "together"})
    assert [one.step for one in desk.now(draft.id).recipients] == [1, 1, 1]


def test_pages_of_many_people_are_found_filtered_and_as_cheap_as_of_few(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    asked: list[Any] = []
    for count in (60, 120):
        draft = desk.draft()
        envelopes.add_people(**desk.where, envelope_id=draft.id, data=lines(count).encode(), together=True)
        people = reverse("envelope-people", args=[draft.id])
        with CaptureQueriesContext(connection) as queries:
            page = client.get(people + "?page=2").content.decode()
        asked.append(len(queries))
        assert "P55 " in page
        assert "P3 " not in page
        assert "P57 " in client.get(people, {"qui": "p57"}).content.decode()
        Envelope.objects.filter(pk=draft.id).update(state="running")
        Recipient.objects.filter(envelope_id=draft.id).update(state="invited")
        Recipient.objects.filter(envelope_id=draft.id, given_name="P58").update(state="bounced")
        shown = reverse("envelope", args=[draft.id])
        with CaptureQueriesContext(connection) as queries:
            bounced = client.get(shown, {"etat": "non-remis"}).content.decode()
        asked.append(len(queries))
        assert "P58 " in bounced
        assert "P1 " not in bounced
        assert "Personne ne correspond" in client.get(shown, {"qui": "nobody"}).content.decode()
        assert client.get(shown, {"page": "9" * 9, "etat": "?"}).status_code == 200
    assert asked[:2] == asked[2:]
