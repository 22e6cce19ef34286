from django.apps import AppConfig


class EnvelopesConfig(AppConfig):
    """Collections of signatures: drafts, signers, ceremonies, templates."""

    name = "paraphe.platform.envelopes"
    label = "envelopes"
    default_auto_field = "django.db.models.BigAutoField"
