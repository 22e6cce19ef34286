from django.apps import AppConfig
from django.core.checks import register


class MessagingConfig(AppConfig):
    """E-mails and SMS: an outbox of sealed rows, carriers by setting."""

    name = "paraphe.floor.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to boot in production without carriers."""
        from paraphe.floor.messaging.checks import check_carriers

        register(check_carriers)
