from django.apps import AppConfig


class WebEnvelopesConfig(AppConfig):
    """Pages of those who prepare, launch and follow collections."""

    name = "paraphe.platform.web.envelopes"
    label = "web_envelopes"
    default_auto_field = "django.db.models.BigAutoField"
