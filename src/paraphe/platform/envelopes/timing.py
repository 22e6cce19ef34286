"""What happens by the clock: reminders, notice before the end, the end, and the day on which things are deleted."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import SYSTEM
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import access, draft, ending, inviting, messages
from paraphe.platform.envelopes.models import Bulk, Envelope, Recipient
from paraphe.platform.signing import api as signing

#: Before the end, whoever has not signed and the sender are told.
NOTICE = timedelta(days=2)
#: What a legal hold keeps is looked at again after so long.
HELD_FOR = timedelta(days=7)
AT_ONCE = 500


def remind_due() -> int:
    """Remind everybody on turn whose day has come, each day once; return how many."""
    done = 0
    for envelope_id in _running():
        with transaction.atomic():
            envelope = _locked(envelope_id)
            if envelope is None:
                continue
            for recipient in inviting.on_turn(envelope):
                passed = _passed(envelope, recipient)
                # Whose link was taken back is not reminded of what he cannot open.
                if passed > recipient.reminders and recipient.token_hash is not None:
                    remind(envelope, recipient, reminders=passed)
                    done += 1
    return done


def remind(envelope: Envelope, recipient: Recipient, *, reminders: int | None = None) -> None:
    """Remind somebody on turn, in the caller's transaction."""
    recipient.reminded_at = timezone.now()
    if reminders is not None:
        recipient.reminders = reminders
    recipient.save(update_fields=["reminded_at", "reminders"])
    messages.reminded(envelope, recipient)
    access.note(envelope, SYSTEM, "recipient:reminded", {"recipient": str(recipient.pk)})


def notice_due() -> int:
    """Tell once, two days before the end, that a collection is about to expire; return how many collections."""
    soon = timezone.now() + NOTICE
    due = Envelope.objects.filter(state=Envelope.State.RUNNING, expires_at__lte=soon, expiry_noticed_at=None)
    done = 0
    for envelope_id in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            envelope = _locked(envelope_id)
            if envelope is None or envelope.expiry_noticed_at is not None:
                continue
            envelope.expiry_noticed_at = timezone.now()
            envelope.save(update_fields=["expiry_noticed_at"])
            messages.expires_soon(envelope)
            done += 1
    return done


def expire_due() -> int:
    """End the collections whose time is over; return how many."""
    over = Envelope.objects.filter(state=Envelope.State.RUNNING, expires_at__lte=timezone.now())
    done = 0
    for envelope_id in list(over.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            envelope = _locked(envelope_id)
            # Extended at this very moment: it goes on.
            if envelope is None or envelope.expires_at is None or envelope.expires_at > timezone.now():
                continue
            if _being_signed(envelope):
                continue
            ending.end(envelope, Envelope.State.EXPIRED, SYSTEM)
            done += 1
    return done


def delete_due() -> int:
    """Delete collections, bulk launches and forgotten drafts on their day; return how many collections."""
    today, idle = timezone.localdate(), timezone.now() - timedelta(days=draft.IDLE_DAYS)
    due = list(Envelope.objects.filter(delete_on__lte=today)[:AT_ONCE])
    due += list(Envelope.objects.filter(state=Envelope.State.DRAFT, changed_at__lt=idle)[:AT_ONCE])
    done = 0
    for envelope in due:
        with transaction.atomic():
            if documents.is_held(envelope.firm_id, envelope.sender_id, envelope.title):
                # Looked at again in a week: a hold that was lifted meanwhile leaves that much time, too.
                draft.keep_longer(envelope, today + HELD_FOR)
                continue
            draft.destroy(envelope, SYSTEM)
            done += 1
    for bulk in Bulk.objects.filter(delete_on__lte=today)[:AT_ONCE]:
        with transaction.atomic():
            if bulk.file_id is not None:
                files.destroy(bulk.file_id)
            bulk.delete()
    return done


def _passed(envelope: Envelope, recipient: Recipient) -> int:
    """Return how many of the days for reminders have come since ``recipient`` was invited."""
    if recipient.invited_at is None:
        return 0
    days = (timezone.localdate() - timezone.localdate(recipient.invited_at)).days
    return sum(1 for day in envelope.reminder_days if day <= days)


def _being_signed(envelope: Envelope) -> bool:
    """Tell whether somebody gave his code in time and his signature is being finished: it counts."""
    turn = signing.turn(purpose="envelope", reference=str(envelope.pk))
    return turn is not None and turn.authorised


def _running() -> Iterator[uuid.UUID]:
    running = Envelope.objects.filter(state=Envelope.State.RUNNING).exclude(reminder_days=[])
    yield from list(running.values_list("pk", flat=True))


def _locked(envelope_id: uuid.UUID) -> Envelope | None:
    return Envelope.objects.select_for_update().filter(pk=envelope_id, state=Envelope.State.RUNNING).first()
