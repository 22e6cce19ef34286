from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """PDF documents and their versions."""

    name = "paraphe.platform.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
