from django.apps import AppConfig


class AuthoriseConfig(AppConfig):
    """The holder confirms a signature: who asks, what is signed, the code by SMS."""

    name = "paraphe.trust.pages.authorise"
    label = "authorise"
    default_auto_field = "django.db.models.BigAutoField"
