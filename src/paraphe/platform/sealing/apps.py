from django.apps import AppConfig


class SealingConfig(AppConfig):
    """Batches of seals of a firm: items, release, progress, results."""

    name = "paraphe.platform.sealing"
    label = "sealing"
    default_auto_field = "django.db.models.BigAutoField"
