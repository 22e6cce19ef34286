from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """Tokens with which programs of a firm bring files to the platform."""

    name = "paraphe.platform.programs"
    label = "programs"
    default_auto_field = "django.db.models.BigAutoField"
