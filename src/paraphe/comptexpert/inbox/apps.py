from django.apps import AppConfig


class InboxConfig(AppConfig):
    """The demonstration post office: shows e-mails and SMS the sites sent."""

    name = "paraphe.comptexpert.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"
