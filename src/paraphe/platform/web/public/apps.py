from django.apps import AppConfig


class PublicConfig(AppConfig):
    """The public site of the platform, with sentences of its own: before sign-in, help, what certificates are worth."""

    name = "paraphe.platform.web.public"
    label = "platform_public"
    default_auto_field = "django.db.models.BigAutoField"
