from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Background work as rows, behind the django-tasks API."""

    name = "paraphe.floor.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import ``jobs.py`` of every application, so that its jobs and periods are known."""
        autodiscover_modules("jobs")
