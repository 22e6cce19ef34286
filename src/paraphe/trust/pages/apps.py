from django.apps import AppConfig


class TrustPagesConfig(AppConfig):
    """Pages of the trust site, for holders and officers."""

    name = "paraphe.trust.pages"
    label = "trust_pages"
    default_auto_field = "django.db.models.BigAutoField"
