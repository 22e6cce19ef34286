"""The chain of each firm and of each collection through the one log: links, faults, anchors.

An event of a collection has two links. The one in its firm's chain covers the one in its collection's, so that a
timestamp over the head of the firm proves every event of every collection before it, and an evidence file can show the
whole chain of one collection and a few hashes of the firm's, and nothing of anybody else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.db.models import F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from paraphe.floor import chain
from paraphe.kernel.links import GENESIS, Link
from paraphe.platform.evidence.models import Anchor, EvidenceEntry, EvidenceLink

ScopeKind = Literal["firm", "envelope"]
FaultKind = Literal["missing", "changed", "moved", "added"]
#: The narrower first: a link covers the one that the same entry has in the chain before it.
SCOPES: Final[tuple[ScopeKind, ...]] = ("envelope", "firm")


@dataclass(frozen=True)
class Fault:
    """The first place at which a chain is not as it was written, and what is wrong there."""

    position: int
    kind: FaultKind


@dataclass(frozen=True)
class FirmHead:
    """The last link of a firm's chain."""

    firm: str
    position: int
    link_hash: str


def add(entry: EvidenceEntry) -> None:
    """Link ``entry`` into the chains of what it is about, in the caller's transaction, which holds the log's lock."""
    inner, made = "", []
    for kind in SCOPES:
        scope = entry.subjects.get(kind)
        if not scope:
            continue
        row = linked(kind, scope, EvidenceLink.of(kind, scope).last(), entry.sequence, entry.entry_hash, inner)
        made.append(row)
        inner = row.link_hash
    if made:
        EvidenceLink.objects.bulk_create(made)


def linked(
    kind: str, scope: str, last: EvidenceLink | None, sequence: int, entry_hash: str, inner: str
) -> EvidenceLink:
    """Return the link that follows ``last``, not yet written."""
    position, previous = (last.position + 1, last.link_hash) if last else (1, GENESIS)
    return EvidenceLink(
        kind=kind,
        scope=scope,
        position=position,
        sequence=sequence,
        entry_hash=entry_hash,
        inner_hash=inner,
        previous_hash=previous,
        link_hash=Link(f"{kind}:{scope}", position, entry_hash, inner, previous).hash,
    )


def verify(kind: ScopeKind, scope: str) -> Fault | None:
    """Return the first fault of a chain: a link, or the event behind it; None when all is as it was written."""
    expected, previous = 1, GENESIS
    for row, found in _with_entries(kind, scope):
        fault = _fault(row, found, expected, previous)
        if fault is not None:
            return fault
        expected, previous = expected + 1, row.link_hash
    anchored = Anchor.objects.filter(firm=scope).aggregate(last=Max("position"))["last"] if kind == "firm" else None
    return Fault(expected, "missing") if anchored is not None and anchored >= expected else _anchored_fault(kind, scope)


def unanchored(limit: int) -> list[FirmHead]:
    """Return heads of firms that no timestamp covers yet, those that wait longest first."""
    anchored = Anchor.objects.filter(firm=OuterRef("scope")).order_by("-position").values("position")[:1]
    tops = (
        EvidenceLink.objects.filter(kind="firm")
        .values("scope")
        .annotate(top=Max("position"), stamped=Coalesce(Subquery(anchored), 0))
        .filter(top__gt=F("stamped"))
        .order_by("stamped", "scope")
    )
    return [head_of(row["scope"]) for row in tops[:limit]]


def waits_since(head: FirmHead) -> datetime | None:
    """Return when the first event happened that no timestamp covers yet, None when there is none."""
    stamped = Anchor.objects.filter(firm=head.firm).aggregate(last=Max("position"))["last"] or 0
    first = EvidenceLink.of("firm", head.firm).filter(position__gt=stamped).first()
    found = EvidenceEntry.rows().filter(sequence=first.sequence).first() if first else None
    return found.at if found else None


def chained_firms() -> list[str]:
    """Return the firms in which something happened."""
    return list(EvidenceLink.objects.filter(kind="firm", position=1).order_by("scope").values_list("scope", flat=True))


def head_of(firm: str) -> FirmHead:
    """Return the head of a firm's chain; position 0 when nothing happened in it."""
    last = EvidenceLink.of("firm", firm).last()
    return FirmHead(firm, last.position, last.link_hash) if last else FirmHead(firm, 0, GENESIS)


def keep_anchor(head: FirmHead, token: bytes, at: datetime) -> None:
    """Keep the timestamp over a head; one that is there already stays."""
    Anchor.objects.bulk_create(
        [Anchor(firm=head.firm, position=head.position, link_hash=head.link_hash, token=token, at=at)],
        ignore_conflicts=True,
    )


def anchors(firm: str, *, since: int = 1) -> list[Anchor]:
    """Return the anchors of a firm that cover position ``since``, in order."""
    return list(Anchor.objects.filter(firm=firm, position__gte=since).order_by("position"))


def links(kind: ScopeKind, scope: str, first: int = 1, last: int | None = None) -> list[EvidenceLink]:
    """Return links ``first`` to ``last`` of a chain, in order."""
    rows = EvidenceLink.of(kind, scope).filter(position__gte=first)
    return list(rows if last is None else rows.filter(position__lte=last))


def places(kind: ScopeKind, sequences: list[int]) -> Mapping[int, EvidenceLink]:
    """Return the links of this kind that events have, by their number."""
    return {row.sequence: row for row in EvidenceLink.objects.filter(kind=kind, sequence__in=sequences)}


def _with_entries(kind: str, scope: str) -> Iterator[tuple[EvidenceLink, EvidenceEntry | None]]:
    rows = EvidenceLink.of(kind, scope).iterator(chunk_size=1000)
    batch: list[EvidenceLink] = []
    for row in rows:
        batch.append(row)
        if len(batch) == 1000:
            yield from _joined(batch)
            batch = []
    yield from _joined(batch)


def _joined(batch: list[EvidenceLink]) -> Iterator[tuple[EvidenceLink, EvidenceEntry | None]]:
    found = EvidenceEntry.rows().filter(sequence__in=[row.sequence for row in batch]).in_bulk()
    for row in batch:
        yield row, found.get(row.sequence)


def _fault(row: EvidenceLink, found: EvidenceEntry | None, expected: int, previous: str) -> Fault | None:
    if row.position != expected:
        return Fault(expected, "missing")
    if row.previous_hash != previous:
        return Fault(expected, "moved")
    if found is None:
        return Fault(expected, "missing")
    if row.link.hash != row.link_hash or found.entry_hash != row.entry_hash or not chain.is_intact(found):
        return Fault(expected, "changed")
    return None


def _anchored_fault(kind: str, scope: str) -> Fault | None:
    """Return the first anchor whose head is not the one that was timestamped."""
    if kind != "firm":
        return None
    for anchor in Anchor.objects.filter(firm=scope).order_by("position"):
        row = EvidenceLink.of(kind, scope).filter(position=anchor.position).first()
        if row is None or row.link_hash != anchor.link_hash:
            return Fault(anchor.position, "changed")
    return None
