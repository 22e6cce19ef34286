"""Documents and their versions, what is still being sent, and how a person's signature looks."""

import uuid

from django.db import models
from django.db.models import Q

from paraphe.floor.secrets import SealedTextField


class Document(models.Model):
    """A PDF that somebody brought, of one firm.

    ``current`` is the number of its present version: 0 until somebody signed it here. ``size``, ``page_count`` and
    ``title_folded`` (without case and accents) are there so that a list reads one table. ``held_at`` is set while it is
    under legal hold: nobody deletes it then, on no day; ``held_under`` names the order for many that holds it.

    Personal data: whatever the document says, sealed; its title; notes and the reason of a hold, sealed; who added it
    and who holds it. Deleted with all versions on ``delete_on``, or at once when somebody who may deletes it.
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
    current = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    title_folded = models.CharField(max_length=400, default="")
    notes = SealedTextField(purpose="documents.notes", null=True)
    warned_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    held_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", null=True)
    held_reason = SealedTextField(purpose="documents.hold", null=True)
    held_under = models.UUIDField(null=True, db_index=True)

    class Meta:
        indexes = [
            # With the title at the end: what a search passes over is passed over in the index itself.
            models.Index(fields=["firm", "owner", "-added_at", "-id", "title_folded"], name="documents_of_a_person"),
            models.Index(fields=["firm", "-added_at", "-id", "title_folded"], name="documents_of_a_firm"),
            models.Index(
                fields=["firm", "owner", "-added_at", "-id"], name="documents_to_sign", condition=Q(current=0)
            ),
            models.Index(
                fields=["firm", "-added_at", "-id"], name="documents_to_sign_in_a_firm", condition=Q(current=0)
            ),
            models.Index(fields=["firm", "owner", "delete_on"], name="documents_ending", condition=Q(held_at=None)),
            models.Index(fields=["firm", "delete_on"], name="documents_ending_in_a_firm", condition=Q(held_at=None)),
        ]

    def __str__(self) -> str:
        return self.title


class HoldOrder(models.Model):
    """A legal hold of what a person brought (``owner``), of what has some words in its title, or of a whole firm.

    Personal data: who ordered and lifted it, whose documents it holds; its reason and words, sealed. The lifted row is
    kept, as the history of the firm is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = SealedTextField(purpose="documents.hold", null=True)
    owner = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", null=True)
    words = SealedTextField(purpose="documents.hold", null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        indexes = [models.Index(fields=["firm", "lifted_at"], name="hold_orders_of_a_firm")]

    def __str__(self) -> str:
        return str(self.pk)


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


class Opening(models.Model):
    """A person opened a document; ``version`` is the newest that he saw.

    Personal data: who read what. Goes with the document, and with the person.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="openings")
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "person"], name="one_opening_per_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.document_id} {self.version}"


class Upload(models.Model):
    """A file on its way here, in parts; ``key`` is what the browser calls it, so that it is begun once.

    States: ``receiving`` → ``checking`` → ``done`` (``document_id``) or ``refused`` (``refusal``, a code).
    Personal data: its name and parts, sealed; who sends it. Parts go when it ends; the row goes a day after its last
    change.
    """

    class State(models.TextChoices):
        """How far it came."""

        RECEIVING = "receiving"
        CHECKING = "checking"
        DONE = "done"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    filename = SealedTextField(purpose="documents.upload")
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State.choices, default=State.RECEIVING)
    refusal = models.CharField(max_length=64, blank=True)
    refusal_limit = models.PositiveBigIntegerField(default=0)
    document_id = models.UUIDField(null=True)
    known = models.BooleanField(default=False)
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "firm", "key"], name="one_upload_per_key")]

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"


class UploadPart(models.Model):
    """Some bytes of an upload, from ``offset`` on. Personal data: as its upload, sealed. Goes with it."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    offset = models.PositiveBigIntegerField()
    file_id = models.UUIDField(unique=True)

    class Meta:
        ordering = ["offset"]
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="one_part_per_offset")]

    def __str__(self) -> str:
        return f"{self.upload_id} from {self.offset}"


class Look(models.Model):
    """How a person's visible signature looks: his role, his handwriting as an image, his initials.

    Personal data: all of it; the image is sealed. Goes when the person changes or removes it, and with the person.
    """

    person = models.OneToOneField("accounts.Person", on_delete=models.CASCADE, related_name="+")
    role = SealedTextField(purpose="documents.look", null=True)
    initials = SealedTextField(purpose="documents.look", null=True)
    handwriting_file = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.person_id)
