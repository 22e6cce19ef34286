import pytest
from django.db import DatabaseError, connection, transaction

from paraphe.platform.evidence import api as evidence
from tests.platform.conftest import ACTOR

pytestmark = pytest.mark.django_db


def _two() -> None:
    for number in ("1", "2"):
        evidence.record("document:added", actor=ACTOR, subjects={"document": number}, data={"sha256": "ab"})


def test_the_log_is_read_by_subject_and_intact() -> None:
    _two()
    assert [entry.tag for entry in evidence.history(document="2")] == ["document:added"]
    assert evidence.verify() is None


def test_an_event_that_is_not_in_the_vocabulary_is_refused() -> None:
    with pytest.raises(evidence.UnknownTag):
        evidence.record("document:eaten", actor=ACTOR, subjects={})


@pytest.mark.parametrize(
    "statement", ["UPDATE evidence_evidenceentry SET tag = 'x'", "DELETE FROM evidence_evidenceentry"]
)
def test_the_database_itself_refuses_to_change_the_past(statement: str) -> None:
    _two()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert evidence.verify() is None
