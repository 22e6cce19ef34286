"""Invitations that did not arrive: the recipient is marked, the sender is told, the address can be corrected."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from paraphe.floor.messaging import api as messaging
from paraphe.kernel.actor import SYSTEM
from paraphe.platform.envelopes import access, messages
from paraphe.platform.envelopes.models import Envelope, Recipient

#: Mail servers give up within five days (RFC 5321 §4.5.4.1), and tell within the next one.
LOOKED_BACK: Final = timedelta(days=7)


def note_lost() -> int:
    """Mark recipients whose present invitation failed or came back; return how many. Again changes nothing."""
    done = 0
    for lost in messaging.lost(since=timezone.now() - LOOKED_BACK, prefix=messages.INVITED_KEY):
        recipient, _, rest = lost.key.removeprefix(messages.INVITED_KEY).partition(":")
        if lost.kind == "email" and rest.isdecimal():
            done += _bounced(recipient, int(rest), lost.reason)
    return done


def _bounced(recipient_id: str, link_number: int, reason: str) -> int:
    with transaction.atomic():
        known = Recipient.objects.filter(pk=recipient_id).first()
        if known is None:
            return 0
        rows = Envelope.objects.select_for_update().filter(pk=known.envelope_id, state=Envelope.State.RUNNING)
        envelope = rows.first()
        if envelope is None:
            return 0
        # Who opened the link received it, whatever a mail server says.
        row = envelope.recipients.filter(
            pk=recipient_id, link_number=link_number, state=Recipient.State.INVITED, bounced_at=None
        ).first()
        if row is None:
            return 0
        row.state, row.bounced_at = Recipient.State.BOUNCED, timezone.now()
        row.save(update_fields=["state", "bounced_at"])
        messages.bounced(envelope, row)
        access.note(envelope, SYSTEM, "recipient:bounced", {"recipient": str(row.pk)}, code=reason)
    return 1
