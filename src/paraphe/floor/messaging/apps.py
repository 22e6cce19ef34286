from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """E-mails and SMS: an outbox of sealed rows, carriers by setting."""

    name = "paraphe.floor.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"
