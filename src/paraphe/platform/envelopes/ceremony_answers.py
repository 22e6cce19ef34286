"""What a recipient can do beside signing: approve, refuse, ask, say that it is not for him, name the right person."""

import uuid
from collections.abc import Mapping
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import access, inviting, links, messages, paying, rules, running
from paraphe.platform.envelopes.ceremony_access import Held, Pass, held
from paraphe.platform.envelopes.ceremony_reading import expect_read
from paraphe.platform.envelopes.ceremony_signing import PURPOSE
from paraphe.platform.envelopes.errors import BadOptions, BadRecipient, MayNot, NotDone, NotYourTurn
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.envelopes.recipients import recipient_of, write
from paraphe.platform.signing import api as signing

LONGEST_TEXT = 500
LARGEST_IMAGE = 600_000


def approve(who: Pass, actor: Actor) -> None:
    """Approve without signing. Again changes nothing. Raises LinkDead, WrongState, NotYourTurn, PagesUnseen, MayNot."""
    with transaction.atomic():
        rows = held(who, lock=True)
        if rows.recipient.role != Recipient.Role.APPROVER:
            raise MayNot(right="approve")
        if rows.recipient.state == Recipient.State.APPROVED:
            return
        rows.expect_turn()
        expect_read(rows)
        _becomes(rows, Recipient.State.APPROVED)
        messages.signed(rows.envelope, rows.recipient)
        rows.note(actor, "recipient:approved")
    running.after_signature(rows.envelope.pk)


def refuse(who: Pass, actor: Actor, reason: str) -> None:
    """Refuse, with a reason that the sender reads; ends the collection. Again changes nothing.

    Raises LinkDead, WrongState, NotYourTurn, NotDone; BadOptions without a reason, BeingSigned once he typed his code.
    """
    reason = _text(reason, "reason")
    with transaction.atomic():
        rows = held(who, lock=True)
        if rows.recipient.state == Recipient.State.REFUSED:
            return
        rows.expect_turn()
        stop_own(rows.envelope, rows.recipient)
        rows.recipient.refusal = reason
        _becomes(rows, Recipient.State.REFUSED, "refusal")
        rows.note(actor, "recipient:refused", private={"reason": reason})
    running.after_refusal(rows.envelope.pk)


def ask(who: Pass, actor: Actor, question: str) -> None:
    """Ask the sender something; the collection goes on. Raises LinkDead, WrongState, BadOptions without a question."""
    question = _text(question, "question")
    with transaction.atomic():
        rows = held(who, lock=True)
        access.expect_state(rows.envelope, ("running",))
        rows.ceremony.question, rows.ceremony.asked_at = question, timezone.now()
        rows.save("question", "asked_at")
        number = f"{rows.ceremony.asked_at:%Y%m%d%H%M%S}"
        messages.asked(rows.envelope, rows.recipient, question, number)
        rows.note(actor, "recipient:asked", private={"question": question})


def deny(who: Pass, actor: Actor) -> None:
    """Say that this is not for him: his link dies, the sender corrects it. Raises LinkDead, WrongState, NotDone."""
    with transaction.atomic():
        rows = held(who, lock=True)
        access.expect_state(rows.envelope, ("running",))
        if rows.recipient.state not in ("invited", "opened", "read"):
            raise NotDone()
        stop_own(rows.envelope, rows.recipient)
        links.revoke(rows.recipient)
        now, invited = timezone.now(), rows.recipient.invited_at
        rows.recipient.state, rows.recipient.bounced_at = Recipient.State.BOUNCED, now
        # Whoever says so has opened the link: by that it is told from a message that never arrived.
        if rows.recipient.opened_at is None or (invited and rows.recipient.opened_at < invited):
            rows.recipient.opened_at = now
        rows.recipient.save(update_fields=["state", "bounced_at", "opened_at", "token_hash", "link_number"])
        messages.denied(rows.envelope, rows.recipient)
        rows.note(actor, "recipient:denied")


