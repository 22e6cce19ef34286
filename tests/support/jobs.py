"""What tests look at in the queue of the site, whichever it is."""

from django.conf import settings
from django.db import connection
from django.utils import timezone

from paraphe.floor.jobs.models import Job


def _on_procrastinate() -> bool:
    return "procrastinate" in settings.TASKS["default"]["BACKEND"]


def all_due_now() -> None:
    """Let every waiting job be due, without waiting for its hour."""
    if _on_procrastinate():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    else:
        Job.objects.filter(status=Job.Status.READY).update(run_after=timezone.now())


def waiting() -> list[str]:
    """Return the paths of all jobs that wait, in the order of their enqueuing."""
    if not _on_procrastinate():
        return list(Job.objects.filter(status=Job.Status.READY).order_by("enqueued_at").values_list("path", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return [path for (path,) in cursor.fetchall()]
