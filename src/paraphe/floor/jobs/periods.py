"""Periodic jobs: which there are, and the step that enqueues those whose time has come."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.floor.jobs.backend import row_backend
from paraphe.floor.jobs.models import Schedule
from paraphe.floor.jobs.rules import next_time
from paraphe.floor.jobs.tasks import JobTask

PERIODS: dict[str, tuple[str, JobTask[[], Any]]] = {}


def tick() -> int:
    """Enqueue each periodic job whose time has come, and return how many that were.

    Any number of workers may do this at once: only the one that moves a row to its next time enqueues, in the same
    transaction.
    """
    known = {schedule.path: schedule for schedule in Schedule.objects.all()}
    return sum(_tick_one(path, known.get(path)) for path in list(PERIODS))


def _tick_one(path: str, seen: Schedule | None) -> bool:
    cron, job = PERIODS[path]
    now = timezone.now()
    following = next_time(cron, now, settings.TIME_ZONE)
    if seen is None:
        Schedule.objects.get_or_create(path=path, defaults={"cron": cron, "next_due": following})
        return False
    row = Schedule.objects.filter(path=path, cron=seen.cron, next_due=seen.next_due)
    if seen.cron != cron:
        row.update(cron=cron, next_due=following)
        return False
    if seen.next_due > now:
        return False
    with transaction.atomic():
        if not row.update(next_due=following) or row_backend().unfinished(path):
            return False
        job.enqueue()
    return True
