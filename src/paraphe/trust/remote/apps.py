from django.apps import AppConfig


class RemoteConfig(AppConfig):
    """Credentials, activation bound to digests, hash signing."""

    name = "paraphe.trust.remote"
    label = "remote"
    default_auto_field = "django.db.models.BigAutoField"
