"""Taking the link of a recipient back, and sending him another: while a collection runs and after its end."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import access, inviting, links, messages
from paraphe.platform.envelopes.ceremony_answers import stop_own
from paraphe.platform.envelopes.errors import NotDone, TooSoon
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.envelopes.recipients import recipient_of
from paraphe.platform.envelopes.values import ENDED, PENDING
from paraphe.platform.evidence import api as evidence

#: Between two links that are sent to one recipient by hand.
AGAIN_AFTER = timedelta(minutes=10)
SENT = "recipient:link-sent"


def revoke_link(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, recipient_id: uuid.UUID
) -> None:
    """Kill the link of a recipient and every session that came by it; no message gives him another by itself.

    Only who waits for his turn gets one when it comes. Again changes nothing. Raises NotFound, MayNot, WrongState for
    what was never sent, BeingSigned once he typed his code.
    """
    with transaction.atomic():
        envelope = _held(person, firm, envelope_id, ("running", "completing", *ENDED))
        recipient = recipient_of(envelope, recipient_id)
        if recipient.token_hash is None:
            return
        stop_own(envelope, recipient)
        links.revoke(recipient)
        recipient.save(update_fields=["token_hash", "link_number"])
        access.note(envelope, actor, "recipient:link-revoked", {"recipient": str(recipient.pk)})


def send_link(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, recipient_id: uuid.UUID
) -> None:
    """Send a recipient another link, which kills the one before; who is on turn is invited anew.

    Raises NotFound, MayNot, WrongState when nothing is left to be opened; NotDone for who is not on turn, was replaced
    or erased; TooSoon; BeingSigned once he typed his code.
    """
    with transaction.atomic():
        envelope = _held(person, firm, envelope_id, ("running", "completing", "completed"))
        recipient = recipient_of(envelope, recipient_id)
        running = envelope.state == Envelope.State.RUNNING
        on_turn = running and inviting.is_on_turn(envelope, recipient.pk)
        if not _may_have(envelope, recipient, on_turn=on_turn):
            raise NotDone()
        about = {"recipient": str(recipient.pk)}
        limit = timezone.now() - AGAIN_AFTER
        if evidence.history(envelope=str(envelope.pk), **about).filter(tag=SENT, at__gt=limit).exists():
            raise TooSoon(minutes=int(AGAIN_AFTER.total_seconds() // 60))
        stop_own(envelope, recipient)
        if on_turn:
            inviting.invite(envelope, recipient, actor)
        else:
            links.renew(recipient)
            recipient.save(update_fields=["token_hash", "link_number"])
            messages.linked(envelope, recipient)
        access.note(envelope, actor, SENT, about)


def _held(person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, states: tuple[str, ...]) -> Envelope:
    envelope = access.row(person, firm, envelope_id, lock=True)
    access.expect_right(person, firm, "prepare" if envelope.sender_id == person.pk else "launch")
    access.expect_state(envelope, states)
    return envelope


def _may_have(envelope: Envelope, recipient: Recipient, *, on_turn: bool) -> bool:
    """Tell whether there is something for ``recipient`` to open."""
    if not recipient.email or recipient.state == Recipient.State.REPLACED:
        return False
    if recipient.role == Recipient.Role.COPY:
        return envelope.state == Envelope.State.COMPLETED
    return on_turn or recipient.state not in PENDING
