"""The door of background work: declare a job, enqueue it, repeat it by the clock, look after what was given up.

Handlers live in ``<app>/jobs.py``, which the worker imports. A job may run more than once (its worker may be killed
after the work and before the outcome is written): handlers are idempotent. Arguments are JSON and hold identifiers,
never secrets or personal data: they stand in the database in clear.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar, cast

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task

from paraphe.floor.jobs.errors import BadPeriod, GiveUp, LetterUnknown
from paraphe.floor.jobs.models import DeadLetter, Schedule
from paraphe.floor.jobs.periods import PERIODS
from paraphe.floor.jobs.rules import valid_period
from paraphe.floor.jobs.tasks import EXPRESS, ORDINARY, JobTask

__all__ = [
    "BadPeriod",
    "GiveUp",
    "JobTask",
    "Letter",
    "LetterUnknown",
    "dead_letters",
    "each",
    "enqueue",
    "every",
    "job",
    "overdue",
    "revive",
]

P = ParamSpec("P")
T = TypeVar("T")
EXPRESS_PRIORITY = 100


@dataclass(frozen=True)
class Letter:
    """A job that was given up: what it was and where its last error happened."""

    id: int
    path: str
    attempts: int
    error: str
    died_at: datetime


def job(
    *, attempts: int = 5, wait: float = 10.0, longest_wait: float = 3600.0, express: bool = False
) -> Callable[[Callable[P, T]], JobTask[P, T]]:
    """Make a module-level function a job.

    It is tried ``attempts`` times in all; ``wait`` seconds pass before the second try, twice as many before each
    further one, ``longest_wait`` at most. A handler raises GiveUp when repeating cannot help. ``express`` jobs have a
    lane of their own, so that a one-time code never waits behind a long job.
    """

    def decorate(function: Callable[P, T]) -> JobTask[P, T]:
        made = task(
            priority=EXPRESS_PRIORITY if express else 0,
            queue_name=EXPRESS if express else ORDINARY,
            attempts=attempts,
            wait=wait,
            longest_wait=longest_wait,
        )(function)
        return cast(JobTask[P, T], made)

    return decorate


def every(cron: str, *, attempts: int = 5) -> Callable[[Callable[[], T] | JobTask[[], T]], JobTask[[], T]]:
    """Run a job, or a function made one, by the clock of the site: ``every("15 3 * * *")``.

    Each time comes once, whatever the number of workers; a time missed while nothing ran comes once at start; a time
    is left out while the job of the time before has not ended. Raises BadPeriod.
    """
    if not valid_period(cron):
        raise BadPeriod(cron=cron)

    def decorate(function: Callable[[], T] | JobTask[[], T]) -> JobTask[[], T]:
        made = function if isinstance(function, JobTask) else job(attempts=attempts)(function)
        PERIODS[made.module_path] = (cron, made)
        return made

    return decorate


def enqueue(job: JobTask[..., Any], *args: Any, after: datetime | timedelta | None = None, **kwargs: Any) -> str:
    """Write a job in the caller's transaction and return its identifier; ``after`` is when it may run at the earliest.

    Raises TypeError for arguments that are not JSON.
    """
    moment = timezone.now() + after if isinstance(after, timedelta) else after
    return job.using(run_after=moment).enqueue(*args, **kwargs).id


def each(items: Iterable[T], act: Callable[[T], object]) -> None:
    """Do ``act`` for each of ``items``: one that fails keeps nobody behind it. Raises the first error, at the end."""
    failed: Exception | None = None
    for item in items:
        try:
            act(item)
        except Exception as error:  # noqa: BLE001 - it is raised when the others have had their turn
            failed = failed or error
    if failed is not None:
        raise failed


def overdue(patience: timedelta) -> datetime | None:
    """Return when the periodic job was due that waits longest, when that is more than ``patience`` ago; else None.

    No worker looks at the clock then.
    """
    first = Schedule.objects.filter(next_due__lt=timezone.now() - patience).order_by("next_due").first()
    return first.next_due if first is not None else None


def dead_letters() -> list[Letter]:
    """Return every job that was given up, the newest first."""
    letters = DeadLetter.objects.order_by("-died_at", "-pk")
    return [Letter(letter.pk, letter.path, letter.attempts, letter.error, letter.died_at) for letter in letters]


def revive(letter_id: int) -> str:
    """Enqueue again a job that was given up, with all its attempts, and return its new identifier.

    Raises LetterUnknown.
    """
    with transaction.atomic():
        letter = DeadLetter.objects.filter(pk=letter_id).first()
        if letter is None or not DeadLetter.objects.filter(pk=letter_id).delete()[0]:
            raise LetterUnknown(letter=letter_id)
        return enqueue(import_string(letter.path), *letter.args, **letter.kwargs)
