from django.apps import AppConfig


class WebHomeConfig(AppConfig):
    """The private space: what waits, what is under way, search."""

    name = "paraphe.platform.web.home"
    label = "web_home"
    default_auto_field = "django.db.models.BigAutoField"
