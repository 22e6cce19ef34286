"""Documents and their versions."""

import uuid

from django.db import models


class Document(models.Model):
    """A PDF that somebody brought, of one firm.

    Personal data: whatever the document says, sealed; its title; who added it. Deleted with all versions on
    ``delete_on`` (PARAPHE_DOCUMENT_DAYS after it was added), or at once when the person deletes it.
    """

    class Kind(models.TextChoices):
        """What the document is; a mandate may be limited to some kinds."""

        ENGAGEMENT_LETTER = "engagement_letter"
        ANNUAL_ACCOUNTS = "annual_accounts"
        PAYSLIP = "payslip"
        ATTESTATION = "attestation"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OTHER)
    pages = models.JSONField()
    warnings = models.JSONField(default=list)
    added_at = models.DateTimeField(db_index=True)
    delete_on = models.DateField(db_index=True)
    opened_version = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["firm", "owner", "-added_at"], name="documents_of_a_person")]

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """One state of a document's bytes: number 0 is what was brought, each signature adds one.

    Personal data: as its document. Goes with it.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    file_id = models.UUIDField(unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    signing_request_id = models.UUIDField(null=True, db_index=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="one_version_per_number"),
            models.UniqueConstraint(fields=["document", "signing_request_id"], name="one_version_per_signature"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} version {self.number}"
