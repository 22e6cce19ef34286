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
from tests.platform.web.test_every_address import add_letter, registered
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


def table(client: Client, name: str, *words: object) -> list[list[str]]:
    answer = client.get(reverse(name, args=words))
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
    assert {row[6] for row in rows} == hashes


def test_the_firms_history_is_for_its_accountants_and_for_this_firm_only() -> None:
    alice, _ = registered(cast.ALICE)
    chloe, _ = registered(cast.CHLOE)
    etienne, _ = registered(cast.ETIENNE, cast.LE_GALL)
    letter = add_letter(chloe)
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
