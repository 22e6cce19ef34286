"""The door of the journal: write what happened, read it, check that nobody changed it."""

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from paraphe.floor import chain
from paraphe.kernel.actor import Actor
from paraphe.trust.journal.errors import EntryRefused, TagRefused
from paraphe.trust.journal.models import JournalEntry

__all__ = ["EntryRefused", "JournalEntry", "TagRefused", "about", "exported", "head", "verify", "write"]

_TAG = re.compile(r"[a-z][a-z0-9-]*:[a-z][a-z0-9-]*")


def write(
    tag: str, actor: Actor, subjects: Mapping[str, object] | None = None, data: Mapping[str, object] | None = None
) -> None:
    """Write one entry in the caller's transaction; call it last, the head of the journal stays locked until the end.

    ``tag`` is ``noun:verb``; ``subjects`` names what it is about (identifiers, serial numbers); ``data`` is plain JSON
    without names of people or secrets. Raises TagRefused, EntryRefused.
    """
    if not _TAG.fullmatch(tag):
        raise TagRefused(tag=tag)
    identifiers = {name: str(value) for name, value in (subjects or {}).items()}
    chain.append(JournalEntry, tag=tag, actor=actor, subjects=identifiers, data=data or {})


def about(**subjects: object) -> QuerySet[JournalEntry]:
    """Return the entries about all these subjects, in order: ``about(serial="0a1b")``."""
    return JournalEntry.rows().filter(**{f"subjects__{name}": str(value) for name, value in subjects.items()})


def exported(entry: JournalEntry) -> dict[str, Any]:
    """Return an entry as plain JSON, with its hash and everything that the hash covers."""
    return chain.exported(entry)


def head() -> chain.Head | None:
    """Return the number and hash of the last entry, to be kept elsewhere; None when the journal is empty."""
    return chain.head(JournalEntry)


def verify(anchor: chain.Head | None = None) -> int | None:
    """Return the number of the first entry that was changed or is missing, None when the whole journal is intact."""
    return chain.verify(JournalEntry.rows(), anchor)
