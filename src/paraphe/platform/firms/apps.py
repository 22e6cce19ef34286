from django.apps import AppConfig


class FirmsConfig(AppConfig):
    """What a firm set for itself: options, membership and the terms it signed."""

    name = "paraphe.platform.firms"
    label = "firms"
    default_auto_field = "django.db.models.BigAutoField"
