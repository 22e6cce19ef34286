"""Deeds, mandates, and what mandates were used for."""

from django.db import models

from paraphe.floor.secrets import SealedTextField
from paraphe.kernel.ids import new_id


class Deed(models.Model):
    """What a named person signs with his own certificate: a request for a seal, or a mandate to use one.

    Personal data: through the credential, the person; the deed as a PDF (names, firm, purpose). The signed deed is kept
    as long as the seal's certificate has to be provable; a deed that nobody signed goes a day after its end.
    """

    class Kind(models.TextChoices):
        """What is asked for."""

        SEAL = "seal"
        MANDATE = "mandate"

    class State(models.TextChoices):
        """OPEN waits for the person; SIGNING may have used the key and is gone on with; the others are final."""

        OPEN = "open"
        SIGNING = "signing"
        DONE = "done"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client_id = models.CharField(max_length=80)
    reference = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    #: The certificate with which the person signs the deed.
    responsible = models.ForeignKey("remote.Credential", on_delete=models.PROTECT, related_name="deeds")
    #: The seal that a mandate is for; None for a request of one.
    seal = models.ForeignKey("remote.Credential", on_delete=models.PROTECT, null=True, related_name="mandate_deeds")
    terms = models.JSONField()
    return_uri = models.CharField(max_length=500)
    client_state = models.CharField(max_length=500, blank=True)
    link_hash = models.CharField(max_length=64)
    verifier = SealedTextField(purpose="seals.verifier", null=True)
    activation = SealedTextField(purpose="seals.activation", null=True)
    document_file = models.UUIDField(null=True)
    prepared_file = models.UUIDField(null=True)
    signed_file = models.UUIDField(null=True)
    signed_sha256 = models.CharField(max_length=64, blank=True)
    sign_attempt = models.UUIDField(default=new_id)
    issue_attempt = models.UUIDField(default=new_id)
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id", "reference"], name="one_deed_per_reference")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Mandate(models.Model):
    """The right of one client program to have so many documents sealed for a purpose, until a moment.

    Personal data: none of its own; the deed names the person. Kept with the deed.
    """

    deed = models.OneToOneField(Deed, on_delete=models.PROTECT, primary_key=True, related_name="mandate")
    seal = models.ForeignKey("remote.Credential", on_delete=models.PROTECT, related_name="mandates")
    client_id = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    most = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(used__lte=models.F("most")), name="mandate_never_exceeded"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Releaser(models.Model):
    """Somebody whom a standing mandate names: he lets batches go with a code, and needs no certificate.

    Personal data: name and mobile (sealed), as the responsible person gave and signed them. Kept with the mandate.
    """

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="releasers")
    #: How the client program knows him.
    reference = models.CharField(max_length=80)
    name = models.CharField(max_length=100)
    mobile = SealedTextField(purpose="seals.releaser")
    mobile_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mandate", "reference"], name="one_releaser_per_reference")]

    def __str__(self) -> str:
        return f"{self.mandate_id} {self.reference}"


class Release(models.Model):
    """So many documents of one list that a named person lets go with a code, under a standing mandate.

    States: ``open`` (a day) → ``given`` → ``closed``. Personal data: through the releaser. Kept with the mandate.
    """

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open"
        GIVEN = "given"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="releases")
    releaser = models.ForeignKey(Releaser, on_delete=models.PROTECT, related_name="releases")
    client_id = models.CharField(max_length=80)
    reference = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    purpose = models.CharField(max_length=120)
    count = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0)
    list_sha256 = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64, db_index=True)
    link_hash = models.CharField(max_length=64)
    return_uri = models.CharField(max_length=500)
    client_state = models.CharField(max_length=500, blank=True)
    challenge = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id", "reference"], name="one_release_per_reference"),
            models.CheckConstraint(condition=models.Q(used__lte=models.F("count")), name="release_never_exceeded"),
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="releases_by_end")]

    def __str__(self) -> str:
        return f"{self.mandate_id} {self.count}"


class MandateUse(models.Model):
    """An activation that a mandate, or a release under it, gave; what of it is never signed goes back.

    ``attempt`` is the client's: asked again with the same digests, the activation is told anew and counted once.
    Personal data: none. Kept as long as the mandate's row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="uses")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="uses")
    attempt = models.CharField(max_length=100, blank=True)
    count = models.PositiveIntegerField()
    settled = models.BooleanField(default=False)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mandate", "attempt"], condition=~models.Q(attempt=""), name="one_use_per_attempt"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mandate_id} {self.count}"
