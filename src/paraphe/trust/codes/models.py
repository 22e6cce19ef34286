"""Challenges and what was sent for them."""

from django.db import models

from paraphe.floor.secrets import SealedTextField
from paraphe.kernel.ids import new_id


class Challenge(models.Model):
    """One thing to be confirmed by a code. Of its ``sends``, ``lost`` never left: the carrier was away.

    Personal data: the mobile number, sealed, erased when the challenge ends; its keyed hash and mask; the title of what
    is confirmed, sealed, erased with it. The row goes after 40 days.
    """

    class State(models.TextChoices):
        """OPEN takes codes; the others are final."""

        OPEN = "open"
        USED = "used"
        LOCKED = "locked"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    purpose = models.CharField(max_length=32)
    binding_hash = models.CharField(max_length=64)
    owner_hash = models.CharField(max_length=64, blank=True)
    mobile = SealedTextField(purpose="codes.mobile", null=True)
    mobile_hash = models.CharField(max_length=64)
    masked_mobile = models.CharField(max_length=32)
    subject = SealedTextField(purpose="codes.subject", null=True)
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    code_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    wrong = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=0)
    lost = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["purpose", "binding_hash"]),
            models.Index(fields=["mobile_hash", "sent_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"


class Dispatch(models.Model):
    """One code that was sent, for the limits.

    Personal data: keyed hashes of the mobile number and of the holder. The row goes after 40 days with its challenge.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="dispatches")
    mobile_hash = models.CharField(max_length=64)
    owner_hash = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mobile_hash", "at"]), models.Index(fields=["owner_hash", "at"])]

    def __str__(self) -> str:
        return f"{self.challenge_id} at {self.at}"
