"""Which bytes each document of a collection has now, as the evidence says."""

from typing import Final

from paraphe.platform.envelopes.models import Envelope
from paraphe.platform.evidence import api as evidence

#: Tags of events that tell which bytes a document has from then on.
TAGS: Final = ("envelope:frozen", "ceremony:signed")


def told(envelope: Envelope, documents: set[str]) -> dict[str, str]:
    """Return the digest that the evidence says each of ``documents`` has now, read from the newest event on."""
    found: dict[str, str] = {}
    events = evidence.history(envelope=str(envelope.pk)).filter(tag__in=TAGS).order_by("-sequence")
    for entry in events.iterator(chunk_size=20):
        found = {str(key): str(value) for key, value in entry.data.get("documents", {}).items()} | found
        if documents <= found.keys():
            break
    return found
