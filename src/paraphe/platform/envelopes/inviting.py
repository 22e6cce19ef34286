"""Whose turn it is: invites the next step as soon as the one before is done."""

from collections.abc import Sequence

from django.utils import timezone

from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.platform.envelopes import access, links, messages
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.envelopes.values import PENDING

WAITING, INVITED = Recipient.State.WAITING, Recipient.State.INVITED


def pending(envelope: Envelope) -> list[Recipient]:
    """Return those of whom something is still expected, in order."""
    return list(envelope.recipients.exclude(role=Recipient.Role.COPY).filter(state__in=PENDING))


def on_turn(envelope: Envelope) -> list[Recipient]:
    """Return those who can act now: the pending ones of the first step that is not done."""
    left = pending(envelope)
    return [one for one in left if one.step == left[0].step]


def invite_next(envelope: Envelope, actor: Actor = SYSTEM) -> Sequence[Recipient]:
    """Invite who is on turn and was not invited yet, in the caller's transaction; return them.

    Who was invited before but is no longer on turn waits again: his link says so.
    """
    turn = on_turn(envelope)
    keys = {one.pk for one in turn}
    early = [one for one in pending(envelope) if one.pk not in keys and one.state != WAITING]
    for one in early:
        one.state = WAITING
        one.save(update_fields=["state"])
    fresh = [one for one in turn if one.state == WAITING]
    for one in fresh:
        invite(envelope, one, actor)
    return fresh


def invite(envelope: Envelope, recipient: Recipient, actor: Actor = SYSTEM) -> None:
    """Give ``recipient`` his link and ask him, in the caller's transaction."""
    now = timezone.now()
    links.renew(recipient)
    recipient.state, recipient.invited_at, recipient.bounced_at = INVITED, now, None
    recipient.reminded_at, recipient.reminders = None, 0
    recipient.save()
    messages.invited(envelope, recipient)
    access.note(envelope, actor, "recipient:invited", {"recipient": str(recipient.pk)})
