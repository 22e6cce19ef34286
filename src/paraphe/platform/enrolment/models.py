"""Registrations, and firms for which the service is open."""

import uuid

from django.db import models


class Enrolment(models.Model):
    """The registration of one person: everything before first use. Resumable at every step.

    Personal data: the mobile number, sealed, erased when the registration is done (the trust site keeps the one that
    receives codes); when the person confirmed and accepted what. Kept as long as the person uses the service, as the
    proof of his acceptance.
    """

    class Step(models.TextChoices):
        """The step at which the person stands."""

        CONFIRM = "confirm"
        MOBILE = "mobile"
        IDENTITY = "identity"
        TERMS = "terms"
        SIGN = "sign"
        DONE = "done"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField("accounts.Person", on_delete=models.PROTECT, related_name="+")
    track = models.CharField(max_length=24)
    step = models.CharField(max_length=12, choices=Step.choices, default=Step.CONFIRM)
    sealed_mobile = models.BinaryField(default=bytes)
    trust_reference = models.UUIDField(default=uuid.uuid4)
    trust_request = models.CharField(max_length=64, blank=True, db_index=True)
    trust_status = models.CharField(max_length=16, blank=True)
    trust_reason = models.JSONField(null=True)
    return_state_hash = models.CharField(max_length=64, blank=True)
    locale = models.CharField(max_length=8, default="fr")
    terms_version = models.CharField(max_length=32, blank=True)
    policy_version = models.CharField(max_length=32, blank=True)
    signed_terms_file = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.person_id} {self.track} {self.step}"


class ChosenFirm(models.Model):
    """A firm for which the person is about to sign the terms.

    Personal data: none. Goes with its registration.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="chosen")
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "firm"], name="a_firm_is_chosen_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.firm_id}"


class OpenFirm(models.Model):
    """A firm for which the service is open, since when, by whose signed terms.

    Personal data: who signed. Kept as long as the firm uses the service.
    """

    firm = models.OneToOneField("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="opened")
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.firm_id)
