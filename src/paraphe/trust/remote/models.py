"""Credentials, what holders authorise, activations."""

from django.db import models

from paraphe.floor.secrets import SealedTextField
from paraphe.kernel.ids import new_id


class Credential(models.Model):
    """A key in the vault with the certificate of one holder.

    Personal data: the certificate (name, e-mail, roll number or firm). Kept as long as the register of certificates.
    """

    class Status(models.TextChoices):
        """PENDING until the certificate is recorded. Whether it still holds is the register's to say."""

        PENDING = "pending"
        ACTIVE = "active"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    attempt_id = models.UUIDField(unique=True)
    subject = models.ForeignKey("ra.Subject", on_delete=models.PROTECT, related_name="credentials")
    client_id = models.CharField(max_length=80)
    profile_name = models.CharField(max_length=40)
    key_id = models.UUIDField(unique=True, default=new_id)
    key_algorithm = models.CharField(max_length=16)
    certificate = models.BinaryField(null=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    #: Only for credentials of one occasion: their keys do not outlive it.
    key_destroyed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["client_id", "subject"])]

    def __str__(self) -> str:
        return str(self.id)


class Authorisation(models.Model):
    """What a client program asks a holder to authorise, and how far that is.

    Personal data: titles of documents, sealed; through the credential, the holder. Destroyed a day after its end.
    """

    class State(models.TextChoices):
        """PUSHED, OPENED and AUTHORISED go on; the others are final."""

        PUSHED = "pushed"
        OPENED = "opened"
        AUTHORISED = "authorised"
        REDEEMED = "redeemed"
        REFUSED = "refused"
        LOCKED = "locked"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="authorisations")
    client_id = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64, unique=True)
    redirect_uri = models.TextField(blank=True)
    client_state = SealedTextField(purpose="remote.state")
    code_challenge = models.CharField(max_length=64, blank=True)
    locale = models.CharField(max_length=2)
    digests = models.JSONField()
    labels = SealedTextField(purpose="remote.labels")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PUSHED)
    challenge_id = models.UUIDField(null=True, unique=True)
    grant_hash = models.CharField(max_length=64, null=True, unique=True)
    grant_sealed = SealedTextField(purpose="remote.grant", null=True)
    grant_expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.id)


class Activation(models.Model):
    """Signature activation data (SAD): the right to have exactly these digests signed, each of them once.

    Personal data: none of its own; through the credential, the holder. Destroyed a day after its end; for an attempt
    that stopped in the middle, when it is done.
    """

    class State(models.TextChoices):
        """CLAIMED means that the key may have been used; the same attempt finishes it."""

        READY = "ready"
        CLAIMED = "claimed"
        USED = "used"
        REVOKED = "revoked"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sad_hash = models.CharField(max_length=64, unique=True)
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="activations")
    client_id = models.CharField(max_length=80)
    digests = models.JSONField()
    #: What the holder authorised with these digests and is in no activation yet: for ``extend``.
    remaining = models.JSONField(default=list)
    #: ``digests`` and ``remaining`` as they were when this was given; never changed, and sealed in the SAD.
    authorised = models.JSONField(default=list)
    challenge_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    attempt_id = models.CharField(max_length=200, blank=True)
    algorithm = models.CharField(max_length=20, blank=True)
    signing_order = models.JSONField(default=list)
    signatures = models.JSONField(default=list)
    #: When the holder authorised; later than that only for what was extended.
    begun_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    claimed_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class Reminder(models.Model):
    """That a holder was told of the coming end of a certificate, ``days`` before it.

    Personal data: none of its own. Goes with its credential.
    """

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="reminders")
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["credential", "days"], name="each_reminder_once")]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.days}"
