from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Background work as rows, behind the django-tasks API."""

    name = "paraphe.floor.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
