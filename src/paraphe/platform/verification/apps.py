"""The room for Django."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """Checks a document that somebody brings; keeps nothing of it."""

    name = "paraphe.platform.verification"
    label = "verification"
