"""What happened, as its people may read it."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from paraphe.platform.documents.models import Document
from paraphe.platform.evidence import api as evidence
from paraphe.platform.evidence.tags import TAGS
from paraphe.platform.web.history.words import PERSON_WORDS, WORDS
from tests.platform.conftest import ACTOR
from tests.platform.envelopes.support import Desk
from tests.platform.web.test_ceremony import address
from tests.platform.web.test_every_address import add_letter, registered
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


def table(client: Client, name: str, *words: object, **asked: str) -> list[list[str]]:
    answer = client.get(reverse(name, args=words), asked)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_alice_reads_what_happened_to_her_letter(trust: SmallTrust) -> None:
    alice, person = registered(cast.ALICE)
    letter = add_letter(alice)
    alice.get(reverse("document", args=[letter.pk]))
    alice.get(reverse("document-download", args=[letter.pk]))
    page = alice.get(reverse("document-history", args=[letter.pk])).content.decode()
    places = [page.index(word) for word in ("Document ajouté", "Document ouvert", "Document téléchargé")]
    assert places == sorted(places)
    assert "Alice Martin" in page
    head, *rows = table(alice, "document-history-csv", letter.pk)
    assert head[0] == "Numéro"
    assert [row[2] for row in rows] == ["Document ajouté", "Document ouvert", "Document téléchargé"]
    assert {row[3] for row in rows} == {person.full_name}
    hashes = {entry.entry_hash for entry in evidence.history(document=str(letter.pk))}
    assert {row[7] for row in rows} == hashes


def test_the_firms_history_is_for_its_accountants_and_for_this_firm_only() -> None:
    alice, _ = registered(cast.ALICE)
    chloe, _ = registered(cast.CHLOE)
    etienne, _ = registered(cast.ETIENNE, cast.LE_GALL)
    letter = add_letter(chloe)
    # The firm shows each his own: Alice reads that something happened to a document, not what it is called.
    assert str(letter.pk)[:8] in alice.get(reverse("history")).content.decode()
    assert "Chloé Durand" in alice.get(reverse("history")).content.decode()
    assert str(letter.pk) in {row[4] for row in table(alice, "history-csv")}
    for name in ("history", "history-csv"):
        assert chloe.get(reverse(name)).status_code == 404
        assert str(letter.pk)[:8] not in etienne.get(reverse(name)).content.decode()


def test_a_long_history_is_read_page_by_page_and_nonsense_is_the_first_page() -> None:
    alice, _ = registered(cast.ALICE)
    letter = add_letter(alice)
    for _number in range(130):
        alice.get(reverse("document-download", args=[letter.pk]))
    first = alice.get(reverse("history"))
    assert first.context["more"]
    assert len(first.context["rows"]) == 100
    second = alice.get(reverse("history"), {"avant": first.context["more"]})
    numbers = [row["sequence"] for answer in (first, second) for row in answer.context["rows"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == len(set(numbers)) == evidence.history(firm=str(Document.objects.get().firm_id)).count()
    for nonsense in ("x", "-1", "9" * 30, "٣"):
        assert len(alice.get(reverse("history"), {"avant": nonsense}).context["rows"]) == 100


def test_everything_a_firm_can_read_has_words() -> None:
    about_people = {tag for tag in TAGS if tag.startswith(("person:", "enrolment:"))}
    assert set(WORDS) == TAGS - about_people
    assert set(PERSON_WORDS) == about_people


def test_what_is_chosen_stands_in_the_address_and_nonsense_chooses_nothing(trust: SmallTrust) -> None:
    alice, herself = registered(cast.ALICE)
    chloe, other = registered(cast.CHLOE)
    letter = add_letter(alice)
    add_letter(chloe)
    alice.post(reverse("contact-add"), {"given_name": "Élodie", "family_name": "Νικολάου", "email": "e@n.example"})

    def shown(**words: str) -> set[tuple[str, str]]:
        rows = alice.get(reverse("history"), words).context["rows"]
        assert {row[2] for row in table(alice, "history-csv", **words)[1:]} == {row["what"] for row in rows}
        return {(row["what"], row["who"]) for row in rows}

    assert ("Contact ajouté", "Alice Martin") in shown()
    assert shown(quoi="documents") == {("Document ajouté", "Alice Martin"), ("Document ajouté", "Chloé Durand")}
    assert shown(quoi="documents", qui=str(other.pk)) == {("Document ajouté", "Chloé Durand")}
    assert shown(quoi="contacts", qui=str(herself.pk), du="2020-01-01") == {("Contact ajouté", "Alice Martin")}
    assert shown(au="2020-01-01") == set()
    assert shown(quoi="x", qui="Chloé", du="demain") == shown()
    page = alice.get(reverse("history"), {"quoi": "documents"}).content.decode()
    assert reverse("document", args=[letter.pk]) in page
    assert f"{reverse('history-csv')}?quoi=documents" in page


def test_events_are_told_by_the_names_the_reader_may_see(trust: SmallTrust) -> None:
    alice, herself = registered(cast.ALICE)
    desk = Desk(herself, cast.firm(cast.MARTIN))
    running = desk.launched("claire")
    add_letter(alice)
    guest = Client()
    guest.get(address(running.id, "Claire"), follow=True)
    rows = alice.get(reverse("history"), {"quoi": "collectes"}).context["rows"]
    assert {row["about"].name for row in rows} == {"Lettre 1"}
    assert "Claire Vidal" in {row["who"] for row in rows}
    # What happens to a document of a collection leads to the collection: the document has no page of its own.
    about = {"firm": str(desk.firm.pk), "envelope": str(running.id), "document": str(running.documents[0].id)}
    evidence.record("envelope:archived", actor=ACTOR, subjects=about)
    [archived] = [row for row in alice.get(reverse("history")).context["rows"] if "archivé" in str(row["what"])]
    assert (archived["about"].name, archived["about"].address) == ("Lettre 1", reverse("envelope", args=[running.id]))
    [added] = alice.get(reverse("history"), {"quoi": "documents"}).context["rows"]
    assert added["about"].name == "a"
    Document.objects.all().delete()
    [added] = alice.get(reverse("history"), {"quoi": "documents"}).context["rows"]
    assert (added["about"].name, added["about"].address) == ("", "")
