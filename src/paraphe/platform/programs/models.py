"""The table of programs."""

import uuid

from django.db import models


class Program(models.Model):
    """A program that brings files for a person in a firm, by a token of which only a keyed hash is kept.

    Personal data: for whom it acts, and when it last did. Kept as long as evidence, which names it, is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    #: To the hour: who looks whether a token is still in use needs no more.
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.firm_id})"
