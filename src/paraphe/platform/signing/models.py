"""Requests to sign: what was asked of the trust service provider and how far it came."""

import uuid

from django.db import models


class Holder(models.Model):
    """A person of the platform as the trust site knows him: whose remote credential signs for him.

    ``revoked_for`` says why the platform had the certificate revoked, when it did, or ``over`` when the provider said
    that nobody signs with it any more.

    Personal data: the number of the person and the name in his certificate, which is public once he signed. Goes when
    the person is erased.
    """

    person_id = models.BigIntegerField(unique=True)
    subject_id = models.CharField(max_length=64)
    credential_id = models.CharField(max_length=128)
    common_name = models.CharField(max_length=200)
    certificate = models.BinaryField()
    not_after = models.DateTimeField()
    revoked_for = models.CharField(max_length=16, blank=True)

    def __str__(self) -> str:
        return self.common_name


class InvitedHolder(models.Model):
    """Somebody invited to sign, with a personal certificate or on the way to one; known by e-mail and mobile together.

    ``asked_by`` is the caller's number of whom the request was made for, ``name_hash`` says under which name.

    Personal data: keyed hashes of contact and name, the name in his certificate, which is public once he signed. Goes
    a month after the certificate ended, or when nothing came of the request.
    """

    contact_hash = models.CharField(max_length=64, unique=True)
    trust_request = models.CharField(max_length=64, blank=True)
    trust_status = models.CharField(max_length=20, blank=True)
    trust_reason = models.JSONField(null=True)
    return_state_hash = models.CharField(max_length=64, blank=True, db_index=True)
    name_hash = models.CharField(max_length=64, blank=True)
    asked_by = models.CharField(max_length=64, blank=True)
    looked_at = models.DateTimeField(null=True)
    subject_id = models.CharField(max_length=64, blank=True)
    certificate = models.BinaryField(default=bytes)
    not_after = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"invited {self.pk}"


class SigningRequest(models.Model):
    """One authorisation by one person for a list of documents.

    States: ``prepared`` → ``pushed`` (the holder is at the trust site) → ``authorised`` (activation received) →
    ``signed`` (signature values received) → ``completed``; or ``refused`` (by the holder), ``failed``.

    Signed by a person of the platform (``person_id``) or by a third party, whom the room above knows by a number of its
    own. ``waits_for`` is the code of what kept an authorised one from being finished at the last try. ``manner`` says
    what is authorised: digests to be signed, or digests of byte ranges, when the certificate is made only after that.
    ``taken_at`` is set once the room above has taken what came of it.

    Personal data: the person's number, the name that a certificate of one occasion must bear, the identifier of the
    subject at the trust site. Prepared files and the activation are destroyed when the request ends; the row goes with
    the retention of the documents (90 days).
    """

    class Manner(models.TextChoices):
        """What the holder authorises: digests of signed attributes, or of byte ranges (CSC v2 §11.10, §11.11)."""

        HASH = "hash"
        RANGE = "range"

    class State(models.TextChoices):
        """How far the request came."""

        PREPARED = "prepared"
        PUSHED = "pushed"
        AUTHORISED = "authorised"
        SIGNED = "signed"
        COMPLETED = "completed"
        REFUSED = "refused"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person_id = models.BigIntegerField(db_index=True, null=True)
    third_party = models.CharField(max_length=64, blank=True, db_index=True)
    firm = models.CharField(max_length=32, blank=True)
    signer_name = models.CharField(max_length=200, blank=True)
    manner = models.CharField(max_length=5, choices=Manner.choices, default=Manner.HASH)
    provider = models.CharField(max_length=8, blank=True)
    subject_id = models.CharField(max_length=64)
    credential_id = models.CharField(max_length=128)
    sign_algorithm = models.CharField(max_length=64)
    purpose = models.CharField(max_length=32)
    reference = models.CharField(max_length=64)
    locale = models.CharField(max_length=8, default="fr")
    return_path = models.CharField(max_length=64, default="/signature/retour/")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PREPARED)
    failure = models.CharField(max_length=64, blank=True)
    waits_for = models.CharField(max_length=64, blank=True)
    state_hash = models.CharField(max_length=64, blank=True, db_index=True)
    sealed_verifier = models.BinaryField(default=bytes)
    sealed_activation = models.BinaryField(default=bytes)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_index=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # What a room above still has to take, however much it took before.
            models.Index(
                fields=["purpose", "reference", "changed_at"],
                condition=models.Q(taken_at__isnull=True),
                name="requests_not_taken",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "reference"],
                condition=models.Q(state__in=["prepared", "pushed", "authorised", "signed"]),
                name="one_open_request_per_reference",
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id} ({self.state})"


class SigningItem(models.Model):
    """One document of a request; ``failure`` says why it alone could not be finished.

    ``judged``: its earlier signatures were judged when they were made.

    Personal data: none of its own; ``label`` is the title that the person gave the document. Goes with its request.
    """

    request = models.ForeignKey(SigningRequest, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    label = models.CharField(max_length=200)
    reference = models.CharField(max_length=64, db_index=True, default="")
    source_sha256 = models.CharField(max_length=64)
    digest = models.BinaryField()
    prepared_file = models.UUIDField()
    signature = models.BinaryField(default=bytes)
    result_file = models.UUIDField(null=True)
    result_sha256 = models.CharField(max_length=64, blank=True)
    result_size = models.PositiveBigIntegerField(default=0)
    failure = models.CharField(max_length=64, blank=True, default="")
    judged = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["request", "position"], name="one_item_per_position")]

    def __str__(self) -> str:
        return self.label


class ServiceTrouble(models.Model):
    """What a trust service provider cannot do at this moment, as far as it says; no row while all is well.

    ``part``: ``provider`` (it does not answer), ``codes``, ``keys``, ``timestamps``. Personal data: none.
    """

    provider = models.CharField(max_length=8, blank=True)
    part = models.CharField(max_length=12)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "part"], name="one_trouble_per_part")]

    def __str__(self) -> str:
        return f"{self.provider} {self.part}".strip()
