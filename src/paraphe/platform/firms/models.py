"""What a firm set, that it left, and what it took away."""

import uuid

from django.db import models


class FirmOptions(models.Model):
    """What a firm changed of the defaults; a firm that changed nothing has no row.

    Personal data: who changed it last; texts and the logo may name people. Kept as long as the firm uses the service.
    """

    firm = models.OneToOneField("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    changed = models.JSONField(default=dict)
    logo_file = models.UUIDField(null=True)
    changed_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.firm_id} version {self.version}"


class Closing(models.Model):
    """A firm that left the service; the row goes when the firm comes back.

    Personal data: who closed it. Kept as long as documents or evidence refer to the firm.
    """

    firm = models.OneToOneField("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    closed_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.firm_id)


class FirmExport(models.Model):
    """Everything a firm has here, as one sealed ZIP that an accountant asked for.

    Personal data: who asked; whatever the documents say, sealed. The file and the row go on ``delete_on``.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    written = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    file_id = models.UUIDField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField()
    delete_on = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"{self.firm_id} {self.state}"
