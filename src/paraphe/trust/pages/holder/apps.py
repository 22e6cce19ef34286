from django.apps import AppConfig


class HolderPagesConfig(AppConfig):
    """The holder's own pages: sign in by telephone, see and revoke certificates, choose how to authorise."""

    name = "paraphe.trust.pages.holder"
    label = "holder_pages"
    default_auto_field = "django.db.models.BigAutoField"
