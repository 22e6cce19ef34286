from django.apps import AppConfig


class WebSealingConfig(AppConfig):
    """Pages of those who seal batches."""

    name = "paraphe.platform.web.sealing"
    label = "web_sealing"
    default_auto_field = "django.db.models.BigAutoField"
