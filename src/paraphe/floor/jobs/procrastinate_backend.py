"""The queue of PostgreSQL, on any number of machines: the tables and functions of Procrastinate.

Jobs are deferred, fetched (SKIP LOCKED), finished and retried by Procrastinate's own job manager, over Django's
connection: a job is part of the caller's transaction. The worker is ours and the same as on SQLite: Procrastinate's
would defer from its own connections, skip periods missed for ten minutes, and leave jobs of dead workers behind.
"""

import json
from collections.abc import Collection
from typing import Any, cast

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from paraphe.floor.jobs.backend import RowBackend
from paraphe.floor.jobs.queue import Again, Claimed, Dead, Outcome, Queue, bury
from paraphe.floor.jobs.tasks import EXPRESS, JobTask


class ProcrastinateBackend(RowBackend):
    """Jobs as rows of Procrastinate."""

    def insert(self, task: JobTask[..., Any], args: list[Any], kwargs: dict[str, Any]) -> str:
        """Write the row and return its identifier."""
        deferrer = app.configure_task(
            task.module_path, queue=task.queue_name, priority=task.priority, schedule_at=task.run_after
        )
        return str(deferrer.defer(args=args, kwargs=kwargs, max_attempts=task.attempts))

    def unfinished(self, path: str) -> bool:
        """Tell whether a job of this path waits or runs."""
        return ProcrastinateJob.objects.filter(task_name=path, status__in=["todo", "doing"]).exists()

    def queue(self, lease_seconds: float) -> Queue:
        """Return a new worker's view of the waiting jobs."""
        return ProcrastinateQueue(lease_seconds)

    def purge(self, hours: int) -> None:
        """Delete jobs that ended more than ``hours`` ago; what was given up stays as a dead letter."""
        async_to_sync(_manager().delete_old_jobs)(
            nb_hours=hours, include_failed=True, include_cancelled=True, include_aborted=True
        )


class ProcrastinateQueue:
    """A worker's view of Procrastinate's tables."""

    def __init__(self, lease_seconds: float) -> None:
        self._silence = lease_seconds
        self._worker = 0

    def open(self) -> None:
        """Register this worker."""
        self._worker = async_to_sync(_manager().register_worker)()

    def close(self) -> None:
        """Unregister this worker."""
        async_to_sync(_manager().unregister_worker)(self._worker)

    def claim(self, *, express: bool) -> Claimed | None:
        """Take the next due job."""
        queues = [EXPRESS] if express else None
        job = async_to_sync(_manager().fetch_job)(queues=queues, worker_id=self._worker)
        if job is None:
            return None
        claimed = _claimed(cast(int, job.id), job.task_name, job.task_kwargs, job.attempts + 1, str(self._worker))
        if claimed.attempt > claimed.max_attempts:
            self.settle(claimed, Dead("the worker died or was stopped at each attempt"))
            return self.claim(express=express)
        return claimed

    def settle(self, claimed: Claimed, outcome: Outcome) -> bool:
        """Write the outcome down if the job is still this worker's."""
        manager = _manager()
        with transaction.atomic():
            if not _held(claimed):
                return False
            if isinstance(outcome, Again):
                async_to_sync(manager.retry_job_by_id_async)(job_id=int(claimed.id), retry_at=outcome.at)
                return True
            dead = isinstance(outcome, Dead)
            async_to_sync(manager.finish_job_by_id_async)(
                job_id=int(claimed.id), status=Status.FAILED if dead else Status.SUCCEEDED, delete_job=False
            )
            if isinstance(outcome, Dead):
                bury(claimed, outcome.error)
        return True

    def beat(self, running: Collection[Claimed]) -> None:
        """Renew this worker's heartbeat, and take back the jobs of workers that have fallen silent."""
        manager = _manager()
        if ProcrastinateWorker.objects.filter(pk=self._worker).exists():
            async_to_sync(manager.update_heartbeat)(self._worker)
        else:  # it was silent for too long itself and others took its jobs
            self.open()
        # Takes their number off their jobs; a job in hand without a worker is stalled.
        async_to_sync(manager.prune_stalled_workers)(self._silence)
        stalled = async_to_sync(manager.get_stalled_jobs)(seconds_since_heartbeat=self._silence)
        for job in stalled:
            self._take_back(cast(int, job.id))

    def _take_back(self, job_id: int) -> None:
        with transaction.atomic():
            # Two workers may see the same stalled job: the first one here takes it, the second skips it.
            stalled = ProcrastinateJob.objects.select_for_update(skip_locked=True, of=("self",))
            if stalled.filter(pk=job_id, status="doing", worker__isnull=True).first():
                async_to_sync(_manager().retry_job_by_id_async)(job_id=job_id, retry_at=timezone.now())


def _held(claimed: Claimed) -> bool:
    job = ProcrastinateJob.objects.select_for_update(of=("self",)).filter(pk=int(claimed.id), status="doing").first()
    return job is not None and str(job.worker_id) == claimed.token and job.attempts + 1 == claimed.attempt


def _manager() -> JobManager:
    return app.job_manager


def _claimed(job_id: int, path: str, arguments: Any, attempt: int, token: str) -> Claimed:
    # Django's connection gives JSON as text, Procrastinate's own as an object.
    stored = json.loads(arguments) if isinstance(arguments, str) else arguments
    return Claimed(
        id=str(job_id),
        path=path,
        args=stored.get("args", []),
        kwargs=stored.get("kwargs", {}),
        attempt=attempt,
        max_attempts=stored.get("max_attempts", 1),
        token=token,
    )
