"""Takes messages out of the outbox: one try per call, and the record of how it ended."""

import logging
from datetime import timedelta
from typing import Any, Literal, cast
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from paraphe.floor.messaging.carriers import carrier_for
from paraphe.floor.messaging.models import Message
from paraphe.floor.messaging.parcel import Carrier, CarrierRefused, CarrierUnavailable, Content, Parcel
from paraphe.floor.secrets import SealBroken

logger = logging.getLogger("paraphe.messaging")

# With the pauses of the job (30 s doubled up to an hour) this is about nine hours.
MAX_ATTEMPTS = 16
STALE_AFTER = timedelta(days=2)
INTERRUPTED_AFTER = timedelta(minutes=10)
FORGET_AFTER = timedelta(days=90)

State = Message.State


def deliver(message_id: UUID) -> None:
    """Try to send one message. Raises CarrierUnavailable when it is worth trying again later.

    An urgent message is marked before it goes and never goes again: whoever finds it marked, finds it interrupted.
    """
    message = Message.objects.filter(pk=message_id).first()
    if message is None or message.state in (State.SENT, State.FAILED):
        return
    if message.expires_at is not None and message.expires_at <= timezone.now():
        _end(message, State.FAILED, reason="expired")
    elif message.urgent and not _mark(message):
        _end(message, State.FAILED, reason="interrupted")
    else:
        _send(message)


def _mark(message: Message) -> bool:
    return bool(Message.objects.filter(pk=message.pk, state=State.QUEUED).update(state=State.SENDING))


def _send(message: Message) -> None:
    carrier: Carrier | None = None
    try:
        kind = cast(Literal["email", "sms"], message.kind)
        content = Content.unseal(bytes(message.sealed or b""))
        carrier = carrier_for(kind)
        reference = carrier.carry(Parcel(message.pk, kind, content, message.created_at, message.expires_at))
    except SealBroken:
        _end(message, State.FAILED, reason="unreadable")
    except CarrierRefused as error:
        logger.warning("message %s refused by %s: %s", message.pk, carrier and carrier.name, error)
        _end(message, State.FAILED, carrier, reason="refused")
    except CarrierUnavailable as error:
        logger.warning("message %s not taken by %s: %s", message.pk, carrier and carrier.name, error)
        if _was_last_try(message):
            _end(message, State.FAILED, carrier, reason="carrier_unavailable")
        else:
            raise
    else:
        _end(message, State.SENT, carrier, carrier_reference=reference[:200])


def _was_last_try(message: Message) -> bool:
    Message.objects.filter(pk=message.pk).update(attempts=F("attempts") + 1)
    return message.urgent or message.attempts + 1 >= MAX_ATTEMPTS


def _end(message: Message, state: str, carrier: Carrier | None = None, **changes: Any) -> None:
    """Write how it ended and erase the body."""
    Message.objects.filter(pk=message.pk).exclude(state=State.SENT).update(
        **{"reason": "", **changes},
        state=state,
        sealed=None,
        carrier=carrier.name if carrier else "",
        ended_at=timezone.now(),
    )


def tidy() -> None:
    """Give up what was left behind, so that no body outlives its use, and forget what is old."""
    now = timezone.now()
    gone = {"state": State.FAILED, "sealed": None, "ended_at": now}
    Message.objects.filter(state=State.QUEUED, created_at__lt=now - STALE_AFTER).update(**gone, reason="given_up")
    Message.objects.filter(state=State.SENDING, created_at__lt=now - INTERRUPTED_AFTER).update(
        **gone, reason="interrupted"
    )
    Message.objects.filter(created_at__lt=now - FORGET_AFTER).delete()
