"""Whose turn it is: invites the next step as soon as the one before is done."""

import uuid
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from paraphe.floor.jobs import api as jobs
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.platform.envelopes import access, links, messages
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.envelopes.values import PENDING

#: How many are invited in one transaction.
AT_ONCE: Final = 100
WAITING, INVITED = Recipient.State.WAITING, Recipient.State.INVITED


def pending(envelope: Envelope) -> QuerySet[Recipient]:
    """Return those of whom something is still expected, in order."""
    return envelope.recipients.exclude(role=Recipient.Role.COPY).filter(state__in=PENDING)


def turn_of(envelope: Envelope) -> QuerySet[Recipient]:
    """Return those who can act now, to be asked further: the pending ones of the first step that is not done."""
    left = pending(envelope)
    return left.filter(step=left.order_by("step").values("step")[:1])


def on_turn(envelope: Envelope) -> list[Recipient]:
    """Return those who can act now."""
    return list(turn_of(envelope))


def is_on_turn(envelope: Envelope, recipient: uuid.UUID) -> bool:
    """Tell whether this recipient can act now, however many others can."""
    return turn_of(envelope).filter(pk=recipient).exists()


def invite_next(envelope: Envelope, actor: Actor = SYSTEM) -> None:
    """Invite who is on turn and was not invited yet, in the caller's transaction; a job invites the rest of many.

    Who was invited before but is no longer on turn waits again: his link says so.
    """
    turn = turn_of(envelope)
    pending(envelope).exclude(pk__in=turn.order_by().values("pk")).exclude(state=WAITING).update(state=WAITING)
    fresh = list(turn.filter(state=WAITING)[: AT_ONCE + 1])
    for one in fresh[:AT_ONCE]:
        invite(envelope, one, actor)
    if len(fresh) > AT_ONCE:
        jobs.enqueue(invite_rest, str(envelope.pk))


@jobs.job(attempts=12)
def invite_rest(envelope_id: str) -> None:
    """Invite the next of many who are on turn at the same time: no transaction holds the database for all of them."""
    with transaction.atomic():
        envelope = Envelope.objects.select_for_update().filter(pk=envelope_id, state=Envelope.State.RUNNING).first()
        if envelope is not None:
            invite_next(envelope)


def invite(envelope: Envelope, recipient: Recipient, actor: Actor = SYSTEM) -> None:
    """Give ``recipient`` his link and ask him, in the caller's transaction."""
    now = timezone.now()
    links.renew(recipient)
    recipient.state, recipient.invited_at, recipient.bounced_at = INVITED, now, None
    recipient.reminded_at, recipient.reminders = None, 0
    recipient.save()
    by_sms = messages.invited(envelope, recipient)
    # Then one telephone is enough to open and to sign: who weighs the evidence wants to know.
    told: dict[str, Any] = {"link_by_sms": True} if by_sms else {}
    access.note(envelope, actor, "recipient:invited", {"recipient": str(recipient.pk)}, **told)
