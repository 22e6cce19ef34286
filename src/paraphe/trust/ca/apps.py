from django.apps import AppConfig
from django.core import checks


class CaConfig(AppConfig):
    """Issuance: reserve, build, lint, store, sign, compare, record."""

    name = "paraphe.trust.ca"
    label = "ca"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check of the operator's settings."""
        from paraphe.trust.ca.checks import check_operator  # settings are there only now

        checks.register(check_operator)
