"""Lists of documents: who sees what, filters, pages by key, and a number of queries that does not grow."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from paraphe.kernel.errors import NotFound
from paraphe.platform.documents import api as documents
from paraphe.platform.documents.models import Document, Version
from paraphe.platform.evidence import api as evidence
from tests.platform.documents.people import actor, here, keeps, sets
from tests.platform.documents.test_documents import as_person
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


def many_of(owner: Any, firm: Any, count: int) -> None:
    """Let ``owner`` have ``count`` documents without their bytes: lists never look at these."""
    now, day = timezone.now(), timezone.localdate() + timedelta(days=31)
    rows = [
        Document(
            firm=firm, owner=owner, title=f"Bulletin {n}", title_folded=f"bulletin {n}", pages=[[595, 842]],
            page_count=1, size=1000, added_at=now - timedelta(seconds=n // 3), delete_on=day,
            kind="payslip" if n % 2 else "other", current=n % 5 == 0,
        )
        for n in range(count)
    ]  # fmt: skip
    Document.objects.bulk_create(rows)
    Version.objects.bulk_create(
        Version(document=row, number=0, file_id=uuid.uuid4(), sha256="0" * 64, size=1000, created_at=now)
        for row in rows
    )


def titles(person: Any, firm: Any, **filters: Any) -> list[str]:
    return [row.title for row in documents.page_of(person, firm, documents.Filters(**filters)).rows]


def test_the_firm_decides_who_sees_what() -> None:
    alice, bob, chloe, hugo = (here(who) for who in (cast.ALICE, cast.BOB, cast.CHLOE, cast.HUGO))
    firm = cast.firm(cast.MARTIN)
    of_alice, of_bob, of_chloe = (keeps(who, firm, who.given_name) for who in (alice, bob, chloe))
    for who, own in ((alice, of_alice), (bob, of_bob), (chloe, of_chloe)):
        assert titles(who, firm) == [own.title]
    assert titles(hugo, firm) == []
    sets(alice, firm, visibility="team")
    # Alice has every right, so she shares one with everybody; Bob and Chloé both prepare, Hugo only launches.
    for who in (alice, bob, chloe):
        assert set(titles(who, firm)) == {of_alice.title, of_bob.title, of_chloe.title}
    assert set(titles(hugo, firm)) == {of_alice.title}
    with pytest.raises(NotFound):
        documents.get(hugo, firm, of_chloe.id)
    sets(alice, firm, visibility="all")
    assert len(titles(hugo, firm)) == 3
    assert documents.get(hugo, firm, of_chloe.id).owner_name == "Chloé Durand"
    with pytest.raises(documents.MayNot):
        documents.delete(actor=actor(hugo), person=hugo, firm=firm, document_id=of_chloe.id)
    with pytest.raises(documents.MayNot):
        documents.change(actor=actor(hugo), person=hugo, firm=firm, document_id=of_chloe.id, title="À moi")
    etienne = here(cast.ETIENNE)
    assert titles(etienne, firm) == []
    with pytest.raises(NotFound):
        documents.get(etienne, cast.firm(cast.OCEAN), of_alice.id)


def test_filters_stay_in_the_address_and_leave_what_they_say() -> None:
    client, alice = as_person(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    letter, slip = keeps(alice, firm, "Lettre à Ménard"), keeps(alice, firm, "Bulletin de janvier")
    documents.change(actor=actor(alice), person=alice, firm=firm, document_id=slip.id, kind="payslip")
    assert titles(alice, firm, text="MENARD") == [letter.title]
    assert titles(alice, firm, text="100%_") == []
    assert titles(alice, firm, kind="payslip") == [slip.title]
    assert titles(alice, firm, state="signed") == []
    assert set(titles(alice, firm, state="unsigned")) == {letter.title, slip.title}
    assert [row.title for row in documents.search(alice, firm, "lettre")] == [letter.title]
    assert documents.search(alice, firm, "  ") == ()
    page = client.get(reverse("documents"), {"texte": "ménard", "nature": "other", "etat": "unsigned"})
    assert letter.title in page.content.decode()
    assert slip.title not in page.content.decode()
    assert "texte=m%C3%A9nard" in page.content.decode()
    for words in (
        {"etat": "x", "nature": "?", "qui": "-1", "apres": "nothing"},
        {"apres": "2026-01-01~zz"},
        {"qui": "9" * 40},
    ):
        assert client.get(reverse("documents"), words).status_code == 200


def test_every_document_comes_once_page_after_page() -> None:
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    many_of(alice, firm, 130)
    seen, after = list[uuid.UUID](), ""
    while True:
        page = documents.page_of(alice, firm, documents.Filters(), after)
        seen += [row.id for row in page.rows]
        if not (after := page.following):
            break
    assert len(seen) == len(set(seen)) == 130
    newest = Document.objects.order_by("-added_at", "-id").values_list("pk", flat=True)
    assert seen == list(newest)


@pytest.mark.parametrize("visibility", ["own", "team", "all"])
def test_the_list_asks_as_many_queries_for_a_thousand_as_for_ten(visibility: str) -> None:
    client, alice = as_person(cast.ALICE)
    bob, firm = here(cast.BOB), cast.firm(cast.MARTIN)
    sets(alice, firm, visibility=visibility)
    counts = []
    for more in (10, 990):
        many_of(alice, firm, more)
        many_of(bob, firm, more)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("documents"), {"texte": "bulletin", "etat": "unsigned"}).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 36, [one["sql"][:90] for one in asked.captured_queries]


def test_opened_is_what_the_reader_himself_opened(trust: SmallTrust) -> None:
    client, alice = as_person(cast.ALICE)
    _, bob = as_person(cast.BOB)
    firm = cast.firm(cast.MARTIN)
    sets(alice, firm, visibility="all")
    found = keeps(bob, firm)
    for _ in range(2):
        client.get(reverse("document", args=[found.id]))
    assert [row.opened for row in documents.unsigned(alice, firm)] == [True]
    assert [row.opened for row in documents.unsigned(bob, firm)] == [False]
    assert evidence.history(document=str(found.id)).filter(tag="document:opened").count() == 1


def test_counts_for_the_first_page() -> None:
    alice, chloe = here(cast.ALICE), here(cast.CHLOE)
    firm = cast.firm(cast.MARTIN)
    many_of(alice, firm, 10)
    assert documents.waiting_to_sign(alice, firm) == 8
    assert documents.waiting_to_sign(chloe, firm) == 0
    assert documents.ending_soon(alice, firm) == 0
    Document.objects.filter(current=0).update(delete_on=timezone.localdate() + timedelta(days=7))
    assert documents.ending_soon(alice, firm) == 8


def test_a_document_is_renamed_sorted_and_noted_all_or_nothing(trust: SmallTrust) -> None:
    client, alice = as_person(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    found = keeps(alice, firm)
    address = reverse("document-change", args=[found.id])
    client.post(address, {"title": "  Lettre\tsignée ", "kind": "attestation", "notes": "Rappeler M. Ménard"})
    changed = documents.get(alice, firm, found.id)
    assert (changed.title, changed.kind, changed.notes) == ("Lettre signée", "attestation", "Rappeler M. Ménard")
    row = Document.objects.filter(pk=found.id).values_list("title_folded").get()
    assert row == ("lettre signee",)
    with connection.cursor() as cursor:
        cursor.execute("SELECT notes FROM documents_document")
        assert b"Rappeler" not in bytes(cursor.fetchone()[0])
    for bad in ({"title": " ", "notes": "x"}, {"title": "y", "kind": "?"}, {"title": "z" * 200}, {"notes": "n" * 3000}):
        assert client.post(address, bad).status_code == 422
    assert documents.get(alice, firm, found.id) == changed
