from django.apps import AppConfig


class CreditConfig(AppConfig):
    """Prepaid credit of each firm: a ledger in double entry, prices, reservations, statements."""

    name = "paraphe.platform.credit"
    label = "credit"
    default_auto_field = "django.db.models.BigAutoField"
