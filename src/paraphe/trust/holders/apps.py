from django.apps import AppConfig


class HoldersConfig(AppConfig):
    """One person over all his certificates, how he signs in, what he authorises with."""

    name = "paraphe.trust.holders"
    default_auto_field = "django.db.models.BigAutoField"
