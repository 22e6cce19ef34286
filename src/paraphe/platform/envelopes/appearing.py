"""What a signature of somebody who was invited looks like, in the preview of the sender as in the document."""

from django.utils import timezone

from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.firms import api as firms
from paraphe.platform.signing import api as signing


def appearance_of(envelope: Envelope, recipient: Recipient, locale: str) -> signing.SignatureSettings:
    """Return name, time and, where the firm has it so, its logo."""
    own = firms.options(envelope.firm)
    return signing.SignatureSettings(
        signer_name=f"{recipient.given_name} {recipient.family_name}".strip() or recipient.label,
        signed_at=timezone.localtime(),
        language=locale,
        logo=firms.logo(envelope.firm) if own.has_logo and own.logo_in_signatures else None,
    )
