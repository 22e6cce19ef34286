"""The part of the chains that one collection needs: its own whole, and of its firm's the way to timestamped heads."""

from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final

from paraphe.platform.evidence import api as evidence

#: A way that is longer than this through the work of a firm is left out, unless it is the last event's.
LONGEST_WAY: Final = 300
MOST_WAYS: Final = 60


@dataclass(frozen=True)
class Segment:
    """``told``: plain JSON for the record. ``tokens``: the timestamp tokens to which it refers by file name."""

    told: dict[str, Any]
    tokens: dict[str, bytes] = field(default_factory=dict)


def segment(firm_id: int, collection: str, *, only: str = "") -> Segment:
    """Return what proves the events of a collection, their order, and that there are no others.

    With ``only``, a recipient, what others did is told as hashes alone. The head of the firm must be anchored.
    """
    firm = str(firm_id)
    entries = list(evidence.history(envelope=collection).order_by("sequence"))
    numbers = [entry.sequence for entry in entries]
    inner, outer = evidence.places("envelope", numbers), evidence.places("firm", numbers)
    shown = {entry.sequence for entry in entries if not only or entry.subjects.get("recipient", only) == only}
    kept = evidence.disclosed(sorted(shown))
    events = []
    for entry in entries:
        told: dict[str, Any] = {
            "position": inner[entry.sequence].position,
            "entry_hash": entry.entry_hash,
            "link_hash": inner[entry.sequence].link_hash,
        }
        if entry.sequence in shown:
            told |= {"entry": evidence.exported(entry), "disclosed": kept.get(entry.sequence)}
        events.append(told)
    anchored, tokens = _anchored(firm, [outer[number] for number in numbers])
    return Segment({"firm": firm, "collection": collection, "events": events, "anchors": anchored}, tokens)


def _anchored(firm: str, places: list[evidence.EvidenceLink]) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Return for each timestamp that covers an event as its first one the way from the event to the head."""
    if not places:
        return [], {}
    found = evidence.anchors(firm, since=places[0].position)
    pairs: dict[int, tuple[evidence.EvidenceLink, evidence.Anchor]] = {}
    for place in places:
        anchor = next((one for one in found if one.position >= place.position), None)
        if anchor is not None:
            pairs[anchor.position] = (place, anchor)  # the last event before this head
    told, tokens = [], {}
    wanted = list(pairs.values())
    for number, (place, anchor) in enumerate(wanted[-MOST_WAYS:], 1):
        last = anchor is wanted[-1][1]
        if anchor.position - place.position > LONGEST_WAY and not last:
            continue
        way = evidence.links("firm", firm, place.position, anchor.position)
        name = f"anchor-{number:02}.tst"
        tokens[name] = bytes(anchor.token)
        told.append(
            {
                "event": place.sequence,
                "first": place.position,
                "previous": place.previous_hash,
                "way": [{"entry": one.entry_hash, "inner": one.inner_hash} for one in way],
                "head": anchor.link_hash,
                "at": anchor.at.astimezone(UTC).isoformat(timespec="seconds"),
                "token": name,
            }
        )
    return told, tokens
