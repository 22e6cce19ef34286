from django.apps import AppConfig


class ProofConfig(AppConfig):
    """What convinces a judge: evidence files, attestations, their check without any server."""

    name = "paraphe.platform.proof"
    label = "proof"
    default_auto_field = "django.db.models.BigAutoField"
