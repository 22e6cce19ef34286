from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Joins paraphe.pdf to a remote signing service over CSC and RFC 3161."""

    name = "paraphe.platform.signing"
    label = "signing"
    default_auto_field = "django.db.models.BigAutoField"
