"""Seals of firms, batches and their items, releases, deliveries.

Counters stand in the row of the batch and are moved with the rows they count: nothing is counted again, so that a page
costs the same for 100 items and for 100,000.
"""

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from paraphe.floor.secrets import SealedTextField

if TYPE_CHECKING:
    from paraphe.platform.accounts.api import Person


class Seal(models.Model):
    """The certificate of a firm as a legal person, at the trust service provider.

    States: ``asked`` (its deed waits for the accountant) → ``issued`` → ``revoked`` or ``replaced`` by a newer one; a
    request that nobody signed is ``dropped``. Personal data: which accountant asked. Kept as long as evidence is kept.
    """

    class State(models.TextChoices):
        """How far the seal is."""

        ASKED = "asked"
        ISSUED = "issued"
        REVOKED = "revoked"
        REPLACED = "replaced"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    #: Keyed hash of what the browser brings back from the trust site.
    state_hash = models.CharField(max_length=64, blank=True)
    deed_id = models.CharField(max_length=80, blank=True)
    subject_id = models.CharField(max_length=80, blank=True)
    credential_id = models.CharField(max_length=80, blank=True)
    common_name = models.CharField(max_length=200, blank=True)
    organisation_id = models.CharField(max_length=40, blank=True)
    certificate = models.BinaryField(default=b"")
    not_before = models.DateTimeField(null=True)
    not_after = models.DateTimeField(null=True)
    #: The last reminder before the end, in days; None before the first.
    reminded = models.PositiveSmallIntegerField(null=True)
    asked_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm"], condition=Q(state="issued"), name="one_seal_in_force_per_firm")
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.state}"


class StandingMandate(models.Model):
    """What an accountant signed so that named persons release batches with a code, for a purpose, a number, a time.

    States: ``asked`` → ``given`` → ``withdrawn`` or ``over``; one that nobody signed is ``dropped``. Personal data: who
    gave it, and who may release (numbers of persons; the mobiles are with the trust site). Kept as evidence is kept.
    """

    class State(models.TextChoices):
        """How far it is."""

        ASKED = "asked"
        GIVEN = "given"
        WITHDRAWN = "withdrawn"
        OVER = "over"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="+")
    granted_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    people: "models.ManyToManyField[Person, models.Model]" = models.ManyToManyField("accounts.Person", related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.ASKED)
    state_hash = models.CharField(max_length=64, blank=True)
    deed_id = models.CharField(max_length=80, blank=True)
    token = SealedTextField(purpose="sealing.standing", null=True)
    purpose = models.CharField(max_length=120)
    most = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["firm", "state"], name="standing_mandates_of_a_firm")]

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"


class Batch(models.Model):
    """Documents that are sealed together.

    States: ``draft`` (files come and are looked at) → ``releasing`` (the list is fixed, a person authorises) →
    ``sealing`` ⇄ ``paused`` → ``closing`` (manifest) → ``done`` or ``cancelled``. ``problem`` says why it paused by
    itself. Personal data: who made it, and what the documents say, sealed. Files go on ``delete_on``; the manifest and
    the row, without names of files, are kept as long as evidence is kept.
    """

    class State(models.TextChoices):
        """How far the batch is."""

        DRAFT = "draft"
        RELEASING = "releasing"
        SEALING = "sealing"
        PAUSED = "paused"
        CLOSING = "closing"
        DONE = "done"
        CANCELLED = "cancelled"

    class Level(models.TextChoices):
        """Levels of ETSI EN 319 142-1."""

        BT = "B-T"
        BLT = "B-LT"
        BLTA = "B-LTA"

    class Place(models.TextChoices):
        """Where a visible seal stands."""

        LAST = "last"
        FIRST = "first"
        TEXT = "text"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, default="other")
    purpose = models.CharField(max_length=120)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    problem = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=5, choices=Level.choices, default=Level.BLT)
    visible = models.BooleanField(default=False)
    place = models.CharField(max_length=5, choices=Place.choices, default=Place.LAST)
    place_text = models.CharField(max_length=100, blank=True)
    #: DocMDP: 1 nothing may change, 2 forms may be filled, 3 comments too; None: no certification.
    certify = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=2, default="fr")
    retention_days = models.PositiveIntegerField()
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, null=True, related_name="+")

    total = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    checked = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    released = models.PositiveIntegerField(default=0)
    sealed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    #: Whose the files that were added are to look at, and when work was last done: who sweeps knows what stopped.
    inspecting_until = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)

    list_sha256 = models.CharField(max_length=64, blank=True)
    #: What proves the certificates of the seal and of the timestamps, fetched once for all workers.
    proofs_file = models.UUIDField(null=True)
    proofs_at = models.DateTimeField(null=True)
    manifest_csv = models.UUIDField(null=True)
    manifest_pdf = models.UUIDField(null=True)
    manifest_sealed = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    #: Since when the present run seals, and how many were sealed before it: speed without counting.
    run_since = models.DateTimeField(null=True)
    run_from = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    delete_on = models.DateField(db_index=True)
    warned_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["firm", "-created_at"], name="batches_of_a_firm"),
            models.Index(fields=["state"], name="batches_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"


class Release(models.Model):
    """One authorisation to seal ``count`` documents: by whom, of which list, under what at the trust site.

    States: ``proposed`` (a first person asks a second one) → ``asked`` (somebody is at the trust site) → ``given`` →
    ``over``; ``dropped`` when nothing came of it. Personal data: who released. Kept as long as evidence is kept.
    """

    class State(models.TextChoices):
        """How far it is."""

        PROPOSED = "proposed"
        ASKED = "asked"
        GIVEN = "given"
        OVER = "over"
        DROPPED = "dropped"

    class Way(models.TextChoices):
        """A mandate for this batch signed with his own certificate, or a code under a standing mandate."""

        DEED = "deed"
        CODE = "code"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="releases")
    state = models.CharField(max_length=8, choices=State.choices)
    way = models.CharField(max_length=4, choices=Way.choices, blank=True)
    two_persons = models.BooleanField(default=False)
    proposed_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    released_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    #: The right of ``released_by``: the mandate of the platform under which it is counted, None for none.
    grant = models.UUIDField(null=True)
    standing = models.ForeignKey(StandingMandate, on_delete=models.PROTECT, null=True, related_name="+")
    count = models.PositiveIntegerField()
    list_sha256 = models.CharField(max_length=64)
    trust_id = models.CharField(max_length=80, blank=True)
    token = SealedTextField(purpose="sealing.release", null=True)
    state_hash = models.CharField(max_length=64, blank=True)
    sealed_before = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch"], condition=Q(state__in=["proposed", "asked", "given"]), name="one_release_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(two_persons=False)
                | Q(released_by=None)
                | (Q(proposed_by__isnull=False) & ~Q(released_by=F("proposed_by"))),
                name="the_second_person_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.state}"


