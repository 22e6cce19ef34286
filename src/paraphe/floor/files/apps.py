from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Blobs by content hash, sealed at rest."""

    name = "paraphe.floor.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
