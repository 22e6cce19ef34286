"""The door of messaging: write an e-mail or an SMS into the outbox, ask what became of it.

A message is a row of the caller's transaction: it goes if and only if the transaction is committed. With ``key``, the
same message is written once, however often a verb is repeated.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone, translation

from paraphe.floor.jobs import api as jobs
from paraphe.floor.messaging.arrivals import take_bounce, take_receipt
from paraphe.floor.messaging.delivery import withdraw
from paraphe.floor.messaging.errors import AddressRefused, MessageUnknown
from paraphe.floor.messaging.jobs import deliver, deliver_urgent
from paraphe.floor.messaging.models import Message
from paraphe.floor.messaging.parcel import Content
from paraphe.floor.messaging.rules import checked_email, checked_number, mask, one_line
from paraphe.floor.secrets import keyed_hash

__all__ = [
    "NEVER_LEFT",
    "URGENT_LATE",
    "AddressRefused",
    "Lost",
    "MessageState",
    "MessageUnknown",
    "Waiting",
    "hasten",
    "lost",
    "send_email",
    "send_sms",
    "send_template",
    "sent_since",
    "state",
    "state_of_key",
    "take_bounce",
    "take_receipt",
    "urgent_trouble",
    "waiting",
    "withdraw",
]

RECIPIENT_PURPOSE = "messaging.recipient"
URGENT_FOR = timedelta(minutes=5)
#: A message that goes at once is there within seconds; one that needs longer meets some trouble.
URGENT_LATE = timedelta(seconds=15)
#: How long ends of urgent messages say something about their carrier.
TELLING = timedelta(minutes=10)
#: Reasons of a failed message that say that nobody was handed it.
NEVER_LEFT = frozenset({"expired", "refused", "unreadable", "withdrawn", "carrier_unavailable", "given_up"})


@dataclass(frozen=True)
class MessageState:
    """Where a message stands.

    ``reason`` when it failed: ``expired`` before it could go, ``refused`` for ever or ``carrier_unavailable`` at each
    try, ``interrupted`` (it may or may not have gone), ``unreadable``, ``given_up``, ``withdrawn``. ``delivery``: what
    the other side said afterwards, ``delivered`` or ``bounced``, with its code; empty where it said nothing.
    ``attempts``: tries that came to nothing.
    """

    id: UUID
    state: Literal["queued", "sent", "failed"]
    reason: str
    recipient_mask: str
    delivery: str = ""
    delivery_code: str = ""
    attempts: int = 0

    @property
    def late(self) -> bool:
        """Tell whether it waits because a try came to nothing."""
        return self.state == "queued" and self.attempts > 0


@dataclass(frozen=True)
class Waiting:
    """A message that should have gone by now: how little of the recipient is shown, and what the carrier said last."""

    id: UUID
    key: str
    kind: str
    recipient_mask: str
    attempts: int
    trouble: str
    created_at: datetime


@dataclass(frozen=True)
class Lost:
    """A message that did not arrive: its key, how little of the recipient is shown, and why."""

    id: UUID
    key: str
    kind: str
    recipient_mask: str
    reason: str
    created_at: datetime


def send_email(
    to: str,
    subject: str,
    text: str,
    html: str = "",
    *,
    key: str | None = None,
    language: str = "fr",
    sender_name: str = "",
    reply_to: str = "",
) -> UUID:
    """Write an e-mail; it is tried again for hours when the server does not take it. Raises AddressRefused.

    ``sender_name`` stands beside the address of this site, ``reply_to`` is where an answer goes.
    """
    content = Content(
        to=checked_email(to),
        subject=one_line(subject),
        text=text,
        html=html,
        language=language,
        sender_name=one_line(sender_name)[:80],
        reply_to=checked_email(reply_to) if reply_to else "",
    )
    return _write(Message.Kind.EMAIL, content, key=key, urgent=False, expires_at=None)


def send_sms(
    to_e164: str, text: str, *, key: str | None, urgent: bool = False, expires_at: datetime | None = None
) -> UUID:
    """Write an SMS. Raises AddressRefused.

    ``urgent``, for one-time codes: it goes before everything else, at most once, and not after ``expires_at`` (five
    minutes when it is not given).
    """
    # The alphabet of SMS has no space that holds: one of them halves what a message carries.
    plain = text.replace("\N{NO-BREAK SPACE}", " ")
    content = Content(to=checked_number(to_e164), subject="", text=plain, html="", language="")
    if urgent and expires_at is None:
        expires_at = timezone.now() + URGENT_FOR
    return _write(Message.Kind.SMS, content, key=key, urgent=urgent, expires_at=expires_at)


def send_template(
    to: str,
    template: str,
    context: Mapping[str, Any],
    key: str | None = None,
    language: str | None = None,
    *,
    sender_name: str = "",
    reply_to: str = "",
) -> UUID:
    """Write the e-mail made of ``<template>.subject.txt``, ``<template>.txt`` and, if there is one, ``.html``.

    ``template`` looks like ``enrolment/mail/issued``; ``language`` is the reader's, by default the present one. The
    templates also know ``site``, ``site_url`` and ``language``. Raises AddressRefused.
    """
    spoken = language or translation.get_language() or settings.LANGUAGE_CODE
    values = {"site": settings.SITE, "site_url": settings.SITE_URL, "language": spoken, **context}
    with translation.override(spoken):
        subject = _plain(f"{template}.subject.txt", values)
        text = _plain(f"{template}.txt", values).strip() + "\n"
        html = _html(f"{template}.html", values)
    return send_email(to, subject, text, html, key=key, language=spoken, sender_name=sender_name, reply_to=reply_to)


def state(message_id: UUID) -> MessageState:
    """Return where a message stands. Raises MessageUnknown."""
    return _state(Message.objects.filter(pk=message_id).first())


def state_of_key(key: str) -> MessageState:
    """Return where the message of this key stands. Raises MessageUnknown."""
    return _state(Message.objects.filter(key=key).first())


def lost(*, since: datetime, prefix: str = "", limit: int = 500) -> list[Lost]:
    """Return the messages since then that failed or came back, with a key that begins so; the newest first."""
    rows = Message.objects.filter(Q(state=Message.State.FAILED) | Q(delivery=Message.Delivery.BOUNCED))
    rows = rows.exclude(reason="withdrawn")
    rows = rows.filter(created_at__gte=since, **({"key__startswith": prefix} if prefix else {}))
    return [
        Lost(row.pk, row.key or "", row.kind, row.recipient_mask, row.delivery or row.reason, row.created_at)
        for row in rows.order_by("-created_at")[:limit]
    ]


def waiting(*, before: datetime, keys: Collection[str] | None = None, limit: int = 500) -> list[Waiting]:
    """Return the messages written before then that have not gone, the oldest first; of ``keys`` where given."""
    rows = Message.objects.filter(state__in=(Message.State.QUEUED, Message.State.SENDING), created_at__lt=before)
    rows = rows.filter(**({} if keys is None else {"key__in": keys})).order_by("created_at")
    return [
        Waiting(row.pk, row.key or "", row.kind, row.recipient_mask, row.attempts, row.trouble, row.created_at)
        for row in rows[:limit]
    ]


def hasten() -> int:
    """Try every message that waits at once, because an operator mended the way; return how many. None goes twice."""
    keys = list(Message.objects.filter(state=Message.State.QUEUED, urgent=False).values_list("pk", flat=True))
    for key in keys:
        jobs.enqueue(deliver, str(key))
    return len(keys)


def urgent_trouble() -> datetime | None:
    """Return since when urgent messages do not leave; None while they do, as far as their last ones tell."""
    now = timezone.now()
    rows = Message.objects.filter(urgent=True, created_at__gt=now - TELLING).exclude(reason="withdrawn")
    gone = rows.filter(state=Message.State.SENT).order_by("-ended_at").first()
    rows = rows.filter(created_at__gt=gone.ended_at) if gone is not None and gone.ended_at is not None else rows
    held = Q(state=Message.State.QUEUED, attempts__gt=0) | Q(created_at__lt=now - URGENT_LATE)
    first = rows.filter(held | Q(state=Message.State.FAILED)).exclude(reason="refused").order_by("created_at").first()
    return first.created_at if first is not None else None


def sent_since(recipient: str, *, since: datetime, prefix: str) -> int:
    """Return how many messages with a key that begins so were written to ``recipient`` since then."""
    known = keyed_hash(recipient.lower(), RECIPIENT_PURPOSE)
    return Message.objects.filter(recipient_hash=known, created_at__gte=since, key__startswith=prefix).count()


def _state(message: Message | None) -> MessageState:
    if message is None:
        raise MessageUnknown
    shown = Message.State.QUEUED if message.state == Message.State.SENDING else message.state
    return MessageState(
        message.pk,
        cast(Literal["queued", "sent", "failed"], str(shown)),
        message.reason,
        message.recipient_mask,
        message.delivery,
        message.delivery_code,
        message.attempts,
    )


def _write(kind: str, content: Content, *, key: str | None, urgent: bool, expires_at: datetime | None) -> UUID:
    with transaction.atomic():
        if key is not None and (known := Message.objects.filter(key=key).first()):
            return known.pk
        try:
            with transaction.atomic():
                message = Message.objects.create(
                    key=key,
                    kind=kind,
                    recipient_hash=keyed_hash(content.to.lower(), RECIPIENT_PURPOSE),
                    recipient_mask=mask(content.to),
                    sealed=content.seal(),
                    urgent=urgent,
                    created_at=timezone.now(),
                    expires_at=expires_at,
                )
        except IntegrityError:  # somebody else wrote it a moment ago
            return Message.objects.get(key=key).pk
        jobs.enqueue(deliver_urgent if urgent else deliver, str(message.pk))
    return message.pk


def _plain(name: str, values: Mapping[str, Any]) -> str:
    # Text is not HTML: an apostrophe stays an apostrophe.
    compiled = cast(Any, get_template(name)).template
    return str(compiled.render(Context(dict(values), autoescape=False)))


def _html(name: str, values: Mapping[str, Any]) -> str:
    try:
        return get_template(name).render(dict(values))
    except TemplateDoesNotExist as error:
        if name not in str(error):
            raise
        return ""
