"""Collections of signatures: their documents, the people they are sent to, the boxes these fill."""

import uuid

from django.db import models
from django.db.models import Q

from paraphe.floor.secrets import SealedTextField


class Envelope(models.Model):
    """One collection: documents sent to people in an order. A template is one that is never sent.

    Personal data: title and message; who prepared, launched and ended it, and why (sealed). Goes on ``delete_on``,
    which is set when it ends, or when the draft is deleted.
    """

    class State(models.TextChoices):
        """Where it stands.

        ``launching`` while its documents are frozen, ``completing`` once everybody signed, until every document is
        archived.
        """

        TEMPLATE = "template"
        DRAFT = "draft"
        LAUNCHING = "launching"
        RUNNING = "running"
        COMPLETING = "completing"
        COMPLETED = "completed"
        REFUSED = "refused"
        EXPIRED = "expired"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.CharField(max_length=200, blank=True)
    message = models.TextField(blank=True)
    kind = models.CharField(max_length=20, default="other")
    locale = models.CharField(max_length=2, default="fr")
    level = models.CharField(max_length=8, default="simple")
    read_all_pages = models.BooleanField(default=False)
    may_forward = models.BooleanField(default=False)
    expiry_days = models.PositiveSmallIntegerField()
    reminder_days = models.JSONField(default=list)
    consent = models.TextField(blank=True)
    consent_fr = models.TextField(blank=True)
    consent_en = models.TextField(blank=True)
    handed_over_at = models.DateTimeField(null=True)
    template_id = models.UUIDField(null=True, db_index=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    launched_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    launched_at = models.DateTimeField(null=True)
    launches = models.PositiveIntegerField(default=0)
    mandate = models.UUIDField(null=True)
    expires_at = models.DateTimeField(null=True, db_index=True)
    expiry_noticed_at = models.DateTimeField(null=True)
    steps_done = models.PositiveIntegerField(default=0)
    stuck_code = models.CharField(max_length=60, blank=True)
    stuck_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = SealedTextField(purpose="envelopes.end-reason", null=True)
    delete_on = models.DateField(null=True, db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["firm", "-changed_at", "-id"], name="envelopes_of_a_firm"),
            models.Index(fields=["firm", "state", "-changed_at", "-id"], name="envelopes_in_a_state"),
            # With the state at the end the planner needs no statistics: no other index gives the order and leads to as
            # few, and what is in another state is passed over in the index itself.
            models.Index(fields=["firm", "sender", "-changed_at", "-id", "state"], name="envelopes_of_a_sender"),
            models.Index(
                fields=["firm", "launched_by", "-changed_at", "-id", "state"],
                condition=Q(launched_by__isnull=False),
                name="envelopes_launched_by",
            ),
            models.Index(fields=["firm", "sender", "state", "-changed_at"], name="envelopes_sent_in_a_state"),
            models.Index(
                fields=["firm", "-changed_at", "-id"],
                condition=Q(state="draft", handed_over_at__isnull=False),
                name="envelopes_to_launch",
            ),
            models.Index(fields=["state", "changed_at"], name="envelopes_by_state"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class EnvelopeDocument(models.Model):
    """One PDF of a collection, to be signed or only read.

    ``source_file`` is what was brought, ``frozen_file`` the same with every field placed, ``current_file`` what has
    been signed so far (``version`` counts signatures), ``final_file`` the archived result. ``pages`` are (width,
    height) in points, as seen upright; ``open_fields`` the fields it brought that somebody could fill or sign, each a
    row of name, kind, page, x, y, width, height, label. ``writer`` is the open editor that wrote the boxes last, and
    how often. Personal data: whatever the document says, sealed; its title. Goes with the collection.
    """

    class Use(models.TextChoices):
        """What it is for."""

        TO_SIGN = "to_sign"
        ATTACHMENT = "attachment"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    envelope = models.ForeignKey(Envelope, on_delete=models.CASCADE, related_name="documents")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    use = models.CharField(max_length=10, choices=Use.choices, default=Use.TO_SIGN)
    source_file = models.UUIDField(unique=True)
    source_sha256 = models.CharField(max_length=64)
    source_size = models.PositiveBigIntegerField()
    pages = models.JSONField()
    warnings = models.JSONField(default=list)
    empty_fields = models.JSONField(default=list)
    open_fields = models.JSONField(default=list)
    writer = models.CharField(max_length=40, blank=True)
    writer_turn = models.PositiveIntegerField(default=0)
    frozen_file = models.UUIDField(null=True)
    frozen_sha256 = models.CharField(max_length=64, blank=True)
    current_file = models.UUIDField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=0)
    final_file = models.UUIDField(null=True)
    final_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["envelope", "position"], name="documents_of_an_envelope")]

    def __str__(self) -> str:
        return str(self.pk)


