from django.apps import AppConfig


class WebCeremonyConfig(AppConfig):
    """Pages of those who are invited to sign."""

    name = "paraphe.platform.web.ceremony"
    label = "web_ceremony"
    default_auto_field = "django.db.models.BigAutoField"
