from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """Programs registered to use the trust services: secrets, return addresses."""

    name = "paraphe.trust.clients"
    label = "clients"
    default_auto_field = "django.db.models.BigAutoField"
