"""Mandates and their states."""

import uuid

from django.db import models


class Mandate(models.Model):
    """A deed by which an accountant lets a person of his firm act for it.

    States: ``drafted`` (composed, waits for his signature) → ``signed`` (in force on its days) → ``withdrawn``; a draft
    that he gives up is ``dropped``. Personal data: who may do what for whom, and the signed deed. Kept as long as
    evidence of acts under it is kept.
    """

    class State(models.TextChoices):
        """How far the mandate came."""

        DRAFTED = "drafted"
        SIGNED = "signed"
        WITHDRAWN = "withdrawn"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    granted_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    rights = models.JSONField()
    kinds = models.JSONField(default=list)
    most = models.PositiveIntegerField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFTED)
    deed = models.UUIDField()
    deed_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["firm", "-created_at"], name="mandates_of_a_firm")]

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"
