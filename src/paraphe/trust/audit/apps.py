from django.apps import AppConfig


class AuditConfig(AppConfig):
    """What an auditor asks: is the journal whole, is everything that was issued in it, and nothing else."""

    name = "paraphe.trust.audit"
    default_auto_field = "django.db.models.BigAutoField"
