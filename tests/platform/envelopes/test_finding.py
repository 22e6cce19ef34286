"""Finding collections: by words however they are written, in the own firm only; and what the first page shows."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paraphe.kernel.errors import NotFound
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import searching
from paraphe.platform.envelopes.models import Envelope, EnvelopeTail, EnvelopeWord, Recipient
from paraphe.platform.envelopes.searching import words_of
from tests.platform.documents.people import sets
from tests.platform.envelopes.support import CLIENTS, Desk, desk
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(trust: SmallTrust) -> Desk:
    return desk()


def titles(one: Desk, query: str, **words: Any) -> list[str]:
    return [row.title for row in envelopes.listing(one.person, one.firm, query=query, **words).rows]


def entitle(one: Desk, envelope_id: uuid.UUID, title: str) -> None:
    Envelope.objects.filter(pk=envelope_id).update(title=title)
    envelopes.add_recipient(**one.where, envelope_id=envelope_id, typed=CLIENTS["elsa"])


@pytest.mark.parametrize("query", ["comptes", "COMPTES 2026", "noel", "Noël els", "elsa@noel", "l'etoile", "λογος"])
def test_a_collection_is_found_by_the_beginnings_of_its_words(alice: Desk, query: str) -> None:
    entitle(alice, alice.draft().id, "Comptes 2026 de l'Étoile, λόγος")
    entitle(alice, alice.draft().id, "Bulletins de paie")
    found = titles(alice, query)
    assert "Comptes 2026 de l'Étoile, λόγος" in found
    assert ("Bulletins de paie" in found) == (query in ("noel", "Noël els", "elsa@noel"))


def test_the_firm_decides_whose_collections_are_seen(alice: Desk) -> None:
    bob, chloe, hugo = (Desk(desk(who).person, alice.firm) for who in (cast.BOB, cast.CHLOE, cast.HUGO))
    sent = {one: one.draft().id for one in (alice, bob, chloe)}

    def seen(one: Desk) -> set[uuid.UUID]:
        return {row.id for row in envelopes.listing(one.person, one.firm).rows}

    assert seen(chloe) == {sent[chloe]}
    sets(alice.person, alice.firm, visibility="team")
    # Alice has every right, so she shares one with everybody; Bob and Chloé both prepare, Hugo only launches.
    for one in (alice, bob, chloe):
        assert seen(one) == set(sent.values())
    assert seen(hugo) == {sent[alice]}
    assert envelopes.counts(hugo.person, hugo.firm) == {"draft": 1}
    with pytest.raises(NotFound):
        envelopes.get(hugo.person, hugo.firm, sent[chloe])
    sets(alice.person, alice.firm, visibility="all")
    assert seen(hugo) == set(sent.values())


@pytest.mark.parametrize(
    "query", ["omptes", "OMPT 026", "oël", "l.example", "toil", "τοιλ", "ΌΓΟΣ", "noel.exa", "ompte 2026 tes"]
)
def test_and_by_what_stands_inside_of_them(alice: Desk, query: str) -> None:
    entitle(alice, alice.draft().id, "Comptes 2026 de l'Étoile, λόγος τοίλο")
    entitle(alice, alice.draft("claire").id, "Bulletins de paie")
    found = titles(alice, query)
    assert "Comptes 2026 de l'Étoile, λόγος τοίλο" in found
    assert ("Bulletins de paie" in found) == (query in ("oël", "noel.exa"))


@pytest.mark.parametrize("query", ["om", "omptez", "mptes 2025", "comptes 2025", "zz", "%", "_", "co%tez"])
def test_and_not_by_anything_else(alice: Desk, query: str) -> None:
    entitle(alice, alice.draft().id, "Comptes 2026")
    assert titles(alice, query) == ([] if words_of(query) else ["Comptes 2026"])


def test_somebody_who_is_corrected_or_taken_out_is_found_as_he_is_now(alice: Desk) -> None:
    draft = alice.draft("claire")
    assert len(titles(alice, "vidal")) == 1
    (claire,) = alice.now(draft.id).recipients
    renamed = {**CLIENTS["claire"], "family_name": "Vidal-Roy", "email": "claire@roy.example"}
    envelopes.change_recipient(**alice.where, envelope_id=draft.id, recipient_id=claire.id, typed=renamed)
    assert (len(titles(alice, "roy")), len(titles(alice, "vidal"))) == (1, 1)
    envelopes.remove_recipient(**alice.where, envelope_id=draft.id, recipient_id=claire.id)
    assert titles(alice, "roy") == []
    running = alice.launched("denis")
    (denis,) = alice.now(running.id).recipients
    envelopes.correct(
        **alice.who, envelope_id=running.id, recipient_id=denis.id, typed={**CLIENTS["denis"], "family_name": "Blanc"}
    )
    assert (len(titles(alice, "blanc")), titles(alice, "denis roux blanc")) == (1, titles(alice, "blanc"))


def test_words_go_with_the_collection(alice: Desk) -> None:
    draft = alice.draft("claire")
    assert EnvelopeWord.objects.filter(envelope_id=draft.id).exists()
    envelopes.delete(**alice.who, envelope_id=draft.id)
    Envelope.objects.filter(pk=draft.id).delete()
    assert not EnvelopeWord.objects.exists()
    assert not EnvelopeTail.objects.exists()


def test_parts_of_a_word_go_with_the_last_collection_that_has_it(alice: Desk) -> None:
    first, second = alice.draft("claire").id, alice.draft("claire", "denis").id
    assert EnvelopeTail.objects.filter(word=b"vidal").count() == 2, "idal, dal"
    envelopes.delete(**alice.who, envelope_id=first)
    assert [row.id for row in envelopes.listing(alice.person, alice.firm, query="idal").rows] == [second]
    (claire, _denis) = alice.now(second).recipients
    renamed = {**CLIENTS["claire"], "family_name": "Roy", "email": "claire@roy.example"}
    envelopes.change_recipient(**alice.where, envelope_id=second, recipient_id=claire.id, typed=renamed)
    assert not EnvelopeTail.objects.filter(word=b"vidal").exists()
    assert titles(alice, "idal") == []


def test_parts_that_were_forgotten_while_their_word_was_used_anew_are_found_again(alice: Desk) -> None:
    """Somebody deletes the last collection of a word at the moment at which somebody else writes a new one."""
    alice.draft("claire")
    EnvelopeTail.objects.all().delete()
    assert titles(alice, "idal") == []
    assert searching.mend() == len({"claire", "vidal", "example", "lettre"})
    assert len(titles(alice, "idal")) == 1
    assert searching.mend() == 0


def test_a_part_of_too_many_words_is_looked_for_at_their_beginning(
    alice: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paraphe.platform.envelopes.searching.MOST_INSIDE", 2)
    for title in ("Lent", "Vent", "Cent", "Entrée"):
        entitle(alice, alice.draft().id, title)
    assert titles(alice, "ent") == ["Entrée"]
    assert titles(alice, "lent") == ["Lent"]


def test_nothing_of_another_firm_or_of_a_colleague_is_found(alice: Desk) -> None:
    alice.draft("claire")
    etienne, chloe, nora = desk(cast.ETIENNE, cast.OCEAN), desk(cast.CHLOE), desk(cast.NORA)
    for other in (etienne, chloe, nora):
        assert titles(other, "lettre") == []
        assert envelopes.signers_of(other.person, other.firm, "claire") == []
        assert envelopes.home(other.person, other.firm).drafts.rows == []
    assert titles(Desk(etienne.person, alice.firm), "lettre") == []
    assert [one.email for one in envelopes.signers_of(alice.person, alice.firm, "clai vid")] == [
        CLIENTS["claire"]["email"]
    ]


@given(st.text(max_size=300))
def test_every_text_gives_words_that_can_be_kept(text: str) -> None:
    for word in words_of(text):
        assert 1 <= len(word) <= 160
        assert b"\xff" not in word
        word.decode()


def test_a_common_word_and_a_rare_one_find_the_same_as_looking_at_all(
    alice: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        entitle(alice, alice.draft().id, f"Lettre {number % 2} numéro {number}")
    for few in (0, 2, 500):
        monkeypatch.setattr("paraphe.platform.envelopes.searching.FEW", few)
        assert titles(alice, "lettre 1") == [f"Lettre 1 numéro {number}" for number in (5, 3, 1)]
        assert titles(alice, "lettre 7") == []


def test_pages_of_a_search_follow_one_another(alice: Desk) -> None:
    made = [alice.draft("claire").id for _ in range(5)]
    first = envelopes.listing(alice.person, alice.firm, query="claire", limit=2)
    second = envelopes.listing(alice.person, alice.firm, query="claire", limit=2, after=first.after)
    third = envelopes.listing(alice.person, alice.firm, query="claire", limit=2, after=second.after)
    assert [row.id for page in (first, second, third) for row in page.rows] == list(reversed(made))
    assert third.after == ""


def test_the_first_page_shows_what_waits_and_what_went_wrong(alice: Desk) -> None:
    alice.draft()
    running, ending, refused = (alice.launched(name) for name in ("claire", "denis", "elsa"))
    soon = timezone.now() + timedelta(days=2)
    Envelope.objects.filter(pk=ending.id).update(expires_at=soon)
    Envelope.objects.filter(pk=refused.id).update(state="refused")
    chloe = desk(cast.CHLOE)
    handed = chloe.ready("claire")
    envelopes.hand_over(**chloe.who, envelope_id=handed.id)
    found = envelopes.home(alice.person, alice.firm)
    assert [row.id for row in found.to_launch.rows] == [handed.id]
    assert [row.id for row in found.running.rows] == [ending.id, running.id]
    assert [row.id for row in found.expiring.rows] == [ending.id]
    assert [row.id for row in found.ended_badly.rows] == [refused.id]
    assert (found.drafts.count, found.running.count) == (1, 2)
    hugo = envelopes.home(chloe.person, chloe.firm)
    assert (hugo.to_launch.rows, hugo.running.rows) == ([], [])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the plans of SQLite")
def test_the_first_page_never_walks_the_collections_of_others(alice: Desk) -> None:
    chloe, now = desk(cast.CHLOE), timezone.now()
    states = ("completed", "completed", "running", "refused", "draft")
    Envelope.objects.bulk_create(
        Envelope(
            firm_id=alice.firm.pk,
            sender_id=chloe.person.pk,
            launched_by_id=None if number % 5 == 4 else chloe.person.pk,
            state=states[number % 5],
            expiry_days=15,
            created_at=now,
            changed_at=now - timedelta(hours=number),
        )
        for number in range(2_000)
    )
    with CaptureQueriesContext(connection) as queries:
        envelopes.home(alice.person, alice.firm)
    asked = [one["sql"] for one in queries if 'FROM "envelopes_envelope" WHERE' in one["sql"]]
    own = [sql for sql in asked if 'launched_by_id" =' in sql or 'sender_id" =' in sql]
    assert len(own) == 7
    with connection.cursor() as cursor:
        plans = [str(cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()) for sql in own]
    assert [one for one in plans if not re.search(r"firm_id=\? AND (sender|launched_by)_id=\?", one)] == []


def test_a_common_word_is_looked_for_among_the_few_that_somebody_may_know(
    alice: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paraphe.platform.envelopes.searching.FEW", 2)
    for number in range(4):
        entitle(alice, alice.draft().id, f"Lettre numéro {number}")
    chloe = desk(cast.CHLOE)
    own = chloe.draft()
    entitle(chloe, own.id, "Lettre de Chloé")
    with CaptureQueriesContext(connection) as queries:
        assert titles(chloe, "lettre") == ["Lettre de Chloé"]
    looked = next(one["sql"] for one in queries if "EXISTS" in one["sql"] and "envelopes_envelopeword" in one["sql"])
    assert own.id.hex in looked.replace("-", "")
    assert len(titles(alice, "lettre")) == 4


def test_somebody_of_the_platform_sees_what_he_is_asked_to_sign(alice: Desk) -> None:
    bob = desk(cast.BOB)
    running = alice.launched("claire")
    Recipient.objects.filter(envelope_id=running.id).update(person=bob.person)
    (asked,) = envelopes.home(bob.person, bob.firm).invitations
    assert (asked.title, asked.sender_name) == ("Lettre 1", "Alice Martin")
    assert envelopes.home(alice.person, alice.firm).invitations == []


def test_the_first_page_asks_as_much_for_one_as_for_many(alice: Desk) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            envelopes.home(alice.person, alice.firm)
        return len(queries)

    alice.launched("claire")
    once = asked()
    for name in ("claire", "denis", "elsa", "claire", "denis", "elsa"):
        alice.launched(name)
    assert asked() == once
    assert once <= 20
