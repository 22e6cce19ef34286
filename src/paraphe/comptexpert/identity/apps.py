import os

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """People, firms, delegations and the OpenID Connect provider."""

    name = "paraphe.comptexpert.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let Authlib speak plain HTTP beyond localhost: this site is a demonstration and starts as nothing else."""
        os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")
