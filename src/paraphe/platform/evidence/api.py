"""The door of the evidence: write what happened, read it, check that nobody changed it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from paraphe.floor import chain
from paraphe.kernel.actor import Actor
from paraphe.platform.evidence import chains
from paraphe.platform.evidence.chains import (
    Fault,
    FirmHead,
    anchors,
    chained_firms,
    head_of,
    keep_anchor,
    links,
    places,
    unanchored,
    waits_since,
)
from paraphe.platform.evidence.disclosures import disclosed, erase, hidden
from paraphe.platform.evidence.errors import FirmMissing, UnknownTag
from paraphe.platform.evidence.models import Anchor, EvidenceEntry, EvidenceLink
from paraphe.platform.evidence.tags import TAGS
from paraphe.platform.evidence.words import COLLECTION_WORDS

__all__ = [
    "COLLECTION_WORDS",
    "Anchor",
    "EvidenceEntry",
    "EvidenceLink",
    "Fault",
    "FirmHead",
    "FirmMissing",
    "UnknownTag",
    "about_person",
    "anchors",
    "chained_firms",
    "disclosed",
    "erase",
    "exported",
    "head",
    "head_of",
    "history",
    "keep_anchor",
    "links",
    "places",
    "record",
    "unanchored",
    "verify",
    "verify_envelope",
    "verify_firm",
    "waits_since",
]


def record(
    tag: str,
    *,
    actor: Actor,
    subjects: Mapping[str, str],
    data: Mapping[str, object] | None = None,
    private: Mapping[str, object] | None = None,
) -> int:
    """Write one event in the caller's transaction and return its number; call it last, the head stays locked.

    ``tag`` is of the vocabulary in ``tags``; ``subjects`` names what it is about, with ``firm`` wherever there is
    ``envelope``; ``data`` is plain JSON without names of people or secrets. ``private`` is what may have to be erased
    (a reason somebody wrote, an e-mail address before it was corrected): the log gets a commitment to it, and so it
    does of the address and agent of an actor who is a ``recipient``. Raises UnknownTag, FirmMissing, EntryRefused.
    """
    if tag not in TAGS:
        raise UnknownTag(tag=tag)
    if "envelope" in subjects and "firm" not in subjects:
        raise FirmMissing(tag=tag)
    kept = hidden(actor, subjects, private or {})
    told = {**(data or {}), "committed": kept.commitment} if kept else data or {}
    with transaction.atomic():
        shown = kept.actor if kept else actor
        entry = chain.append(EvidenceEntry, tag=tag, actor=shown, subjects=subjects, data=told)
        chains.add(entry)
        if kept:
            kept.keep(entry.sequence)
    return entry.sequence


def history(**subjects: str) -> QuerySet[EvidenceEntry]:
    """Return the events about all these subjects, in order: ``history(document="…")``."""
    rows = EvidenceEntry.rows()
    for kind in chains.SCOPES:
        if kind in subjects:
            rows = rows.filter(sequence__in=EvidenceLink.of(kind, subjects.pop(kind)).order_by().values("sequence"))
            break
    return rows.filter(**{f"subjects__{name}": value for name, value in subjects.items()})


def exported(entry: EvidenceEntry) -> dict[str, Any]:
    """Return an event as plain JSON, as its hash covers it, with ``entry_hash``."""
    return chain.exported(entry)


def about_person(number: str) -> QuerySet[EvidenceEntry]:
    """Return the events that the person of that number caused, or that are about him, in order."""
    return EvidenceEntry.rows().filter(Q(actor_kind="person", actor_id=number) | Q(subjects__person=number))


def head() -> chain.Head | None:
    """Return the number and hash of the last event, to be kept elsewhere; None when there is none."""
    return chain.head(EvidenceEntry)


def verify(anchor: chain.Head | None = None) -> int | None:
    """Return the number of the first event that was changed or is missing, None when all is intact."""
    return chain.verify(EvidenceEntry.rows(), anchor)


def verify_firm(firm: str) -> Fault | None:
    """Return the first fault in the chain of a firm, judged by its links, its events and its anchors."""
    return chains.verify("firm", firm)


def verify_envelope(envelope: str) -> Fault | None:
    """Return the first fault in the chain of a collection."""
    return chains.verify("envelope", envelope)
