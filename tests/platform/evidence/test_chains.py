"""Each firm and each collection has a chain of its own through the one log."""

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.kernel.links import commitment
from paraphe.platform.evidence import api as evidence
from tests.platform.conftest import ACTOR

pytestmark = pytest.mark.django_db

MARTIN, GARNIER = "1", "2"
CHLOE = Actor("recipient", "chloe", "192.0.2.7", "a telephone")


def write(firm: str, envelope: str | None = None, *, actor: Actor = ACTOR, **private: object) -> int:
    tag = "ceremony:opened" if envelope else "document:added"
    subjects = {"firm": firm, **({"envelope": envelope, "recipient": "chloe"} if envelope else {})}
    return evidence.record(tag, actor=actor, subjects=subjects, private=private)


def two_firms() -> None:
    for firm, envelope in ((MARTIN, None), (MARTIN, "e1"), (GARNIER, "e2"), (MARTIN, "e1"), (MARTIN, "e3")):
        write(firm, envelope)


def without_guard(statement: str, *tables: str) -> None:
    """Do what the owner of the tables can do."""
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                continue
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement)


def test_events_of_two_firms_do_not_mix() -> None:
    two_firms()
    assert [row.position for row in evidence.links("firm", MARTIN)] == [1, 2, 3, 4]
    assert [row.position for row in evidence.links("envelope", "e1")] == [1, 2]
    assert [entry.subjects["firm"] for entry in evidence.history(firm=MARTIN)] == [MARTIN] * 4
    assert [evidence.verify_firm(one) for one in (MARTIN, GARNIER)] == [None, None]


def test_the_chain_of_a_firm_stands_for_those_of_its_collections() -> None:
    two_firms()
    inner = {row.sequence: row.link_hash for row in evidence.links("envelope", "e1")}
    outer = {row.sequence: row.inner_hash for row in evidence.links("firm", MARTIN)}
    assert {sequence: outer[sequence] for sequence in inner} == inner


def test_an_event_of_a_collection_says_of_which_firm() -> None:
    with pytest.raises(evidence.FirmMissing):
        evidence.record("envelope:launched", actor=ACTOR, subjects={"envelope": "e1"})


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("DELETE FROM evidence_evidencelink WHERE kind = 'firm' AND position = 2", evidence.Fault(2, "missing")),
        ("DELETE FROM evidence_evidenceentry WHERE sequence = 2", evidence.Fault(2, "missing")),
        ("UPDATE evidence_evidenceentry SET tag = 'x:y' WHERE sequence = 4", evidence.Fault(3, "changed")),
        ("UPDATE evidence_evidencelink SET entry_hash = 'ab' WHERE sequence = 4", evidence.Fault(3, "changed")),
        ("DELETE FROM evidence_evidencelink WHERE sequence = 5", evidence.Fault(4, "missing")),
    ],
    ids=["a link taken out", "an event taken out", "an event changed", "a link changed", "the tail cut"],
)
def test_what_was_done_to_a_chain_is_named(change: str, fault: evidence.Fault) -> None:
    two_firms()
    evidence.keep_anchor(evidence.head_of(MARTIN), b"token", timezone.now())
    without_guard(change, "evidence_evidenceentry", "evidence_evidencelink")
    assert evidence.verify_firm(MARTIN) == fault


def test_two_events_in_another_order_are_found() -> None:
    two_firms()
    swap = "UPDATE evidence_evidencelink SET position = {} WHERE kind = 'firm' AND scope = '1' AND position = {}"
    for to, of in ((99, 2), (2, 3), (3, 99)):
        without_guard(swap.format(to, of), "evidence_evidencelink")
    fault = evidence.verify_firm(MARTIN)
    assert fault is not None
    assert (fault.position, fault.kind) == (2, "moved")


@pytest.mark.parametrize("table", ["evidence_evidencelink", "evidence_anchor"])
def test_the_database_refuses_to_change_links_and_anchors(table: str) -> None:
    two_firms()
    evidence.keep_anchor(evidence.head_of(MARTIN), b"token", timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_heads_wait_for_their_timestamp_and_are_stamped_once() -> None:
    two_firms()
    assert [head.firm for head in evidence.unanchored(10)] == [MARTIN, GARNIER]
    for head in evidence.unanchored(10):
        evidence.keep_anchor(head, b"token", timezone.now())
        evidence.keep_anchor(head, b"another", timezone.now())
    assert evidence.unanchored(10) == []
    assert [bytes(anchor.token) for anchor in evidence.anchors(MARTIN)] == [b"token"]
    write(MARTIN)
    assert [(head.firm, head.position) for head in evidence.unanchored(10)] == [(MARTIN, 5)]


def test_where_a_recipient_was_is_committed_to_and_can_be_erased() -> None:
    number = write(MARTIN, "e1", actor=CHLOE, reason="I never asked for this")
    [entry] = evidence.history(envelope="e1")
    assert (entry.actor_id, entry.actor_address, entry.actor_agent) == ("chloe", "", "")
    kept = evidence.disclosed([number])[number]
    assert kept["values"] == {"address": "192.0.2.7", "agent": "a telephone", "reason": "I never asked for this"}
    assert commitment(kept["salt"], kept["values"]) == entry.data["committed"]
    assert evidence.erase("chloe") == 1
    assert evidence.disclosed([number]) == {}
    assert evidence.verify() is None
    assert evidence.verify_envelope("e1") is None


def test_somebody_with_an_account_is_logged_as_ever() -> None:
    write(MARTIN)
    [entry] = evidence.history(firm=MARTIN)
    assert (entry.actor_address, "committed" in entry.data) == ("127.0.0.1", False)


def test_events_from_before_get_their_place_when_the_site_is_brought_up_to_date() -> None:
    two_firms()
    rows = {"kind": "firm", "scope": MARTIN}
    before = [(row.position, row.sequence) for row in evidence.links("firm", MARTIN)]
    without_guard("DELETE FROM evidence_evidencelink", "evidence_evidencelink")
    migration: Any = importlib.import_module("paraphe.platform.evidence.migrations.0002_chains_of_firms")

    class Editor:
        connection = connection

    migration.link_what_is_there(apps, Editor())
    assert [(row.position, row.sequence) for row in evidence.EvidenceLink.objects.filter(**rows)] == before
    assert evidence.verify_firm(MARTIN) is None


def test_an_event_costs_few_queries(django_assert_max_num_queries: Any) -> None:
    """Every page of a ceremony writes one. Savepoints count here; inside one transaction there are fewer."""
    two_firms()
    # PostgreSQL asks for the lock of the log by a query of its own; SQLite has it with the transaction.
    lock = 1 if connection.vendor == "postgresql" else 0
    with django_assert_max_num_queries(8 + lock):
        write(MARTIN)
    with django_assert_max_num_queries(10 + lock):
        write(MARTIN, "e1", actor=CHLOE)
