"""Anchors of the journal."""

from django.db import models


class Anchor(models.Model):
    """The head of the journal on one day, under a timestamp token: whoever rewrites the journal cannot rewrite it.

    Personal data: none. Kept as long as the journal.
    """

    sequence = models.PositiveBigIntegerField(unique=True)
    entry_hash = models.CharField(max_length=64)
    #: DER of a TimeStampToken (RFC 3161 §2.4.2) over SHA-256 of "sequence:entry_hash".
    token = models.BinaryField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sequence} {self.at:%Y-%m-%d}"
