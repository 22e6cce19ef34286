import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from paraphe.floor.chain import EntryRefused, Head, append, head, verify
from paraphe.floor.chain.migrations import create_triggers, drop_triggers
from paraphe.floor.chain.rules import plain
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.digests import canonical_json
from tests.floor.chain.testlog.models import LogLine

pytestmark = pytest.mark.django_db

ALICE = Actor(kind="person", id="9b2d", address="192.0.2.7", agent="Firefox")
TABLE = LogLine._meta.db_table


def write(count: int = 1, **data: Any) -> LogLine:
    for number in range(count):
        line = append(LogLine, tag="document:signed", actor=ALICE, subjects={"document": number}, data=data)
    return line


def tamper(statement: str) -> None:
    """Change the log as somebody with full power over the database would: the triggers first, then the entry."""
    with connection.cursor() as cursor:
        for lift in drop_triggers(connection.vendor, TABLE):
            cursor.execute(lift)
        cursor.execute(statement)
        for restore in create_triggers(connection.vendor, TABLE):
            cursor.execute(restore)


def test_entries_are_numbered_and_chained_from_the_first() -> None:
    first, second = write(), write()
    assert (first.sequence, first.previous_hash) == (1, "0" * 64)
    assert (second.sequence, second.previous_hash) == (2, first.entry_hash)
    assert head(LogLine) == Head(2, second.entry_hash)
    assert (second.actor_id, second.actor_address, second.actor_agent) == ("9b2d", "192.0.2.7", "Firefox")
    assert verify(LogLine.rows()) is None


def test_an_empty_log_is_whole_and_has_no_head() -> None:
    assert head(LogLine) is None
    assert verify(LogLine.rows()) is None


@pytest.mark.parametrize(
    "change",
    [
        "tag = 'document:refused'",
        "actor_id = 'mallory'",
        "actor_address = '198.51.100.1'",
        "actor_agent = ''",
        "at = '2020-01-01 00:00:00+00:00'",
        "subjects = '{}'",
        "data = '{\"forged\": true}'",
        "previous_hash = entry_hash",
        "entry_hash = previous_hash || ''",
    ],
)
def test_the_first_changed_entry_is_named_whichever_field_it_is(change: str) -> None:
    write(5)
    wanted = "3" if "entry_hash =" not in change else "1"
    tamper(f"UPDATE {TABLE} SET {change} WHERE sequence = {wanted}")
    assert verify(LogLine.rows()) == int(wanted)


def test_an_entry_that_was_taken_out_is_named() -> None:
    write(5)
    tamper(f"DELETE FROM {TABLE} WHERE sequence = 4")
    assert verify(LogLine.rows()) == 4


def test_a_beginning_that_was_cut_off_is_named() -> None:
    write(5)
    tamper(f"DELETE FROM {TABLE} WHERE sequence <= 2")
    assert verify(LogLine.rows()) == 2


def test_a_cut_tail_and_a_rewritten_log_show_against_a_head_kept_elsewhere() -> None:
    kept = write(5)
    anchor = Head(kept.sequence, kept.entry_hash)
    write(2)
    assert verify(LogLine.rows(), anchor) is None
    tamper(f"DELETE FROM {TABLE} WHERE sequence >= 5")
    assert verify(LogLine.rows()) is None
    assert verify(LogLine.rows(), anchor) == 5
    write(1, rewritten=True)
    assert verify(LogLine.rows(), anchor) == 5


def test_a_part_of_a_log_can_be_verified() -> None:
    write(5)
    part = LogLine.rows().filter(sequence__gte=3)
    assert verify(part) is None
    tamper(f"UPDATE {TABLE} SET tag = 'x' WHERE sequence = 1")
    assert verify(part) is None
    assert verify(LogLine.rows()) == 1


def change_by_save(line: LogLine) -> None:
    line.tag = "document:refused"
    line.save()


@pytest.mark.parametrize(
    "change",
    [
        change_by_save,
        lambda line: line.delete(),
        lambda line: LogLine.objects.all().delete(),
        lambda line: LogLine.objects.update(tag="x"),
        lambda line: LogLine.objects.bulk_create([]),
        lambda line: LogLine.objects.bulk_update([line], ["tag"]),
    ],
)
def test_the_model_refuses_every_change(change: Callable[[LogLine], object]) -> None:
    line = write()
    with pytest.raises(EntryRefused):
        change(line)
    assert verify(LogLine.rows()) is None


@pytest.mark.parametrize("statement", [f"UPDATE {TABLE} SET tag = 'x'", f"DELETE FROM {TABLE}"])
def test_the_database_refuses_every_change(statement: str) -> None:
    write()
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        connection.cursor().execute(statement)
    assert verify(LogLine.rows()) is None


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_postgresql_refuses_to_truncate() -> None:
    write()
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE {TABLE}")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=3))
def test_whatever_is_written_verifies_after_being_read_back(data: dict[str, Any]) -> None:
    with transaction.atomic():
        append(LogLine, tag="document:signed", actor=SYSTEM, data=data)
        assert verify(LogLine.rows()) is None
        transaction.set_rollback(True)


def test_data_holds_identifiers_and_moments_but_no_floats_and_no_bytes() -> None:
    number = UUID(int=7)
    assert plain({"id": number, "at": datetime(2026, 11, 23, tzinfo=UTC), "set": {"b", "a"}}) == {
        "id": str(number),
        "at": "2026-11-23T00:00:00.000000+00:00",
        "set": ["a", "b"],
    }
    for refused in (1.5, b"x", object()):
        with pytest.raises(EntryRefused) as caught:
            write(deep=[{"value": refused}])
        assert caught.value.params["place"] == "data.deep[0].value"


def test_hostile_text_never_stops_the_log() -> None:
    hostile = Actor(kind="person", id="x" * 500, address="\x00" * 100, agent="\ud800" + "y" * 900)
    append(LogLine, tag="person:signed-in", actor=hostile)
    assert verify(LogLine.rows()) is None


def test_the_canonical_form_is_stable() -> None:
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_make_one_chain() -> None:
    failures: list[Exception] = []

    def writer() -> None:
        try:
            for _ in range(10):
                with transaction.atomic():
                    write()
        except Exception as error:  # noqa: BLE001 - a thread tells by its list
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=writer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert LogLine.rows().count() == 40
    assert verify(LogLine.rows()) is None


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_entry_leaves_no_hole() -> None:
    write()
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert write().sequence == 2
    assert verify(LogLine.rows()) is None
