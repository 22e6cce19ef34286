"""Housekeeping of the queue itself."""

from datetime import timedelta

from django.utils import timezone

from paraphe.floor.jobs import api
from paraphe.floor.jobs.backend import row_backend
from paraphe.floor.jobs.models import DeadLetter

KEEP_HOURS = 24
KEEP_LETTERS = timedelta(days=90)


@api.every("40 3 * * *")
def purge_ended_jobs() -> None:
    """Delete jobs that ended more than a day ago, and dead letters of more than ninety days."""
    row_backend().purge(KEEP_HOURS)
    DeadLetter.objects.filter(died_at__lt=timezone.now() - KEEP_LETTERS).delete()
