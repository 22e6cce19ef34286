from django.apps import AppConfig


class PlatformEnrolmentConfig(AppConfig):
    """First sign-in, certificate, terms, service open."""

    name = "paraphe.platform.enrolment"
    label = "platform_enrolment"
    default_auto_field = "django.db.models.BigAutoField"
