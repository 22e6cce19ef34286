from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """The address book of each firm."""

    name = "paraphe.platform.contacts"
    label = "contacts"
    default_auto_field = "django.db.models.BigAutoField"
