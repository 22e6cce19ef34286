"""The journal as a whole: verified with its anchors, anchored daily, exported for auditors who trust nobody."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from django.db import IntegrityError, transaction

from paraphe.floor.chain import Head
from paraphe.kernel.digests import sha256
from paraphe.pki import tsp
from paraphe.pki.errors import TimestampInvalid
from paraphe.trust.audit.models import Anchor
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.tsa import api as tsa


@dataclass(frozen=True)
class JournalReport:
    """What was found. ``broken`` is the number of the first line that is not what was written; None: all are."""

    entries: int
    anchors: int
    last_anchor: datetime | None
    broken: int | None = None
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether nothing was changed."""
        return self.broken is None


def verify_journal() -> JournalReport:
    """Verify every line of the journal, and every anchor: its token, and that its line is still what was anchored."""
    head, anchors = journal.head(), list(Anchor.objects.order_by("sequence"))
    entries, last = (head.sequence if head else 0), (anchors[-1].at if anchors else None)
    broken = journal.verify()
    if broken is not None:
        return JournalReport(entries, len(anchors), last, broken, "chain")
    issuers = [issuer.certificate for issuer in register.authorities() if issuer.certificate is not None]
    known = _hashes([anchor.sequence for anchor in anchors])
    for anchor in anchors:
        if known.get(anchor.sequence) != anchor.entry_hash:
            return JournalReport(entries, len(anchors), last, anchor.sequence, "anchor")
        if not _holds(anchor, issuers):
            return JournalReport(entries, len(anchors), last, anchor.sequence, "token")
    return JournalReport(entries, len(anchors), last)


def anchor_journal() -> bool:
    """Timestamp the head of the journal; return whether there was something new to anchor.

    Raises TimestampUnavailable, after which it may be repeated. A broken journal is anchored too: what it is today
    must not be changed once more.
    """
    head = journal.head()
    if head is None or Anchor.objects.filter(sequence=head.sequence).exists():
        return False
    token = tsa.LocalTimestampSource().timestamp(imprint(head))
    try:
        with transaction.atomic():
            Anchor.objects.create(
                sequence=head.sequence, entry_hash=head.entry_hash, token=token, at=tsp.token_info(token).gen_time
            )
    except IntegrityError:  # another worker, at this moment
        return False
    return True


def imprint(head: Head) -> bytes:
    """Return what a timestamp token of an anchor is over."""
    return sha256(f"{head.sequence}:{head.entry_hash}".encode("ascii"))


def export_journal() -> Iterator[dict[str, Any]]:
    """Yield every line and then every anchor as plain JSON; ``docs/security.md`` says how to check them by hand."""
    for entry in journal.JournalEntry.rows().order_by("sequence").iterator(chunk_size=1000):
        yield {"kind": "entry", **journal.exported(entry)}
    for anchor in Anchor.objects.order_by("sequence"):
        yield {
            "kind": "anchor",
            "sequence": anchor.sequence,
            "entry_hash": anchor.entry_hash,
            "token": base64.b64encode(bytes(anchor.token)).decode("ascii"),
        }


def _hashes(sequences: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(sequences), 500):
        rows = journal.JournalEntry.rows().filter(sequence__in=sequences[start : start + 500])
        found.update(rows.values_list("sequence", "entry_hash"))
    return found


def _holds(anchor: Anchor, issuers: list[x509.Certificate]) -> bool:
    try:
        tsp.verify_token(bytes(anchor.token), imprint(Head(anchor.sequence, anchor.entry_hash)), issuers)
    except TimestampInvalid:
        return False
    return True
