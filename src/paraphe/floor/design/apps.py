from django.apps import AppConfig


class DesignConfig(AppConfig):
    """The look: templates, components, styles, scripts, fonts."""

    name = "paraphe.floor.design"
    label = "design"
    default_auto_field = "django.db.models.BigAutoField"
