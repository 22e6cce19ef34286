"""The secret link of a recipient: made again whenever it is sent, kept only as a hash, dead once its number changes."""

from paraphe.floor import secrets
from paraphe.platform.envelopes.models import Recipient

TOKEN_PURPOSE = "envelopes.token"  # noqa: S105 - the name of a purpose
LINK_PURPOSE = "envelopes.link"


def token_of(recipient: Recipient) -> str:
    """Return the token of the present link of ``recipient``, the same each time: a reminder kills no invitation."""
    return secrets.keyed_hash(f"{recipient.pk}:{recipient.link_number}", TOKEN_PURPOSE)


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return secrets.keyed_hash(token, LINK_PURPOSE)


def renew(recipient: Recipient) -> None:
    """Kill the present link of ``recipient`` and give him another; the caller saves the row."""
    recipient.link_number += 1
    recipient.token_hash = hash_of(token_of(recipient))


def revoke(recipient: Recipient) -> None:
    """Kill the present link of ``recipient``; the caller saves the row."""
    recipient.link_number += 1
    recipient.token_hash = None
