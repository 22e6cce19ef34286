from django.apps import AppConfig


class TrustPagesConfig(AppConfig):
    """Pages of the trust site, for holders and officers."""

    name = "paraphe.trust.pages"
    label = "trust_pages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have sign-ins of officers journaled."""
        from django.contrib.auth import signals

        from paraphe.trust.pages.officer import watching

        signals.user_logged_in.connect(watching.signed_in, dispatch_uid="officer-signed-in")
