"""The first page and the search: what waits, what is found, and for nobody else."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from paraphe.platform.contacts import api as contacts
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes.models import Envelope
from paraphe.platform.signing import api as signing
from paraphe.platform.web.home.search import asked_of
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import ACTOR, give_certificate
from tests.platform.documents.test_documents import as_person, bring
from tests.platform.envelopes.support import Desk
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    main = html.unescape(answer.content.decode()).split("<main")[1].split("</main")[0]
    return re.sub(r"\s+", " ", main)


@pytest.fixture
def alice(trust: SmallTrust) -> tuple[Client, Desk]:
    client, person = as_person(cast.ALICE)
    give_certificate(person.pk, trust)
    return client, Desk(person, cast.firm(cast.MARTIN))


def find(client: Client, **words: str) -> str:
    answer = client.get(reverse("search"), words)
    assert answer.status_code == 200
    return text(answer)


def test_a_new_firm_has_nothing_waiting(alice: tuple[Client, Desk]) -> None:
    page = text(alice[0].get(reverse("private-space")))
    assert "Bonjour Alice" in page
    assert "Rien ne vous attend." in page
    assert "valable jusqu'au" in page


def test_everything_that_waits_is_on_the_first_page(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    for number in range(7):
        bring(client, pdf_of("Lettre"), f"Lettre {number}.pdf")
    desk.launched("claire", "denis")
    refused = desk.launched("elsa")
    Envelope.objects.filter(pk=refused.id).update(state="refused", title="Comptes refusés")
    _, chloe = as_person(cast.CHLOE)
    other = Desk(chloe, desk.firm)
    envelopes.hand_over(**other.who, envelope_id=other.ready("claire").id)
    page = text(client.get(reverse("private-space")))
    assert "Signer 7 documents avec un seul code" in page
    assert page.count("Lettre 6</a>") == 2, "to sign, and new"
    assert "Lettre 0</a>" not in page.split("Documents récents")[0], "the first five only"
    for words in ("À lancer", "préparée par Chloé Durand", "Comptes refusés", "Refusée", "0 sur 2", "Claire Vidal"):
        assert words in page


def test_a_certificate_that_ends_soon_is_told(alice: tuple[Client, Desk]) -> None:
    ends = signing.holder_of(alice[1].person.pk).not_after
    for days, words in ((100, ""), (60, "À renouveler"), (-1, "Expiré")):
        with time_machine.travel(ends - timedelta(days=days)):
            client = Client()
            cast.sign_in_client(client, cast.ALICE)
            page = text(client.get(reverse("private-space")))
        assert all((each in page) == (each == words) for each in ("À renouveler", "Expiré")), days


def test_who_may_only_prepare_reads_of_no_signature(trust: SmallTrust) -> None:
    as_person(cast.ALICE)
    chloe, _ = as_person(cast.CHLOE)
    page = text(chloe.get(reverse("private-space")))
    assert "Ajouter un document" in page
    assert "Signer un document" not in page
    assert reverse("firm-membership") not in page


def test_one_word_finds_documents_collections_and_people(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    bring(client, pdf_of("Vidal"), "Comptes Vidal.pdf")
    desk.draft("claire")
    typed = {"given_name": "Pierre", "family_name": "Vidal-Roux", "email": "pierre@vidal.example"}
    contacts.add(actor=ACTOR, person=desk.person, firm=desk.firm, typed=typed)
    page = find(client, q="vidal")
    for words in ("Comptes Vidal", "Lettre 1", "Pierre Vidal-Roux", "signataire de vos collectes"):
        assert words in page
    assert "Comptes Vidal" not in find(client, q="vidal", quoi="collectes")
    assert "Lettre 1" not in find(client, q="vidal", quoi="documents")
    assert "Pierre Vidal-Roux" in find(client, q="pierre roux", quoi="personnes")
    assert "Rien n'est trouvé" in find(client, q="zzz")
    assert "Le début d'un mot suffit" in find(client)


def test_filters_stay_in_the_address_and_pages_follow(
    alice: tuple[Client, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, desk = alice
    made = [desk.draft("claire").id for _ in range(5)]
    for number, one in enumerate(made):
        Envelope.objects.filter(pk=one).update(title=f"Numéro {number}", state="running" if number % 2 else "draft")
    monkeypatch.setattr("paraphe.platform.web.home.search.MANY", 2)
    page = find(client, q="claire", quoi="collectes", etat="draft", de="moi")
    assert [name for name in (f"Numéro {n}" for n in range(5)) if name in page] == ["Numéro 2", "Numéro 4"]
    (following,) = [one for one in re.findall(r'href="(\?[^"]*)"', page) if "apres=" in one]
    for words in ("q=claire", "quoi=collectes", "etat=draft", "de=moi"):
        assert words in following
    second = text(client.get(reverse("search") + following))
    assert [name for name in (f"Numéro {n}" for n in range(5)) if name in second] == ["Numéro 0"]


@pytest.mark.parametrize(
    "words",
    [
        {"q": "x" * 5_000},
        {"q": "\x00'\"<script>%_\\"},
        {"quoi": "nonsense", "etat": "nonsense", "de": "you", "q": "a"},
        {"quoi": "collectes", "apres": "nonsense", "q": "a"},
        {"quoi": "collectes", "apres": "0001-01-01T00:00:00+00:00_00000000-0000-0000-0000-000000000000"},
        {"quoi": "documents", "apres": "9999-12-31T23:59:59+00:00~0", "q": "a"},
        {"quoi": "personnes", "apres": "١", "q": "a"},
    ],
    ids=str,
)
def test_an_address_that_makes_no_sense_is_a_page(alice: tuple[Client, Desk], words: dict[str, str]) -> None:
    answer = alice[0].get(reverse("search"), words)
    assert answer.status_code == 200
    assert b"<script>" not in answer.content


def test_the_address_says_everything_and_nothing_else() -> None:
    asked = asked_of({"q": "  deux   mots ", "quoi": "collectes", "etat": "running", "de": "moi", "apres": "k"})
    assert asked.address() == "?q=deux+mots&quoi=collectes&etat=running&de=moi"
    assert asked.address(quoi="", etat="", de="") == "?q=deux+mots"


def test_nothing_of_a_colleague_or_of_another_firm_is_found(alice: tuple[Client, Desk]) -> None:
    client, desk = alice
    bring(client, pdf_of("Secret"), "Secret.pdf")
    draft = desk.draft("claire")
    Envelope.objects.filter(pk=draft.id).update(title="Secret")
    for person, chosen in ((cast.BOB, None), (cast.CHLOE, None), (cast.JEANNE, None), (cast.ETIENNE, cast.OCEAN)):
        other, _ = as_person(person)
        if chosen:
            other.post(reverse("choose-firm"), {"firm": cast.firm(chosen).pk})
        assert "Secret" not in text(other.get(reverse("private-space")))
        for what in ("", "collectes", "documents"):
            assert "Rien n'est trouvé" in find(other, q="secret", quoi=what), person.identifier


def test_the_pages_ask_as_much_for_one_as_for_many(alice: tuple[Client, Desk]) -> None:
    client, desk = alice

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    addresses = (reverse("private-space"), reverse("search") + "?q=lettre", reverse("search") + "?quoi=collectes")
    bring(client, pdf_of("Lettre"), "Lettre.pdf")
    desk.launched("claire")
    once = [asked(one) for one in addresses]
    for number in range(4):
        bring(client, pdf_of("Lettre"), f"Lettre {number}.pdf")
        desk.launched("claire", "denis")
    assert [asked(one) for one in addresses] == once
    assert max(once) <= 70, once
