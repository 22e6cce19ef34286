"""The evidence log, the chain of each firm and each collection through it, anchors, and what may be erased."""

from typing import Self

from django.db import models

from paraphe.floor.chain import AppendOnly, ChainedEntry
from paraphe.kernel.links import Link


class EvidenceEntry(ChainedEntry):
    """One event. Append-only and hash-chained.

    Personal data: numbers of persons, network addresses and user agents of those with an account. Kept as long as
    evidence is kept; names and addresses of people never stand here, and nothing that leads to a recipient of a
    collection but his number: so that erasing a person leaves the chain valid.
    """


class EvidenceLink(AppendOnly):
    """The place of one event in the chain of its firm, or of its collection. Append-only.

    Personal data: none. Kept as long as the evidence.
    """

    class Kind(models.TextChoices):
        """Whose chain."""

        FIRM = "firm"
        ENVELOPE = "envelope"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    scope = models.CharField(max_length=64)
    position = models.BigIntegerField()
    sequence = models.BigIntegerField(db_index=True)
    entry_hash = models.CharField(max_length=64)
    inner_hash = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64)
    link_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "scope", "position"], name="evidence_one_link_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.scope} {self.position}"

    @classmethod
    def of(cls, kind: str, scope: str) -> models.QuerySet[Self]:
        """Return the links of a chain, in order."""
        return models.QuerySet(cls).filter(kind=kind, scope=scope).order_by("position")

    @property
    def link(self) -> Link:
        """Return what the hash of this link covers."""
        return Link(f"{self.kind}:{self.scope}", self.position, self.entry_hash, self.inner_hash, self.previous_hash)


class Anchor(AppendOnly):
    """A timestamp over the head of a firm's chain: it was there, with all before it, at that time. Append-only.

    Personal data: none. Kept as long as the evidence.
    """

    firm = models.CharField(max_length=64)
    position = models.BigIntegerField()
    link_hash = models.CharField(max_length=64)
    #: The TimeStampToken (RFC 3161) over the octets of ``link_hash``.
    token = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "position"], name="evidence_one_anchor_per_head")]

    def __str__(self) -> str:
        return f"{self.firm} {self.position}"


class Disclosure(models.Model):
    """What an entry only commits to: where a recipient was and with what, and what he wrote.

    Personal data: network address, user agent and words of a recipient, sealed. Destroyed when he is erased; the
    entry keeps the commitment, from which nothing can be guessed without the salt that stood here.
    """

    sequence = models.BigIntegerField(primary_key=True)
    holder = models.CharField(max_length=64, db_index=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return str(self.sequence)
