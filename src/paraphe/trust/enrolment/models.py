"""Enrolments and the one-time links that lead to them."""

from django.db import models

from paraphe.kernel.ids import new_id
from paraphe.trust.ra import api as ra


class Status(models.TextChoices):
    """Where an enrolment stands. ISSUED, REFUSED and EXPIRED are final."""

    STARTED = "started"
    DOCUMENTS = "documents"
    REVIEW = "review"
    REFUSED = "refused"
    AGREEMENT = "agreement"
    CODE = "code"
    ISSUING = "issuing"
    ISSUED = "issued"
    EXPIRED = "expired"


class Enrolment(models.Model):
    """One person's way from the request of a client program to a credential.

    Personal data: through its subject and its files (subscription agreement, unsigned and signed: names, e-mail,
    masked mobile number). The unsigned agreement goes when the signed one is there; the signed one is kept as long
    as the certificate has to be provable. Refused and expired enrolments keep no agreement.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client_id = models.CharField(max_length=80)
    #: The client's own name of this request, and a digest of what it asked: repeating it changes nothing.
    reference = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    subject = models.ForeignKey(ra.Subject, on_delete=models.PROTECT, related_name="enrolments")
    #: The credential that this one succeeds; None for a first one.
    renews = models.UUIDField(null=True, db_index=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.STARTED)
    reason = models.CharField(max_length=32, blank=True)
    return_uri = models.CharField(max_length=500)
    client_state = models.CharField(max_length=500, blank=True)
    photographs = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    #: The agreement as composed: what was shown is pinned by its digest.
    agreement_version = models.CharField(max_length=64, blank=True)
    agreement_file = models.UUIDField(null=True)
    agreement_sha256 = models.CharField(max_length=64, blank=True)
    agreement_pages = models.PositiveSmallIntegerField(default=0)
    agreement_accepted_at = models.DateTimeField(null=True)

    challenge_id = models.UUIDField(null=True)
    code_paused_until = models.DateTimeField(null=True)
    code_checked_at = models.DateTimeField(null=True)

    #: Issuing: attempt ids are made with the row, so that every repetition is the same attempt.
    issue_attempt = models.UUIDField(default=new_id)
    sign_attempt = models.UUIDField(default=new_id)
    claimed_until = models.DateTimeField(null=True)
    credential_id = models.UUIDField(null=True)
    prepared_file = models.UUIDField(null=True)
    activation_sealed = models.BinaryField(null=True)
    signed_file = models.UUIDField(null=True)
    signed_sha256 = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id", "reference"], name="one_enrolment_per_reference")]
        indexes = [models.Index(fields=["status", "changed_at"])]

    def __str__(self) -> str:
        return str(self.id)


class LinkKind(models.TextChoices):
    """Who follows the link: a browser sent by the client program, or a person who opens an e-mail."""

    BROWSER = "browser"
    EMAIL = "email"


class EnrolmentLink(models.Model):
    """A link that opens an enrolment once; only a keyed hash of its token is stored.

    Personal data: none of its own. Deleted with the enrolment, or 30 days after its end.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=LinkKind.choices)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.kind}"
