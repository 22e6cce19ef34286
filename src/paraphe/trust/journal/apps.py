from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Append-only, hash-chained log of the trust services."""

    name = "paraphe.trust.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"
