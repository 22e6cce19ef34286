from django.apps import AppConfig


class PlatformWebConfig(AppConfig):
    """Pages of the platform, one folder per journey."""

    name = "paraphe.platform.web"
    label = "platform_web"
    default_auto_field = "django.db.models.BigAutoField"
