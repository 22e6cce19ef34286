from django.apps import AppConfig


class TrustEnrolmentConfig(AppConfig):
    """From a request of a client program to an issued credential."""

    name = "paraphe.trust.enrolment"
    label = "trust_enrolment"
    default_auto_field = "django.db.models.BigAutoField"
