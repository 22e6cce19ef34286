from django.apps import AppConfig


class TrustHttpConfig(AppConfig):
    """CSC API v2, OAuth 2, RFC 3161, OCSP, CRL, AIA, enrolment API."""

    name = "paraphe.trust.http"
    label = "trust_http"
    default_auto_field = "django.db.models.BigAutoField"
