from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Append-only, hash-chained log of everything that proves a signature."""

    name = "paraphe.platform.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"
