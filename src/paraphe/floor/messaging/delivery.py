"""Takes messages out of the outbox: one try per call, and the record of how it ended."""

import logging
import time
from datetime import timedelta
from typing import Any, Literal, cast
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from paraphe.floor.messaging.carriers import carrier_for
from paraphe.floor.messaging.models import Message
from paraphe.floor.messaging.parcel import Carrier, CarrierRefused, CarrierUnavailable, Content, Parcel
from paraphe.floor.secrets import SealBroken

logger = logging.getLogger("paraphe.messaging")

# With the pauses of the job (30 s doubled up to an hour) these are five days, as long as mail servers try (RFC 5321
# §4.5.4.1): an outage that begins on a Friday evening loses nothing.
MAX_ATTEMPTS = 126
STALE_AFTER = timedelta(days=6)
INTERRUPTED_AFTER = timedelta(minutes=10)
FORGET_AFTER = timedelta(days=90)
#: No try lasts longer: carriers over HTTP answer within a quarter of a minute, each word of a mail server within 10 s.
LEASE = timedelta(minutes=3)
#: Seconds for which a carrier that nobody reached is not tried by this process: a thousand letters would each wait for
#: its silence, and keep everything else waiting. Urgent messages try all the same.
REST_SECONDS = 30.0
_resting: dict[str, tuple[float, str]] = {}

State = Message.State


def deliver(message_id: UUID) -> None:
    """Try to send one message. Raises CarrierUnavailable when it is worth trying again later.

    An urgent message is marked before it goes, and the mark is taken back only when the carrier certainly did not get
    it: whoever finds it marked, finds it interrupted, and it never goes twice.
    """
    message = Message.objects.filter(pk=message_id).first()
    if message is None or message.state in (State.SENT, State.FAILED):
        return
    if message.expires_at is not None and message.expires_at <= timezone.now():
        _end(message, State.FAILED, reason="expired")
    elif message.urgent and not _mark(message):
        _end(message, State.FAILED, reason="interrupted")
    elif not message.urgent and not _lease(message):
        raise CarrierUnavailable("somebody else is sending it")
    else:
        _send(message)


def _mark(message: Message) -> bool:
    return bool(Message.objects.filter(pk=message.pk, state=State.QUEUED).update(state=State.SENDING))


def _lease(message: Message) -> bool:
    """Take a message that may be tried again, for longer than a try lasts: two jobs for it do not both send it."""
    now = timezone.now()
    free = Message.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), pk=message.pk, state=State.QUEUED)
    return bool(free.update(leased_until=now + LEASE))


def _send(message: Message) -> None:
    carrier: Carrier | None = None
    try:
        kind = cast(Literal["email", "sms"], message.kind)
        content = Content.unseal(bytes(message.sealed or b""))
        carrier = carrier_for(kind)
        if not message.urgent:
            _expect_awake(kind)
        reference = carrier.carry(Parcel(message.pk, kind, content, message.created_at, message.expires_at))
    except SealBroken:
        _end(message, State.FAILED, reason="unreadable")
    except CarrierRefused as error:
        logger.warning("message %s refused by %s: %s", message.pk, carrier and carrier.name, error)
        _end(message, State.FAILED, carrier, reason="refused")
    except CarrierUnavailable as error:
        logger.warning("message %s not taken by %s: %s", message.pk, carrier and carrier.name, error)
        if error.away:
            _resting[message.kind] = (time.monotonic() + REST_SECONDS, str(error))
        if message.urgent and error.uncertain:
            _end(message, State.FAILED, carrier, reason="interrupted")
        elif _was_last_try(message, error):
            _end(message, State.FAILED, carrier, reason="carrier_unavailable")
        else:
            raise
    else:
        _end(message, State.SENT, carrier, carrier_reference=reference[:200])


def _expect_awake(kind: str) -> None:
    until, why = _resting.get(kind, (0.0, ""))
    if time.monotonic() < until:
        raise CarrierUnavailable(why)


def _was_last_try(message: Message, error: CarrierUnavailable) -> bool:
    """Count a try that came to nothing; the message waits again, unless it was the last one."""
    row = Message.objects.filter(pk=message.pk, state__in=(State.QUEUED, State.SENDING))
    row.update(state=State.QUEUED, leased_until=None, attempts=F("attempts") + 1, trouble=str(error)[:60])
    # What is urgent is tried until it is of no use any more.
    return not message.urgent and message.attempts + 1 >= MAX_ATTEMPTS


def _end(message: Message, state: str, carrier: Carrier | None = None, **changes: Any) -> None:
    """Write how it ended and erase the body."""
    Message.objects.filter(pk=message.pk).exclude(state=State.SENT).update(
        **{"reason": "", **changes},
        state=state,
        sealed=None,
        leased_until=None,
        carrier=carrier.name if carrier else "",
        ended_at=timezone.now(),
    )


def withdraw(key: str) -> bool:
    """Take back a message that has not gone; tell whether it never will. One that is going just now goes."""
    rows = Message.objects.filter(key=key, state=State.QUEUED).filter(
        Q(leased_until=None) | Q(leased_until__lt=timezone.now())
    )
    return bool(rows.update(state=State.FAILED, sealed=None, reason="withdrawn", ended_at=timezone.now()))


def tidy() -> None:
    """Give up what was left behind, so that no body outlives its use, and forget what is old."""
    now = timezone.now()
    gone = {"state": State.FAILED, "sealed": None, "ended_at": now}
    Message.objects.filter(state=State.QUEUED, created_at__lt=now - STALE_AFTER).update(**gone, reason="given_up")
    Message.objects.filter(state=State.SENDING, created_at__lt=now - INTERRUPTED_AFTER).update(
        **gone, reason="interrupted"
    )
    Message.objects.filter(created_at__lt=now - FORGET_AFTER).delete()
