from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Persons, firms, delegations; sign-in by OpenID Connect."""

    name = "paraphe.platform.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
