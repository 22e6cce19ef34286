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
    # As what the trust site certified him: the track of then, whatever he is today.
    certified_as = models.CharField(max_length=24, blank=True)
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


class Adhesion(models.Model):
    """Terms that an accountant accepts and signs after his registration: for further firms, or in a new version.

    Personal data: who accepted and signed what, when; the signed PDF, sealed. Unsigned ones go after 30 days or when he
    begins again; signed ones are kept as long as the person uses the service, as the proof of his acceptance.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="adhesions")
    terms_version = models.CharField(max_length=32)
    policy_version = models.CharField(max_length=32)
    accepted_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    signed_file = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.terms_version}"


class AdhesionFirm(models.Model):
    """A firm that the signed terms bind.

    Personal data: none. Goes with its adhesion.
    """

    adhesion = models.ForeignKey(Adhesion, on_delete=models.CASCADE, related_name="firms")
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["adhesion", "firm"], name="an_adhesion_names_a_firm_once")]

    def __str__(self) -> str:
        return f"{self.adhesion_id} {self.firm_id}"


class TermsInForce(models.Model):
    """Since when this platform has a version of the terms: the grace for signing it never begins before.

    Personal data: none. Kept.
    """

    version = models.CharField(max_length=32, unique=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.version
