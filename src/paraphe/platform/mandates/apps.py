from django.apps import AppConfig


class MandatesConfig(AppConfig):
    """Mandates: rights that an accountant grants to a person of his firm by a signed deed."""

    name = "paraphe.platform.mandates"
    label = "mandates"
    default_auto_field = "django.db.models.BigAutoField"
