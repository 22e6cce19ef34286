from django.apps import AppConfig


class CaConfig(AppConfig):
    """Issuance: reserve, build, lint, store, sign, compare, record."""

    name = "paraphe.trust.ca"
    label = "ca"
    default_auto_field = "django.db.models.BigAutoField"
