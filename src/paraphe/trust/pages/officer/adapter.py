"""What accounts of officers may do: sign in. Not sign up, not be mailed a password."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from paraphe.floor.messaging import api as messaging
from paraphe.trust.pages.officer import watching


class OfficerAdapter(DefaultAccountAdapter):
    """Keeps the account library inside the house: no sign-up, and e-mails leave through our outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tell that nobody makes an account for himself."""
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Have a failed sign-in journaled."""
        watching.refused(request, credentials)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a message of the account library through the outbox."""
        message = self.render_mail(template_prefix, email, context)
        messaging.send_email(email, message.subject, str(message.body), key=None, language="fr")
