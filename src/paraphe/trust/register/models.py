"""Authorities, certificates, services and revocation lists: what was issued, and whether it still holds."""

from django.db import models
from django.db.models import Q


class Authority(models.Model):
    """One certification authority: the root, the issuer for natural persons, the issuer for legal persons.

    Personal data: none.
    """

    slug = models.CharField(max_length=20, unique=True)
    common_name = models.CharField(max_length=64)
    key_id = models.UUIDField(unique=True)
    algorithm = models.CharField(max_length=20)
    attempt_id = models.UUIDField(unique=True)
    certificate = models.BinaryField(null=True)
    #: Grows with each change of a status: whoever made something of statuses knows whether it is still true.
    status_revision = models.PositiveBigIntegerField(default=0)
    planned_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class CertificateEntry(models.Model):
    """One serial number and what became of it: reserved, prepared (its to-be-signed bytes stored), issued.

    Personal data: the subject of the certificate (given name, surname, e-mail where the profile has it, number of the
    holder). Kept for seven years after the certificate expires, because whoever verifies a signature may ask until
    then (ETSI EN 319 411-1 §6.4.6), then deleted by a monthly job.
    """

    class State(models.TextChoices):
        """How far issuance has come."""

        RESERVED = "reserved"
        PREPARED = "prepared"
        ISSUED = "issued"

    attempt_id = models.UUIDField(unique=True)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="entries")
    serial = models.CharField(max_length=40, unique=True)
    profile = models.CharField(max_length=40)
    request_digest = models.CharField(max_length=64)
    subject = models.BinaryField()
    public_key = models.BinaryField()
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    tbs = models.BinaryField(null=True)
    certificate = models.BinaryField(null=True)
    reserved_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revocation_reason = models.CharField(max_length=30, blank=True)
    suspended_at = models.DateTimeField(null=True)
    #: Since when the key is known or suspected to be in wrong hands (RFC 5280 §5.3.2), where whoever revoked told it.
    invalid_since = models.DateTimeField(null=True)
    #: ``Authority.status_revision`` when this status last changed.
    status_revision = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="reserved", tbs__isnull=True)
                | Q(state="prepared", tbs__isnull=False, certificate__isnull=True)
                | Q(state="issued", tbs__isnull=False, certificate__isnull=False, issued_at__isnull=False),
                name="certificate_holds_what_its_state_says",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revocation_reason="")
                | (Q(state="issued", revoked_at__isnull=False) & ~Q(revocation_reason="")),
                name="certificate_revoked_only_once_issued",
            ),
            models.CheckConstraint(
                condition=Q(suspended_at__isnull=True) | Q(state="issued", revoked_at__isnull=True),
                name="certificate_suspended_or_revoked",
            ),
        ]
        indexes = [
            models.Index(fields=["authority", "revoked_at"], name="certificate_revoked"),
            models.Index(fields=["authority", "suspended_at"], name="certificate_suspended"),
            models.Index(fields=["authority", "status_revision"], name="certificate_status_changes"),
            models.Index(fields=["not_after"], name="certificate_ending"),
        ]

    def __str__(self) -> str:
        return self.serial


class ServiceKey(models.Model):
    """One generation of the key and certificate of a service: an OCSP responder or the time-stamping unit.

    Personal data: none.
    """

    role = models.CharField(max_length=10)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="services")
    generation = models.PositiveIntegerField()
    key_id = models.UUIDField(unique=True)
    algorithm = models.CharField(max_length=20)
    attempt_id = models.UUIDField(unique=True)
    certificate = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "authority", "generation"], name="service_generation_once")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.authority.slug} {self.generation}"


class RevocationList(models.Model):
    """One edition of a revocation list of an authority, full or of one part; without content until it is signed.

    Personal data: none (serial numbers and dates).
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="revocation_lists")
    number = models.PositiveBigIntegerField()
    this_update = models.DateTimeField()
    next_update = models.DateTimeField()
    revocations = models.PositiveIntegerField(default=0)
    #: Which part: empty for the full list, ``8-3`` for the serial numbers that leave 3 when divided by 8.
    part = models.CharField(max_length=12, blank=True)
    revision = models.PositiveBigIntegerField(default=0)
    content = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "part", "number"], name="revocation_list_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.authority.slug} {self.number}"


class KeptAnswer(models.Model):
    """A signed OCSP answer about one certificate, kept to be given again.

    It counts only while ``status_revision`` is that of its certificate: a change of status makes it worthless in the
    same transaction, and an answer that was being signed meanwhile is worthless when it arrives.
    Personal data: none (a serial number). Deleted a day after it ended.
    """

    entry = models.ForeignKey(CertificateEntry, on_delete=models.CASCADE, related_name="answers")
    #: SHA-256 of the issuer's name here and the CertID that was asked about: who asks alike is answered alike.
    request = models.CharField(max_length=64, unique=True)
    status_revision = models.PositiveBigIntegerField()
    #: Seconds since 1970: read thousands of times a second, by every database alike.
    this_update = models.PositiveBigIntegerField()
    next_update = models.PositiveBigIntegerField()
    content = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["next_update"], name="answer_ending")]

    def __str__(self) -> str:
        return self.request
