"""What tests look at in the queue of the site, whichever it is."""

from django.conf import settings
from django.db import connection
from django.utils import timezone


def _on_procrastinate() -> bool:
    return "procrastinate" in settings.TASKS["default"]["BACKEND"]


def all_due_now() -> None:
    """Let every waiting job be due, without waiting for its hour."""
    with connection.cursor() as cursor:
        if _on_procrastinate():
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
        else:
            cursor.execute("UPDATE jobs_job SET run_after = %s WHERE status = 'ready'", [timezone.now()])


def waiting() -> list[str]:
    """Return the paths of all jobs that wait, in the order of their enqueuing."""
    with connection.cursor() as cursor:
        if _on_procrastinate():
            cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        else:
            cursor.execute("SELECT path FROM jobs_job WHERE status = 'ready' ORDER BY enqueued_at, rowid")
        return [path for (path,) in cursor.fetchall()]
