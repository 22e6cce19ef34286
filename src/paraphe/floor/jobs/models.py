"""Tables of background work: jobs (lease backend only), periods, dead letters."""

import uuid

from django.db import models
from django.db.models import Q


class Job(models.Model):
    """One job of the lease backend. Rows of Procrastinate take its place on PostgreSQL.

    Personal data: none; arguments are identifiers. Done jobs go after a day.
    """

    class Status(models.TextChoices):
        """Where the job stands. A running job whose lease has ended may be claimed by another worker."""

        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    path = models.CharField(max_length=128)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    queue_name = models.CharField(max_length=20)
    priority = models.SmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.READY)
    run_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField()
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    enqueued_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="running", lease_token__isnull=False, lease_until__isnull=False)
                | (~Q(status="running") & Q(lease_token__isnull=True, lease_until__isnull=True)),
                name="jobs_lease_while_running",
            )
        ]
        indexes = [
            models.Index(
                fields=["-priority", "run_after"], name="jobs_due", condition=Q(status__in=["ready", "running"])
            ),
            models.Index(fields=["path"], name="jobs_unfinished", condition=Q(status__in=["ready", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.status}"


class Schedule(models.Model):
    """When a periodic job is due next. Personal data: none. One row per periodic job, kept."""

    path = models.CharField(max_length=128, primary_key=True)
    cron = models.CharField(max_length=60)
    next_due = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.path} {self.cron}"


class DeadLetter(models.Model):
    """A job that was given up, with the class and place of its last error.

    Personal data: none, see Job. Kept until an operator revives it, ninety days at most.
    """

    job_id = models.CharField(max_length=40)
    path = models.CharField(max_length=128)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField()
    error = models.CharField(max_length=1000)
    died_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.path}: {self.error}"
