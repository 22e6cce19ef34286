"""Who changes the log behind the program's back is found."""

import pytest
from django.db import connection

from paraphe.platform.evidence import api as evidence
from tests.platform.conftest import ACTOR

pytestmark = pytest.mark.django_db


def write(count: int = 3) -> None:
    for number in range(1, count + 1):
        evidence.record("document:added", actor=ACTOR, subjects={"document": str(number)}, data={"pages": number})


def without_guard(statement: str) -> None:
    """Do what an operator with the rights of the owner of the tables can do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE evidence_evidenceentry DISABLE TRIGGER USER")
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'evidence_evidenceentry'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("change", "first_broken"),
    [
        ("UPDATE evidence_evidenceentry SET tag = 'document:signed' WHERE sequence = 2", 2),
        ("UPDATE evidence_evidenceentry SET actor_id = '99' WHERE sequence = 1", 1),
        ("UPDATE evidence_evidenceentry SET data = '{}' WHERE sequence = 3", 3),
        ("DELETE FROM evidence_evidenceentry WHERE sequence = 2", 2),
    ],
    ids=["another event", "another person", "other data", "an event taken out"],
)
def test_a_change_is_found_where_it_was_made(change: str, first_broken: int) -> None:
    write()
    assert evidence.verify() is None
    without_guard(change)
    assert evidence.verify() in (first_broken, first_broken + 1)


def test_a_shortened_log_is_found_by_the_head_kept_elsewhere() -> None:
    write()
    kept = evidence.head()
    assert evidence.verify(kept) is None
    without_guard("DELETE FROM evidence_evidenceentry WHERE sequence = 3")
    assert evidence.verify() is None, "the rest is a whole chain by itself"
    assert evidence.verify(kept) is not None


def test_an_event_of_an_aborted_transaction_was_never_there() -> None:
    from django.db import transaction

    write(1)
    with transaction.atomic():
        evidence.record("document:opened", actor=ACTOR, subjects={"document": "1"})
        transaction.set_rollback(True)
    write(1)
    assert [entry.sequence for entry in evidence.history(document="1")] == [1, 2]
    assert evidence.verify() is None


def test_names_of_people_do_not_stand_in_the_vocabulary_of_subjects() -> None:
    with pytest.raises(evidence.UnknownTag):
        evidence.record("Alice Martin", actor=ACTOR, subjects={})
    assert evidence.head() is None
