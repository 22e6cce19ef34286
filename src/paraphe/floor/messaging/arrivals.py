"""What became of messages after they were sent: bounces by mail, receipts of SMS carriers."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from paraphe.floor.messaging import dsn, returns
from paraphe.floor.messaging.models import Message

#: A carrier's reference is looked up among messages that are not older.
RECENT: Final = timedelta(days=14)


def take_bounce(data: bytes, returned_to: str = "") -> list[UUID]:
    """Take a delivery status notification (RFC 3464) and return the messages about which it said something final.

    ``returned_to`` is the address to which the mail server delivered it, where it tells; the headers are read too.
    What is no notification, or came to an address that is of no message, changes nothing.
    """
    taken = []
    for found in dsn.read(data):
        if found.action not in ("failed", "delivered"):
            continue
        candidates = [returns.message_of(one) for one in (returned_to, *found.returned_to)]
        message_id = next((one for one in candidates if one is not None), None)
        if message_id is not None and _note(message_id, delivered=found.action == "delivered", code=found.status):
            taken.append(message_id)
    return taken


def take_receipt(reference: str, *, delivered: bool, code: str = "") -> bool:
    """Take what an SMS carrier says of a message, named by our number or its own reference; True when it is known."""
    try:
        return _note(UUID(reference), delivered=delivered, code=code, kind=Message.Kind.SMS)
    except ValueError:
        pass
    since = timezone.now() - RECENT
    known = Message.objects.filter(kind=Message.Kind.SMS, carrier_reference=reference[:200], created_at__gte=since)
    message = known.order_by("-created_at").first() if reference else None
    return message is not None and _note(message.pk, delivered=delivered, code=code)


def _note(message_id: UUID, *, delivered: bool, code: str, kind: str = "") -> bool:
    """Write the first final word about a message that was sent; a later one changes nothing."""
    rows = Message.objects.filter(pk=message_id, state=Message.State.SENT)
    rows = rows.filter(kind=kind) if kind else rows
    if not rows.exists():
        return False
    word = Message.Delivery.DELIVERED if delivered else Message.Delivery.BOUNCED
    rows.filter(delivery="").update(delivery=word, delivery_code=code[:30], delivery_at=timezone.now())
    return True
