"""The journal: what was written stays, and a change shows."""

import pytest
from django.db import DatabaseError, connection, transaction

from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.trust.journal import api as journal

pytestmark = pytest.mark.django_db

ODILE = Actor(kind="officer", id="odile", address="192.0.2.7", agent="Firefox")


def _write_three() -> None:
    journal.write("certificate:reserved", SYSTEM, {"serial": "0a"}, {"profile": "natural-person"})
    journal.write("certificate:issued", SYSTEM, {"serial": "0a"}, {})
    journal.write("certificate:revoked", ODILE, {"serial": "0b"}, {"reason": "superseded"})


def test_entries_are_found_by_what_they_are_about() -> None:
    _write_three()
    assert [entry.tag for entry in journal.about(serial="0a")] == ["certificate:reserved", "certificate:issued"]
    (revocation,) = journal.about(serial="0b")
    assert (revocation.actor_kind, revocation.actor_id, revocation.actor_address) == ("officer", "odile", "192.0.2.7")
    assert revocation.data == {"reason": "superseded"}


def test_an_untouched_journal_is_intact() -> None:
    assert journal.head() is None
    assert journal.verify() is None
    _write_three()
    head = journal.head()
    assert head is not None
    assert head.sequence == 3
    assert journal.verify(head) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_journalentry SET tag = 'certificate:good' WHERE sequence = 2",
        "DELETE FROM journal_journalentry WHERE sequence = 2",
    ],
)
def test_the_database_refuses_to_change_the_past(statement: str) -> None:
    _write_three()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert journal.verify() is None
    with pytest.raises(journal.EntryRefused):
        journal.JournalEntry.objects.all().delete()


def test_an_operator_who_removes_the_guard_and_changes_an_entry_is_seen() -> None:
    _write_three()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE journal_journalentry DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER journal_journalentry_append_only_update")
        cursor.execute("UPDATE journal_journalentry SET tag = 'certificate:good' WHERE sequence = 2")
    assert journal.verify() == 2


@pytest.mark.parametrize("tag", ["", "issued", "Certificate:Issued", "certificate:issued now", "certificate:"])
def test_a_tag_is_a_noun_and_a_verb(tag: str) -> None:
    with pytest.raises(journal.TagRefused):
        journal.write(tag, SYSTEM, {}, {})
    assert journal.head() is None


def test_an_entry_goes_with_the_transaction_that_it_tells_of() -> None:
    with transaction.atomic():
        _write_three()
        transaction.set_rollback(True)
    assert journal.head() is None
