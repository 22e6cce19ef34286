"""The outbox."""

import uuid

from django.db import models
from django.db.models import Q


class Message(models.Model):
    """One e-mail or SMS on its way.

    ``trouble``: what the carrier answered at the last try that came to nothing; ``leased_until``: until then somebody
    is sending it.

    Personal data: recipient and text, sealed in ``sealed`` until the message was sent or given up, then erased; a keyed
    hash and a mask of the recipient, ninety days.
    """

    class Kind(models.TextChoices):
        """By which way it goes."""

        EMAIL = "email"
        SMS = "sms"

    class State(models.TextChoices):
        """Where it stands. Only messages that must never go twice are marked ``sending`` before they go."""

        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"

    class Delivery(models.TextChoices):
        """What the recipient's side said after it was sent; nothing where it said nothing."""

        DELIVERED = "delivered"
        BOUNCED = "bounced"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True, null=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    recipient_hash = models.CharField(max_length=64, db_index=True)
    recipient_mask = models.CharField(max_length=80)
    sealed = models.BinaryField(null=True)
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=30, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=60, blank=True)
    leased_until = models.DateTimeField(null=True)
    carrier = models.CharField(max_length=20, blank=True)
    carrier_reference = models.CharField(max_length=200, blank=True)
    delivery = models.CharField(max_length=10, choices=Delivery.choices, blank=True)
    delivery_code = models.CharField(max_length=30, blank=True)
    delivery_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["carrier_reference"], name="messaging_by_reference"),
            models.Index(fields=["state", "delivery", "created_at"], name="messaging_not_arrived"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending"], sealed__isnull=False)
                | Q(state__in=["sent", "failed"], sealed__isnull=True),
                name="messaging_erased_when_ended",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} {self.state}"
