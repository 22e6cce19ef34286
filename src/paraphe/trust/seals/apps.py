from django.apps import AppConfig


class SealsConfig(AppConfig):
    """Seals of legal persons: asked for and mandated by a named person, used by a machine within that."""

    name = "paraphe.trust.seals"
    default_auto_field = "django.db.models.BigAutoField"
