from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Private keys, served by a signer process of its own over a Unix socket."""

    name = "paraphe.trust.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"
