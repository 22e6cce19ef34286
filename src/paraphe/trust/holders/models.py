"""Holders, the subjects that are theirs, their factors, what factors proved."""

from django.db import models

from paraphe.floor.secrets import SealedTextField
from paraphe.kernel.ids import new_id


class Holder(models.Model):
    """One person: everybody who was enrolled under the same names, e-mail and mobile number is the same holder.

    Personal data: keyed hashes of names, e-mail and mobile number; nothing readable. Kept as long as one of the
    holder's subjects.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    identity_hash = models.CharField(max_length=64, unique=True)
    email_hash = models.CharField(max_length=64, db_index=True)
    mobile_hash = models.CharField(max_length=64, db_index=True)
    #: Whether a code by SMS is enough to authorise a signature; a holder with another factor may say no.
    codes_allowed = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class Holding(models.Model):
    """A subject of the registration authority, and whose it is.

    Personal data: none of its own. Goes with its subject.
    """

    subject = models.OneToOneField("ra.Subject", on_delete=models.CASCADE, related_name="holding")
    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="holdings")

    def __str__(self) -> str:
        return f"{self.holder_id} {self.subject_id}"


class Factor(models.Model):
    """Something else than the telephone number that proves the holder.

    Personal data: the holder's own name of the device. The secret of an application is sealed; of a passkey only the
    public key is here (W3C WebAuthn level 2 §6.5.1). Deleted when the holder removes it.
    """

    class Kind(models.TextChoices):
        """TOTP: an authenticator application (RFC 6238). PASSKEY: WebAuthn with user verification."""

        TOTP = "totp"
        PASSKEY = "passkey"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="factors")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    label = models.CharField(max_length=60)
    secret = SealedTextField(purpose="holders.totp", null=True)
    #: The last time step whose code was taken: none is taken twice (RFC 6238 §5.2).
    last_step = models.BigIntegerField(default=0)
    #: AttestedCredentialData, WebAuthn §6.5.1.
    passkey = models.BinaryField(null=True)
    passkey_hash = models.CharField(max_length=64, null=True, unique=True)
    sign_count = models.PositiveBigIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Proof(models.Model):
    """That a holder's factor was used for exactly one thing; what an activation is given for.

    Personal data: none of its own. Destroyed after 40 days; the journal keeps the line.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="proofs")
    kind = models.CharField(max_length=8, choices=Factor.Kind.choices)
    binding_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
