from django.apps import AppConfig


class WebSettingsConfig(AppConfig):
    """My account: certificates, telephone, sessions, language, notices, own data."""

    name = "paraphe.platform.web.settings"
    label = "web_settings"
    default_auto_field = "django.db.models.BigAutoField"
