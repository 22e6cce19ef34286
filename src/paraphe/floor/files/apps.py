from django.apps import AppConfig
from django.core.checks import register


class FilesConfig(AppConfig):
    """Blobs by content hash, sealed at rest."""

    name = "paraphe.floor.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to boot where files cannot be kept, or are not those of the database."""
        from paraphe.floor.files.shelves import check_store

        register(check_store)
