from django.apps import AppConfig


class CodesConfig(AppConfig):
    """One-time codes by SMS."""

    name = "paraphe.trust.codes"
    label = "codes"
    default_auto_field = "django.db.models.BigAutoField"
