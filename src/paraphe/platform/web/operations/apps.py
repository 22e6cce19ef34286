from django.apps import AppConfig


class WebOperationsConfig(AppConfig):
    """What stands still, for operators; the report of a request, for everybody who was sent one."""

    name = "paraphe.platform.web.operations"
    label = "web_operations"
    default_auto_field = "django.db.models.BigAutoField"
