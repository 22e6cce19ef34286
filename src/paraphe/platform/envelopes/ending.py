"""The end of a collection: its credit closed, its mandate given back where nothing came of it, its day set."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import access, messages, paying, proving
from paraphe.platform.envelopes.models import Envelope
from paraphe.platform.envelopes.values import DONE
from paraphe.platform.firms import api as firms


def end(
    envelope: Envelope, state: str, actor: Actor, *, person: accounts.Person | None = None, reason: str = ""
) -> None:
    """End a locked collection in the caller's transaction: who signed is debited, the rest is given back.

    Documents can be fetched until the day on which the firm deletes its documents.
    """
    close_credit(envelope, actor)
    if not envelope.recipients.filter(state__in=DONE).exists():
        accounts.give_back(mandate_key(envelope))
    options = firms.options(envelope.firm)
    days = min(settings.DOCUMENT_DAYS, options.retention_days)
    now = timezone.now()
    envelope.state, envelope.ended_at, envelope.ended_by = state, now, person
    envelope.end_reason = reason or None
    envelope.stuck_code, envelope.stuck_at = "", None
    envelope.delete_on = timezone.localdate(now) + timedelta(days=days)
    access.touch(
        envelope, "state", "ended_at", "ended_by", "end_reason", "stuck_code", "stuck_at", "delete_on"
    )  # fmt: skip
    messages.ended(envelope)
    proving.prove(envelope)
    access.note(envelope, actor, f"envelope:{state}")


def close_credit(envelope: Envelope, actor: Actor) -> None:
    """Debit what was reserved for who signed, give back the rest; again changes nothing. Call it before evidence."""
    for recipient in envelope.recipients.exclude(reservation="", certificate_reservation=""):
        paying.settle(recipient, actor)


def mandate_key(envelope: Envelope) -> str:
    """Return the key under which the launch is counted under a mandate."""
    return f"envelope:{envelope.pk}:{envelope.launches}"
