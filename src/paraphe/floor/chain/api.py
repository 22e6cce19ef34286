"""The door of the chained log: append an entry, read the head, find the first broken entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import connections, models, router, transaction
from django.utils import timezone

from paraphe.floor.chain.errors import EntryRefused
from paraphe.floor.chain.models import AppendOnly, ChainedEntry
from paraphe.floor.chain.rules import GENESIS, hash_of, moment, plain, text
from paraphe.kernel.actor import Actor

__all__ = [
    "AppendOnly",
    "ChainedEntry",
    "EntryRefused",
    "Head",
    "append",
    "exported",
    "head",
    "is_intact",
    "plain",
    "verify",
]

Entry = TypeVar("Entry", bound=ChainedEntry)


@dataclass(frozen=True)
class Head:
    """The last entry of a log: keep it elsewhere (in a timestamp, on paper) and a cut tail will show."""

    sequence: int
    entry_hash: str


def append(
    model: type[Entry],
    *,
    tag: str,
    actor: Actor,
    subjects: Mapping[str, object] | None = None,
    data: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> Entry:
    """Write one entry at the end of log ``model``, in the caller's transaction, and return it.

    ``subjects`` names what it is about (``{"document": id}``); ``data`` is plain JSON without floats. The head stays
    locked until the transaction ends, so call this last in it. Raises EntryRefused.
    """
    database = router.db_for_write(model)
    with transaction.atomic(using=database):
        _lock(model, database)
        last = head(model)
        entry = model(
            sequence=last.sequence + 1 if last else 1,
            at=at or timezone.now(),
            tag=tag,
            actor_kind=actor.kind,
            actor_id=text(actor.id, 200),
            actor_address=text(actor.address, 64),
            actor_agent=text(actor.agent, 300),
            subjects=plain(subjects or {}, "subjects"),
            data=plain(data or {}),
            previous_hash=last.entry_hash if last else GENESIS,
        )
        entry.entry_hash = _hash(entry)
        entry.save(using=database)
    return entry


def head(model: type[Entry]) -> Head | None:
    """Return the last entry of log ``model``, or None when it is empty."""
    last = model.rows().using(router.db_for_write(model)).order_by("-sequence").values_list("sequence", "entry_hash")
    row = last.first()
    return Head(*row) if row else None


def verify(entries: models.QuerySet[Entry], anchor: Head | None = None) -> int | None:
    """Return the sequence of the first entry of ``entries`` that is broken or missing, or None when all is well.

    ``entries`` is a whole log or a run of it without holes. With ``anchor``, a head that was kept elsewhere, the entry
    of that number must still be there with that hash.
    """
    expected, previous = None, GENESIS
    try:
        for entry in entries.order_by("sequence").iterator(chunk_size=1000):
            if expected is None:
                expected, previous = _start(entry)
            if entry.sequence != expected:
                return expected
            if entry.previous_hash != previous or entry.entry_hash != _hash(entry):
                return expected
            if anchor and entry.sequence == anchor.sequence and entry.entry_hash != anchor.entry_hash:
                return expected
            expected, previous = expected + 1, entry.entry_hash
    except (ValueError, TypeError):  # somebody wrote what is neither JSON nor a date
        return expected or 1
    if anchor and anchor.sequence >= (expected or 1):
        return expected or 1
    return None


def is_intact(entry: ChainedEntry) -> bool:
    """Tell whether the hash of ``entry`` is that of its fields; the entries around it are not looked at."""
    try:
        return entry.entry_hash == _hash(entry)
    except (ValueError, TypeError):  # somebody wrote what is neither JSON nor a date
        return False


def _start(entry: Entry) -> tuple[int, str]:
    """Return the number and the previous hash that the first entry of a run must have."""
    if entry.sequence <= 1:
        return 1, GENESIS
    before = type(entry).rows().filter(sequence=entry.sequence - 1).values_list("entry_hash", flat=True).first()
    return (entry.sequence, before) if before else (entry.sequence - 1, "")


def exported(entry: ChainedEntry) -> dict[str, Any]:
    """Return an entry as plain JSON: ``entry_hash`` is the SHA-256 of the canonical JSON of all other fields."""
    return {**_covered(entry), "entry_hash": entry.entry_hash}


def _hash(entry: ChainedEntry) -> str:
    return hash_of(_covered(entry))


def _covered(entry: ChainedEntry) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: getattr(entry, name)
        for name in (
            "sequence",
            "tag",
            "actor_kind",
            "actor_id",
            "actor_address",
            "actor_agent",
            "subjects",
            "data",
            "previous_hash",
        )
    }
    return {**fields, "at": moment(entry.at)}


def _lock(model: type[ChainedEntry], database: str) -> None:
    """Let nobody else append until this transaction ends. SQLite has one writer at a time anyway (BEGIN IMMEDIATE)."""
    connection = connections[database]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"chain:{model._meta.db_table}"])
