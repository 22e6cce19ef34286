"""While a collection runs: what follows a signature or a refusal, and what its sender can still change."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from paraphe.floor.jobs import api as jobs
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import (
    access,
    ending,
    identity_messages,
    inviting,
    links,
    messages,
    paying,
    rules,
    searching,
    timing,
)
from paraphe.platform.envelopes.checks import problems_of
from paraphe.platform.envelopes.errors import BadOptions, BadRecipient, LinksRevoked, NotDone, NotReady, TooSoon
from paraphe.platform.envelopes.models import Ceremony, Envelope, Recipient
from paraphe.platform.envelopes.recipients import ordered, recipient_of, write
from paraphe.platform.envelopes.values import PENDING, Problem
from paraphe.platform.envelopes.work import complete_envelope
from paraphe.platform.signing import api as signing

#: Between two reminders by hand.
RELAUNCH_AFTER = timedelta(minutes=10)
LONGEST_REASON = 500


def after_signature(envelope_id: uuid.UUID) -> None:
    """Go on once somebody signed or approved: debit it, invite the next step, or complete. Again changes nothing."""
    with transaction.atomic():
        envelope = Envelope.objects.select_for_update().filter(pk=envelope_id).first()
        if envelope is None or envelope.state != Envelope.State.RUNNING:
            return
        signed = envelope.recipients.filter(state=Recipient.State.SIGNED)
        for recipient in signed.exclude(reservation="", certificate_reservation=""):
            paying.settle(recipient)
        if inviting.pending(envelope).exists():
            envelope.changed_at = timezone.now()
            envelope.save(update_fields=["changed_at"])
            inviting.invite_next(envelope)
            return
        envelope.state = Envelope.State.COMPLETING
        access.touch(envelope, "state")
        access.note(envelope, SYSTEM, "envelope:signed-by-all")
        jobs.enqueue(complete_envelope, str(envelope.pk))


def after_refusal(envelope_id: uuid.UUID) -> None:
    """End a collection in which somebody refused; what he said stands beside his name. Again changes nothing."""
    with transaction.atomic():
        envelope = Envelope.objects.select_for_update().filter(pk=envelope_id).first()
        if envelope is None or envelope.state != Envelope.State.RUNNING:
            return
        if envelope.recipients.filter(state=Recipient.State.REFUSED).exists():
            ending.end(envelope, Envelope.State.REFUSED, SYSTEM)


def relaunch(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    recipient_id: uuid.UUID | None = None,
) -> int:
    """Remind one of those on turn, or all of them; return how many. Who prepared it may do it too.

    Raises NotFound, MayNot, WrongState; NotDone for who is not on turn, LinksRevoked;
    TooSoon when he was written to just now.
    """
    with transaction.atomic():
        envelope = access.row(person, firm, envelope_id, lock=True)
        access.expect_right(person, firm, "prepare" if envelope.sender_id == person.pk else "launch")
        access.expect_state(envelope, ("running",))
        limit = timezone.now() - RELAUNCH_AFTER
        asked = [one for one in inviting.on_turn(envelope) if recipient_id in (None, one.pk)]
        turn = [one for one in asked if one.token_hash]
        if not turn:
            raise LinksRevoked() if asked else NotDone()
        due = [one for one in turn if (one.reminded_at or one.invited_at or limit) <= limit]
        if not due:
            raise TooSoon(minutes=int(RELAUNCH_AFTER.total_seconds() // 60))
        for one in due:
            timing.remind(envelope, one)
    return len(due)


def correct(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    recipient_id: uuid.UUID,
    typed: Mapping[str, str],
) -> None:
    """Correct how somebody is reached of whom something is expected, and in which language.

    Another e-mail kills the old link. Raises NotFound, MayNot, WrongState, NotDone, BadRecipient, NotReady with what
    would then be in the way.
    """
    with transaction.atomic():
        envelope = _running(person, firm, envelope_id)
        recipient = _changeable(envelope, recipient_id)
        before = recipient.email
        if signing.issued_for(paying.signatory(recipient)):
            paying.settle_certificate(recipient, actor)
        kept = {"role": recipient.role, "level": recipient.level, "locale": typed.get("locale") or recipient.locale}
        write(recipient, rules.recipient_of({**typed, **kept}))
        recipient.save()
        _expect_ready(envelope, recipient)
        with _told_of_credit():
            paying.reserve_certificate(envelope, recipient, actor)
        envelope.changed_at = timezone.now()
        envelope.save(update_fields=["changed_at"])
        searching.index(envelope)
        about = {"recipient": str(recipient.pk)}
        access.note(envelope, actor, "recipient:corrected", about, email=before != recipient.email)
        freed = _free_of_wrong_name(recipient)
        if recipient.state != Recipient.State.WAITING and before != recipient.email:
            inviting.invite(envelope, recipient, actor)
        elif freed and recipient.state != Recipient.State.WAITING:
            identity_messages.name_corrected(envelope, recipient)


def replace(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    recipient_id: uuid.UUID,
    typed: Mapping[str, str],
) -> uuid.UUID:
    """Ask somebody else in the place of one who did nothing yet; he takes boxes, step and what was reserved.

    Raises as ``correct``.
    """
    with transaction.atomic():
        envelope = _running(person, firm, envelope_id)
        old = _changeable(envelope, recipient_id)
        kept = {"role": old.role, "level": old.level, "locale": typed.get("locale") or old.locale}
        made = Recipient(envelope=envelope, step=old.step, position=old.position, colour=old.colour, replaces=old)
        write(made, rules.recipient_of({**typed, **kept}))
        invited = old.state != Recipient.State.WAITING
        old.state = Recipient.State.REPLACED
        links.revoke(old)
        old.save()
        made.save()
        old.fields.update(recipient=made, value=None, ink=None, filled_at=None)
        _expect_ready(envelope, made)
        with _told_of_credit():
            paying.hand_on(envelope, old, made, actor)
        envelope.changed_at = timezone.now()
        envelope.save(update_fields=["changed_at"])
        searching.index(envelope)
        access.note(envelope, actor, "recipient:replaced", {"recipient": str(old.pk)}, by=str(made.pk))
        if invited:
            messages.replaced(envelope, old)
            inviting.invite(envelope, made, actor)
    return made.pk


def reorder(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    steps: Sequence[Sequence[uuid.UUID]],
) -> None:
    """Put those of whom something is expected in another order; who is now first is invited.

    Who acted stays before them. Raises NotFound, MayNot, WrongState, BadOrder unless each of them is named once.
    """
    with transaction.atomic():
        envelope = _running(person, firm, envelope_id)
        left = list(inviting.pending(envelope))
        ordered(left, steps)
        done = envelope.recipients.exclude(pk__in=[one.pk for one in left]).exclude(role=Recipient.Role.COPY)
        shift = max(done.values_list("step", flat=True), default=0)
        for one in left:
            one.step += shift
        Recipient.objects.bulk_update(left, ["step"])
        access.touch(envelope)
        access.note(envelope, actor, "envelope:reordered", steps=[[str(one) for one in step] for step in steps])
        inviting.invite_next(envelope, actor)


def extend(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, days: int) -> None:
    """Let a collection run for ``days`` from today. Raises NotFound, MayNot, WrongState, BadOptions."""
    access.row(person, firm, envelope_id)
    if not 1 <= days <= rules.MOST_DAYS:
        raise BadOptions({"days": "days"})
    with transaction.atomic():
        envelope = _running(person, firm, envelope_id)
        envelope.expires_at, envelope.expiry_noticed_at = timezone.now() + timedelta(days=days), None
        access.touch(envelope, "expires_at", "expiry_noticed_at")
        access.note(envelope, actor, "envelope:extended", until=envelope.expires_at.isoformat())


def cancel(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, reason: str) -> None:
    """End a collection at once; nobody can sign any more, and those who were asked are told why.

    Again changes nothing. Raises NotFound, MayNot, BadOptions without a reason, WrongState once it ended otherwise.
    """
    access.row(person, firm, envelope_id)
    reason = rules.clean(reason, lines=True)
    if not reason or len(reason) > LONGEST_REASON:
        raise BadOptions({"reason": "too_long" if reason else "empty"})
    with transaction.atomic():
        envelope = access.row(person, firm, envelope_id, lock=True)
        access.expect_right(person, firm, "launch")
        if envelope.state == Envelope.State.CANCELLED:
            return
        access.expect_state(envelope, ("launching", "running"))
        ending.end(envelope, Envelope.State.CANCELLED, actor, person=person, reason=reason)


def _running(person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID) -> Envelope:
    envelope = access.row(person, firm, envelope_id, lock=True)
    access.expect_right(person, firm, "launch")
    access.expect_state(envelope, ("running",))
    return envelope


def _changeable(envelope: Envelope, recipient_id: uuid.UUID) -> Recipient:
    recipient = recipient_of(envelope, recipient_id)
    if recipient.state not in PENDING:
        raise NotDone()
    return recipient


@contextmanager
def _told_of_credit() -> Iterator[None]:
    """Say as a launch does that the firm cannot pay for the certificate that somebody lacks. Raises NotReady."""
    try:
        yield
    except credit.CreditTooLow as error:
        raise NotReady([Problem("credit", params=error.params)]) from error


def _free_of_wrong_name(recipient: Recipient) -> bool:
    """Take back that the name was in the way; tell whether it was."""
    waiting = Ceremony.objects.filter(recipient=recipient)
    # He is led back to where his identity document is asked for, under the right name.
    begins_again = waiting.filter(wait_code="identity_name").update(wait_code="identity_needed", wait_fields=[])
    return bool(begins_again + waiting.filter(wait_code="signer_differs").update(wait_code="", wait_fields=[]))


def _expect_ready(envelope: Envelope, recipient: Recipient) -> None:
    """Raise NotReady for what would have kept ``recipient`` from being invited at the launch."""
    if not recipient.email:
        raise BadRecipient({"email": "bad_email"})
    found = [one for one in problems_of(envelope) if one.recipient == recipient.pk]
    if found:
        raise NotReady(found)
