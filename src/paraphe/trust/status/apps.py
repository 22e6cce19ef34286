from django.apps import AppConfig


class StatusConfig(AppConfig):
    """OCSP responder and CRL maker."""

    name = "paraphe.trust.status"
    label = "status"
    default_auto_field = "django.db.models.BigAutoField"
