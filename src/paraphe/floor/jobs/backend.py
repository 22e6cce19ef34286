"""What both backends of django-tasks have in common."""

from abc import abstractmethod
from typing import Any, ParamSpec, TypeVar, cast

from django.utils import timezone
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, task_backends
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.signals import task_enqueued
from django_tasks.utils import normalize_json

from paraphe.floor.jobs.queue import Queue
from paraphe.floor.jobs.tasks import EXPRESS, ORDINARY, JobTask

P = ParamSpec("P")
T = TypeVar("T")


class RowBackend(BaseTaskBackend):
    """Writes each job as a row in the caller's transaction: no job before its commit, none lost after it."""

    task_class = JobTask
    supports_defer = True
    supports_priority = True

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, params)
        self.queues = {ORDINARY, EXPRESS}

    def enqueue(
        self,
        task: Task[P, T],
        args: P.args,  # type: ignore[valid-type]
        kwargs: P.kwargs,  # type: ignore[valid-type]
    ) -> TaskResult[T]:
        """Write the job. Raises TypeError for arguments that are not JSON."""
        self.validate_task(task)
        plain_args = cast(list[Any], normalize_json(list(args)))
        plain_kwargs = cast(dict[str, Any], normalize_json(dict(kwargs)))
        result: TaskResult[T] = TaskResult(
            task=task,
            id=self.insert(cast(JobTask[..., Any], task), plain_args, plain_kwargs),
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=plain_args,
            kwargs=plain_kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
        task_enqueued.send(type(self), task_result=result)
        return result

    @abstractmethod
    def insert(self, task: JobTask[..., Any], args: list[Any], kwargs: dict[str, Any]) -> str:
        """Write the row and return its identifier."""

    @abstractmethod
    def unfinished(self, path: str) -> bool:
        """Tell whether a job of this path waits or runs."""

    @abstractmethod
    def queue(self, lease_seconds: float) -> Queue:
        """Return a new worker's view of the waiting jobs."""

    @abstractmethod
    def purge(self, hours: int) -> None:
        """Delete jobs that ended more than ``hours`` ago."""


def row_backend() -> RowBackend:
    """Return the backend of this site."""
    return cast(RowBackend, task_backends[DEFAULT_TASK_BACKEND_ALIAS])
