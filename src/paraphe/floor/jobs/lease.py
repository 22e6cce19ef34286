"""The queue of SQLite, on one machine: a row is claimed for a short time, and the claim renewed while the job runs.

A worker that dies stops renewing; its jobs are claimed again when the lease ends. So a job may run twice: handlers are
idempotent. Only who still holds the lease may write the outcome down.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from paraphe.floor.jobs.backend import RowBackend
from paraphe.floor.jobs.models import Job
from paraphe.floor.jobs.queue import Again, Claimed, Dead, Outcome, Queue, bury
from paraphe.floor.jobs.tasks import EXPRESS, JobTask

UNFINISHED = [Job.Status.READY, Job.Status.RUNNING]


class LeaseBackend(RowBackend):
    """Jobs as rows of ``Job``."""

    def insert(self, task: JobTask[..., Any], args: list[Any], kwargs: dict[str, Any]) -> str:
        """Write the row and return its identifier."""
        now = timezone.now()
        job = Job.objects.create(
            path=task.module_path,
            args=args,
            kwargs=kwargs,
            queue_name=task.queue_name,
            priority=task.priority,
            run_after=task.run_after or now,
            max_attempts=task.attempts,
            enqueued_at=now,
        )
        return str(job.id)

    def unfinished(self, path: str) -> bool:
        """Tell whether a job of this path waits or runs."""
        return Job.objects.filter(path=path, status__in=UNFINISHED).exists()

    def queue(self, lease_seconds: float) -> Queue:
        """Return a new worker's view of the waiting jobs."""
        return LeaseQueue(lease_seconds)

    def purge(self, hours: int) -> None:
        """Delete jobs that ended more than ``hours`` ago."""
        ended = [Job.Status.DONE, Job.Status.DEAD]
        Job.objects.filter(status__in=ended, finished_at__lt=timezone.now() - timedelta(hours=hours)).delete()


class LeaseQueue:
    """A worker's view of ``Job``."""

    def __init__(self, lease_seconds: float) -> None:
        self._lease = timedelta(seconds=lease_seconds)

    def open(self) -> None:
        """Do nothing: workers are known by their leases only."""

    def close(self) -> None:
        """Do nothing."""

    def claim(self, *, express: bool) -> Claimed | None:
        """Take the next due job: read without a lock, then one conditional UPDATE that only one worker can win."""
        while True:
            now = timezone.now()
            due = Job.objects.filter(
                Q(status=Job.Status.READY, run_after__lte=now) | Q(status=Job.Status.RUNNING, lease_until__lt=now)
            )
            if express:
                due = due.filter(queue_name=EXPRESS)
            job = due.order_by("-priority", "run_after", "enqueued_at").first()
            if job is None:
                return None
            if job.attempts >= job.max_attempts:
                self._bury_killer(job, now)
            elif claimed := self._take(job, now):
                return claimed

    def _take(self, job: Job, now: datetime) -> Claimed | None:
        token = uuid.uuid4()
        taken = _as_seen(job).update(
            status=Job.Status.RUNNING, lease_token=token, lease_until=now + self._lease, attempts=F("attempts") + 1
        )
        return _claimed(job, job.attempts + 1, str(token)) if taken else None

    def _bury_killer(self, job: Job, now: datetime) -> None:
        """Give up a job whose last permitted worker died: it may have killed it."""
        with transaction.atomic():
            if _as_seen(job).update(status=Job.Status.DEAD, lease_token=None, lease_until=None, finished_at=now):
                bury(_claimed(job, job.attempts, ""), "the worker died or was stopped at each attempt")

    def settle(self, claimed: Claimed, outcome: Outcome) -> bool:
        """Write the outcome down if the lease is still this worker's."""
        now = timezone.now()
        mine = Job.objects.filter(pk=claimed.id, lease_token=claimed.token, status=Job.Status.RUNNING)
        if isinstance(outcome, Again):
            changes: dict[str, Any] = {"status": Job.Status.READY, "run_after": outcome.at}
        else:
            status = Job.Status.DEAD if isinstance(outcome, Dead) else Job.Status.DONE
            changes = {"status": status, "finished_at": now}
        with transaction.atomic():
            held = mine.update(lease_token=None, lease_until=None, **changes) == 1
            if held and isinstance(outcome, Dead):
                bury(claimed, outcome.error)
        return held

    def beat(self, running: Collection[Claimed]) -> None:
        """Renew the leases of what runs."""
        if running:
            tokens = [claimed.token for claimed in running]
            Job.objects.filter(lease_token__in=tokens, status=Job.Status.RUNNING).update(
                lease_until=timezone.now() + self._lease
            )


def _as_seen(job: Job) -> Any:
    """Return the row if nobody has changed its claim since it was read."""
    return Job.objects.filter(pk=job.pk, status=job.status, lease_token=job.lease_token, attempts=job.attempts)


def _claimed(job: Job, attempt: int, token: str) -> Claimed:
    return Claimed(
        id=str(job.id),
        path=job.path,
        args=job.args,
        kwargs=job.kwargs,
        attempt=attempt,
        max_attempts=job.max_attempts,
        token=token,
    )
