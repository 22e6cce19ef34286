"""The journal as a whole: verified with its anchors, anchored daily, exported for auditors who trust nobody."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cryptography import x509
from django.db import IntegrityError, transaction

from paraphe.floor.chain import Head
from paraphe.kernel.digests import canonical_json, sha256, sha256_hex
from paraphe.pki import tsp
from paraphe.pki.errors import TimestampInvalid
from paraphe.trust.audit.models import Anchor
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.tsa import api as tsa

#: A night may fail, a weekend may pass.
DAYS_WITHOUT_ANCHOR = 3


@dataclass(frozen=True)
class JournalReport:
    """What was found. ``broken`` is the number of the first line that is not what was written; None: all are.

    ``reason`` says how it differs: ``missing``, ``changed`` (its hash is not of what it says), ``unlinked`` (the line
    before it was changed, with its hash), ``unreadable``, ``anchor`` (not what was timestamped), ``token``.
    ``unanchored`` is a line from which on the journal went on for days without a timestamp: nothing shows that it was
    changed since, and nothing shows that it was not.
    """

    entries: int
    anchors: int
    last_anchor: datetime | None
    broken: int | None = None
    reason: str = ""
    unanchored: int | None = None

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
        return JournalReport(entries, len(anchors), last, broken, _difference(broken))
    issuers = [issuer.certificate for issuer in register.authorities() if issuer.certificate is not None]
    known = _hashes([anchor.sequence for anchor in anchors])
    for anchor in anchors:
        if known.get(anchor.sequence) != anchor.entry_hash:
            return JournalReport(entries, len(anchors), last, anchor.sequence, "anchor")
        if not _holds(anchor, issuers):
            return JournalReport(entries, len(anchors), last, anchor.sequence, "token")
    return JournalReport(entries, len(anchors), last, unanchored=_unanchored([anchor.sequence for anchor in anchors]))


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


def _difference(sequence: int) -> str:
    """Return how the first broken line differs from what was written."""
    try:
        entry = journal.JournalEntry.rows().filter(sequence=sequence).first()
        if entry is None:
            return "missing"
        covered = journal.exported(entry)
        told = covered.pop("entry_hash")
        return "unlinked" if sha256_hex(canonical_json(covered)) == told else "changed"
    except (ValueError, TypeError):
        return "unreadable"


def _unanchored(anchored: list[int]) -> int | None:
    """Return the first line of a run without an anchor on more than ``DAYS_WITHOUT_ANCHOR`` days, None without one.

    Days without a line do not count: a site that stood still had nothing to anchor.
    """
    ends, days, first = iter(anchored), set[date](), None
    end = next(ends, None)
    for sequence, at in journal.JournalEntry.rows().values_list("sequence", "at").iterator(chunk_size=1000):
        while end is not None and sequence > end:
            days, first, end = set(), None, next(ends, None)
        first = first or sequence
        days.add(at.date())
        if len(days) > DAYS_WITHOUT_ANCHOR:
            return first
    return None


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