class Chunk(models.Model):
    """Some 100 items that one worker seals together: claimed by a lease, gone on with by another when that lapses.

    States: ``open`` → ``prepared`` (what will be signed is stored) → ``signed`` (values are stored) → ``done``. The
    trust site gives the same values for the same ``attempt`` again. Personal data: none. Goes with the files.
    """

    class State(models.TextChoices):
        """How far the chunk is."""

        OPEN = "open"
        PREPARED = "prepared"
        SIGNED = "signed"
        DONE = "done"

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="chunks")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    claim = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempt = models.UUIDField(default=uuid.uuid4)
    prepared_file = models.UUIDField(null=True)
    activation = SealedTextField(purpose="sealing.activation", null=True)
    values = models.JSONField(default=list)
    #: The one that seals the manifest, and no item.
    manifest = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["batch", "id"], name="chunks_that_wait", condition=~Q(state="done")),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.pk} {self.state}"


class Item(models.Model):
    """One file of a batch.

    States: ``added`` → ``ready`` or ``refused`` (with a code) → ``sealed`` or ``failed`` (with a code). Personal data:
    the name of the file, which may name a person, and what the file says, sealed. Goes on the day of the batch.
    """

    class State(models.TextChoices):
        """How far the item is."""

        ADDED = "added"
        READY = "ready"
        REFUSED = "refused"
        SEALED = "sealed"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    path = models.CharField(max_length=400)
    state = models.CharField(max_length=7, choices=State.choices, default=State.ADDED)
    code = models.CharField(max_length=64, blank=True)
    file = models.UUIDField(null=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField(default=0)
    claim = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    chunk = models.ForeignKey(Chunk, on_delete=models.SET_NULL, null=True, related_name="items")
    result = models.UUIDField(null=True)
    result_sha256 = models.CharField(max_length=64, blank=True)
    result_size = models.PositiveBigIntegerField(default=0)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "path"], name="one_item_per_path")]
        indexes = [
            models.Index(fields=["batch", "state", "id"], name="items_by_state"),
            models.Index(fields=["batch", "sha256"], name="items_by_content"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.pk} {self.state}"


class Parcel(models.Model):
    """A ZIP that waits to be unpacked into a batch, or a PDF that waits to be split into one.

    Personal data: whatever the file says, sealed. The file goes once it is unpacked; the row with the files of the
    batch.
    """

    class Kind(models.TextChoices):
        """What is done with it."""

        ZIP = "zip"
        SPLIT = "split"

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="parcels")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    name = models.CharField(max_length=200)
    file = models.UUIDField(null=True)
    rule = models.JSONField(default=dict)
    code = models.CharField(max_length=64, blank=True)
    #: Entries that were left out, each with its reason; at most 200 are told.
    left_out = models.JSONField(default=list)
    taken = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Delivery(models.Model):
    """A sealed file that goes to one person by a secure link.

    Personal data: name and e-mail (sealed), when it was opened. Goes on the day of the batch.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="deliveries")
    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="delivery")
    name = SealedTextField(purpose="sealing.delivery")
    email = SealedTextField(purpose="sealing.delivery")
    language = models.CharField(max_length=2, default="fr")
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    failed = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "id"], name="deliveries_to_send", condition=Q(sent_at=None))]

    def __str__(self) -> str:
        return str(self.pk)