def forward(who: Pass, actor: Actor, typed: Mapping[str, str]) -> uuid.UUID:
    """Name the right person, who is asked in his place and takes his boxes. Return the number of that recipient.

    Raises LinkDead, WrongState, NotDone, NotYourTurn; MayNot where the sender does not allow it; BadRecipient.
    """
    with transaction.atomic():
        rows = held(who, lock=True)
        if not rows.envelope.may_forward:
            raise MayNot(right="forward")
        rows.expect_turn()
        stop_own(rows.envelope, rows.recipient)
        old = rows.recipient
        kept = {"role": old.role, "level": old.level, "locale": typed.get("locale") or old.locale}
        asked = rules.recipient_of({**typed, **kept})
        missing = [name for name in ("given_name", "family_name", "email", "mobile") if not getattr(asked, name)]
        if missing and (old.role == Recipient.Role.SIGNER or missing != ["mobile"]):
            raise BadRecipient(dict.fromkeys(missing, "empty"))
        made = Recipient(envelope=rows.envelope, step=old.step, position=old.position, colour=old.colour, replaces=old)
        write(made, asked)
        old.state = Recipient.State.REPLACED
        links.revoke(old)
        old.save()
        made.save()
        old.fields.update(recipient=made, value=None, ink=None, filled_at=None)
        # What the firm cannot pay now is asked again before he goes to the trust site: he is invited in any case.
        with suppress(credit.CreditTooLow):
            paying.hand_on(rows.envelope, old, made, actor)
        rows.note(actor, "recipient:forwarded", to=str(made.pk))
        inviting.invite(rows.envelope, made, actor)
    return made.pk


def draw(who: Pass, actor: Actor, image: bytes, ink: str = "") -> None:
    """Keep a signature for the appearance, photographed or drawn as lines; nothing removes it.

    Raises LinkDead, BadImage.
    """
    if len(image) > LARGEST_IMAGE:
        raise pdf.BadImage(reason="too large")
    clean = pdf.clean_image(image) if image and not ink else None
    lines = pdf.read_ink(ink).to_text() if ink else None
    with transaction.atomic():
        rows = held(who, lock=True)
        rows.expect_turn()
        before = rows.ceremony.handwriting
        rows.ceremony.handwriting = files.store(clean, purpose="envelope.handwriting").id if clean else None
        rows.ceremony.ink = lines
        rows.save("handwriting", "ink")
        if before is not None:
            files.destroy(before)


def hand_over(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, recipient_id: uuid.UUID
) -> Pass:
    """Let a recipient use the device of the sender, face to face; his code still goes to his own telephone.

    Raises NotFound, MayNot, WrongState, NotDone, NotYourTurn.
    """
    with transaction.atomic():
        envelope = access.row(person, firm, envelope_id, lock=True)
        access.expect_right(person, firm, "launch")
        access.expect_state(envelope, ("running",))
        recipient = recipient_of(envelope, recipient_id)
        if not inviting.is_on_turn(envelope, recipient.pk):
            raise NotYourTurn()
        if recipient.token_hash is None:
            links.renew(recipient)
            recipient.save(update_fields=["token_hash", "link_number"])
        who = Pass(recipient.pk, recipient.token_hash or "")
        rows = held(who)
        rows.ceremony.face_to_face = True
        rows.save("face_to_face")
        rows.note(actor, "ceremony:handed-over")
    return who


def _text(value: str, name: str) -> str:
    text = rules.clean(value, lines=True)
    if not text or len(text) > LONGEST_TEXT:
        raise BadOptions({name: "too_long" if text else "empty"})
    return text


def _becomes(rows: Held, state: str, *fields: str) -> None:
    rows.recipient.state, rows.recipient.done_at = state, timezone.now()
    rows.recipient.save(update_fields=["state", "done_at", *fields])


def stop_own(envelope: Envelope, recipient: Recipient) -> None:
    """End what ``recipient`` began to sign. Raises BeingSigned once he typed his code: it will be finished."""
    turn = signing.turn(purpose=PURPOSE, reference=str(envelope.pk))
    if turn is None or turn.third_party != str(recipient.pk):
        return
    if turn.authorised:
        raise signing.BeingSigned()
    latest = signing.latest_for(purpose=PURPOSE, reference=str(envelope.pk), third_party=str(recipient.pk))
    if latest is not None:
        signing.stop(latest.id, failure="given_up")
