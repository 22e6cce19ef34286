"""The door of the evidence: write what happened, read it, check that nobody changed it."""

from collections.abc import Mapping

from django.db.models import QuerySet

from paraphe.floor import chain
from paraphe.kernel.actor import Actor
from paraphe.platform.evidence.errors import UnknownTag
from paraphe.platform.evidence.models import EvidenceEntry
from paraphe.platform.evidence.tags import TAGS

__all__ = ["EvidenceEntry", "UnknownTag", "head", "history", "record", "verify"]


def record(tag: str, *, actor: Actor, subjects: Mapping[str, str], data: Mapping[str, object] | None = None) -> None:
    """Write one event in the caller's transaction; call it last, the head stays locked until the end.

    ``tag`` is of the vocabulary in ``tags``; ``subjects`` names what it is about; ``data`` is plain JSON without names
    of people or secrets. Raises UnknownTag, EntryRefused.
    """
    if tag not in TAGS:
        raise UnknownTag(tag=tag)
    chain.append(EvidenceEntry, tag=tag, actor=actor, subjects=subjects, data=data or {})


def history(**subjects: str) -> QuerySet[EvidenceEntry]:
    """Return the events about all these subjects, in order: ``history(document="…")``."""
    return EvidenceEntry.rows().filter(**{f"subjects__{name}": value for name, value in subjects.items()})


def head() -> chain.Head | None:
    """Return the number and hash of the last event, to be kept elsewhere; None when there is none."""
    return chain.head(EvidenceEntry)


def verify(anchor: chain.Head | None = None) -> int | None:
    """Return the number of the first event that was changed or is missing, None when all is intact."""
    return chain.verify(EvidenceEntry.rows(), anchor)
