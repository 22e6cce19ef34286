from django.apps import AppConfig


class TsaConfig(AppConfig):
    """Time-stamping unit, RFC 3161."""

    name = "paraphe.trust.tsa"
    label = "tsa"
    default_auto_field = "django.db.models.BigAutoField"
