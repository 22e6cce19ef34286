from django.apps import AppConfig


class RegisterConfig(AppConfig):
    """Serial numbers, certificates, statuses."""

    name = "paraphe.trust.register"
    label = "register"
    default_auto_field = "django.db.models.BigAutoField"