class Recipient(models.Model):
    """Somebody to whom a collection goes: signs, approves, or receives a copy.

    Everybody of one ``step`` is asked at the same time, one step after the other. In a template only ``label``, the
    name of the role, is known. Personal data: names, e-mail, mobile (sealed), what he said when he refused (sealed),
    when he did what. Goes with the collection.
    """

    class Role(models.TextChoices):
        """What is asked of him."""

        SIGNER = "signer"
        APPROVER = "approver"
        COPY = "copy"

    class State(models.TextChoices):
        """What he did; ``replaced``: another one was asked in his place."""

        WAITING = "waiting"
        INVITED = "invited"
        OPENED = "opened"
        READ = "read"
        SIGNED = "signed"
        APPROVED = "approved"
        REFUSED = "refused"
        BOUNCED = "bounced"
        REPLACED = "replaced"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    envelope = models.ForeignKey(Envelope, on_delete=models.CASCADE, related_name="recipients")
    position = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField(default=1)
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.SIGNER)
    label = models.CharField(max_length=80, blank=True)
    colour = models.PositiveSmallIntegerField(default=0)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254, blank=True)
    mobile = SealedTextField(purpose="envelopes.mobile", null=True)
    locale = models.CharField(max_length=2, default="fr")
    level = models.CharField(max_length=8, default="simple")
    person = models.ForeignKey("accounts.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    link_number = models.PositiveIntegerField(default=0)
    token_hash = models.CharField(max_length=64, null=True, unique=True)
    reservation = models.CharField(max_length=64, blank=True)
    certificate_reservation = models.CharField(max_length=96, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="replaced_by")
    refusal = SealedTextField(purpose="envelopes.refusal", null=True)
    invited_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["step", "position", "pk"]
        indexes = [models.Index(fields=["envelope", "step", "position"], name="recipients_in_order")]

    def __str__(self) -> str:
        return str(self.pk)


class EnvelopeWord(models.Model):
    """A word by which a collection is found: of its title, or of a name or e-mail of its people, folded, as UTF-8.

    Personal data: parts of names and e-mails. Goes with the collection.
    """

    envelope = models.ForeignKey(Envelope, on_delete=models.CASCADE, related_name="words", db_index=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+", db_index=False)
    word = models.BinaryField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["envelope", "word"], name="one_row_per_word_of_an_envelope")]
        indexes = [models.Index(fields=["firm", "word", "envelope"], name="envelopes_by_word")]

    def __str__(self) -> str:
        return str(self.pk)


class EnvelopeTail(models.Model):
    """What stands inside a word up to its end, once for each word of a firm: "duval" leads there from "val".

    Personal data: parts of names and e-mails. Goes when no collection of the firm has the word any more.
    """

    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+", db_index=False)
    tail = models.BinaryField(max_length=160)
    word = models.BinaryField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "tail", "word"], name="one_row_per_tail_of_a_word")]
        indexes = [models.Index(fields=["firm", "word"], name="tails_of_a_word")]

    def __str__(self) -> str:
        return str(self.pk)


