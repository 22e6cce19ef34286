from django.apps import AppConfig


class RaConfig(AppConfig):
    """Registration authority: subjects, identity cases, officers."""

    name = "paraphe.trust.ra"
    label = "ra"
    default_auto_field = "django.db.models.BigAutoField"
