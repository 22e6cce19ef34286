from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """People, firms, delegations and the OpenID Connect provider."""

    name = "paraphe.comptexpert.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
