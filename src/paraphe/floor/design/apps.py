from django.apps import AppConfig

from paraphe.floor.design import french


class DesignConfig(AppConfig):
    """The look: templates, components, styles, scripts, fonts."""

    name = "paraphe.floor.design"
    label = "design"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give French its plural and its spaces."""
        french.install()