class Field(models.Model):
    """A box that one recipient fills on one page, in points of the page as seen, origin at its top left corner.

    ``name`` is the name of the field in the PDF; with ``existing`` it was there before. Who has several signatures in a
    document signs in one of them, the others are ``repeats``. ``ink`` is what a finger drew beside the value.
    Personal data: what was filled in and drawn (sealed). Goes with the collection.
    """

    class Kind(models.TextChoices):
        """What is filled in; ``mention``: a sentence to be written by hand, named by ``label``."""

        SIGNATURE = "signature"
        INITIALS = "initials"
        TEXT = "text"
        DATE = "date"
        CHECKBOX = "checkbox"
        MENTION = "mention"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(EnvelopeDocument, on_delete=models.CASCADE, related_name="fields")
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="fields")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    page = models.PositiveIntegerField()
    x = models.FloatField()
    y = models.FloatField()
    width = models.FloatField()
    height = models.FloatField()
    name = models.CharField(max_length=120, blank=True)
    existing = models.BooleanField(default=False)
    repeats = models.BooleanField(default=False)
    required = models.BooleanField(default=True)
    label = models.CharField(max_length=200, blank=True)
    value = SealedTextField(purpose="envelopes.field", null=True)
    ink = SealedTextField(purpose="envelopes.field-ink", null=True)
    filled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["page", "y", "x", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "name"], condition=~Q(name=""), name="one_field_per_name_of_a_document"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Ceremony(models.Model):
    """What one recipient did at his link: pages seen, consent, signature drawn, and what keeps him from going on.

    ``level`` is the one at which he signed; ``wait_code`` says why he cannot yet, ``wait_fields`` which parts of his
    name are in the way; ``download_code`` is the keyed hash
    of the code without which what was signed at the advanced level is not given away. Personal data: when he did
    what, his handwriting as an image (a sealed file) or as lines (sealed), what he asked (sealed). Goes with the
    collection.
    """

    recipient = models.OneToOneField(Recipient, on_delete=models.CASCADE, primary_key=True, related_name="ceremony")
    pages_seen = models.JSONField(default=dict)
    consented_at = models.DateTimeField(null=True)
    consent_sha256 = models.CharField(max_length=64, blank=True)
    handwriting = models.UUIDField(null=True)
    ink = SealedTextField(purpose="envelopes.ink", null=True)
    face_to_face = models.BooleanField(default=False)
    level = models.CharField(max_length=8, blank=True)
    wait_code = models.CharField(max_length=60, blank=True)
    wait_fields = models.JSONField(default=list)
    download_code = models.CharField(max_length=64, blank=True)
    download_sent_at = models.DateTimeField(null=True)
    download_sends = models.PositiveSmallIntegerField(default=0)
    download_tries = models.PositiveSmallIntegerField(default=0)
    question = SealedTextField(purpose="envelopes.question", null=True)
    asked_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Report(models.Model):
    """What a recipient reported about a request: that he does not know who asks, that it looks like fraud.

    Personal data: what he wrote (sealed). Goes with the collection.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    envelope = models.ForeignKey(Envelope, on_delete=models.CASCADE, related_name="reports")
    recipient = models.UUIDField(unique=True)
    reason = models.CharField(max_length=20)
    text = SealedTextField(purpose="envelopes.report", null=True)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["answered_at", "at"], name="reports_not_answered")]

    def __str__(self) -> str:
        return str(self.pk)


class Bulk(models.Model):
    """Many collections launched from one template and one table, a line each; ``tries`` counts the retries.

    Personal data: the lines, sealed in the store of files until each has its collection; who asked. Goes with the day
    ``delete_on``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(Envelope, on_delete=models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=200)
    file_id = models.UUIDField(null=True)
    total = models.PositiveIntegerField()
    tries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    delete_on = models.DateField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["firm", "-created_at"], name="bulks_of_a_firm")]

    def __str__(self) -> str:
        return str(self.pk)


class BulkLine(models.Model):
    """What came of one line of a bulk launch: a collection, or the code of what was in the way.

    Personal data: none of its own. Goes with its bulk.
    """

    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    envelope = models.ForeignKey(Envelope, on_delete=models.SET_NULL, null=True, related_name="+")
    failure = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["bulk", "number"], name="one_result_per_line")]

    def __str__(self) -> str:
        return f"{self.bulk_id} line {self.number}"
