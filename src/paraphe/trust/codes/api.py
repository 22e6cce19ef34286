"""The door of codes: send a code by SMS, or by e-mail, for exactly one thing, and check it once."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from paraphe.floor.messaging import api as messaging
from paraphe.floor.secrets import keyed_hash, same
from paraphe.kernel.errors import NotFound
from paraphe.kernel.ids import new_id
from paraphe.trust.codes import models, rules, sentences
from paraphe.trust.codes.errors import (
    CodeError,
    CodeExpired,
    CodeForSomethingElse,
    CodeLimit,
    CodeLocked,
    CodeTooSoon,
    CodeUsed,
    CodeWrong,
)

__all__ = [
    "Challenge",
    "CodeError",
    "CodeExpired",
    "CodeForSomethingElse",
    "CodeLimit",
    "CodeLocked",
    "CodeTooSoon",
    "CodeUsed",
    "CodeWrong",
    "Delivery",
    "check",
    "check_confirmed",
    "destroy_old",
    "find",
    "resend",
    "send",
    "state",
]

_State = models.Challenge.State
#: What became of the newest code: ``late`` while its carrier is away, ``not_sent`` when it will not come any more.
Delivery = Literal["on_its_way", "late", "sent", "not_sent"]


@dataclass(frozen=True)
class Challenge:
    """What may be told of a challenge: never its code, never the whole number or address."""

    id: UUID
    state: str
    expires_at: datetime
    resend_at: datetime
    masked_mobile: str
    """The number, or for ``by_email`` the address, most of it hidden."""
    tries_left: int
    sends_left: int
    delivery: Delivery = "on_its_way"

    @property
    def by_email(self) -> bool:
        """Tell whether the code goes by e-mail."""
        return "@" in self.masked_mobile


def send(*, purpose: str, subject: str, mobile_e164: str, binding: bytes, language: str, owner: str = "") -> Challenge:
    """Send a first code, in the caller's transaction, and return its challenge.

    ``subject`` is what the SMS says is signed; ``binding`` is what the code is worth something for: ``check`` has to
    present the same bytes. ``mobile_e164`` may be an e-mail address, for somebody who gave no number: that proves less,
    and whoever calls decides about it. ``owner`` (an identifier of the holder) shares the limits between his numbers.
    Raises CodeLimit, AddressRefused.
    """
    now = timezone.now()
    challenge = models.Challenge(
        id=new_id(),
        purpose=purpose,
        binding_hash=keyed_hash(binding, "codes.binding"),
        owner_hash=keyed_hash(owner, "codes.owner") if owner else "",
        mobile=mobile_e164,
        mobile_hash=_mobile_hash(mobile_e164),
        masked_mobile=rules.masked(mobile_e164),
        subject=rules.short(subject),
        language="en" if language == "en" else "fr",
        created_at=now,
    )
    with transaction.atomic():
        _check_limits(challenge, now)
        _dispatch(challenge, now)
    return _view(challenge)


def resend(challenge_id: UUID) -> Challenge:
    """Send a new code; the one before is worth nothing from then on, and five tries begin anew.

    A code that never left, because its carrier was away, is taken back and counts for nothing. Raises NotFound,
    CodeUsed, CodeLocked, CodeTooSoon, CodeLimit.
    """
    now = timezone.now()
    with transaction.atomic():
        challenge = _locked(challenge_id)
        _check_open(challenge)
        if now < challenge.sent_at + rules.RESEND_AFTER:
            raise CodeTooSoon(resend_at=challenge.sent_at + rules.RESEND_AFTER)
        _take_back(challenge)
        if challenge.sends - challenge.lost >= rules.MOST_SENDS:
            raise CodeLimit(until=None)
        _check_limits(challenge, now)
        _dispatch(challenge, now)
    return _view(challenge)


def check(challenge_id: UUID, binding: bytes, value: str) -> None:
    """Use the challenge up if ``value`` is its code and ``binding`` what it was sent for; otherwise raise.

    Raises NotFound, CodeForSomethingElse, CodeUsed, CodeLocked, CodeExpired, CodeWrong. Must not be called inside a
    transaction: a wrong try has to be counted whatever the caller does then.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        refusal = _try(_locked(challenge_id), binding, rules.digits_of(value), now)
    if refusal is not None:
        raise refusal


def state(challenge_id: UUID) -> Challenge:
    """Return where a challenge stands. Raises NotFound."""
    found = models.Challenge.objects.filter(id=challenge_id).first()
    if found is None:
        raise NotFound(kind="challenge")
    return _view(found)


def find(*, purpose: str, binding: bytes) -> Challenge | None:
    """Return the newest challenge that was sent for ``binding``, or None."""
    found = models.Challenge.objects.filter(purpose=purpose, binding_hash=keyed_hash(binding, "codes.binding"))
    newest = found.order_by("-created_at").first()
    return _view(newest) if newest else None


def check_confirmed(challenge_id: UUID, *, mobile_e164: str) -> None:
    """Let through a challenge that was confirmed with a code sent to this number. Raises NotFound, CodeWrong.

    A code that went to another telephone says nothing about the holder.
    """
    found = models.Challenge.objects.filter(id=challenge_id).first()
    if found is None:
        raise NotFound(kind="challenge")
    if found.state != _State.USED or not same(found.mobile_hash, _mobile_hash(mobile_e164)):
        raise CodeWrong(tries_left=0)


def destroy_old() -> int:
    """Close challenges that nobody answered for an hour, destroy those of 40 days ago; return how many rows went."""
    now = timezone.now()
    stale = models.Challenge.objects.filter(state=_State.OPEN, expires_at__lt=now - rules.HOUR)
    stale.update(state=_State.LOCKED, mobile=None, subject=None, code_hash="")
    count, _each = models.Challenge.objects.filter(created_at__lt=now - rules.KEPT).delete()
    return count


def _dispatch(challenge: models.Challenge, now: datetime) -> None:
    """Give the challenge a new code and hand its SMS to the outbox; the code leaves this function in no other way."""
    code = f"{secrets.randbelow(10**rules.DIGITS):0{rules.DIGITS}d}"
    challenge.code_hash = _code_hash(challenge.id, code)
    challenge.tries = 0
    challenge.sends += 1
    challenge.sent_at = now
    challenge.expires_at = now + rules.LIFETIME
    challenge.save()
    models.Dispatch.objects.create(
        challenge=challenge, mobile_hash=challenge.mobile_hash, owner_hash=challenge.owner_hash, at=now
    )
    text = sentences.sms(
        purpose=challenge.purpose, subject=challenge.subject or "", code=code, language=challenge.language
    )
    address, key = challenge.mobile or "", _key(challenge)
    if "@" in address:
        messaging.send_email(address, sentences.title(challenge.language), text, key=key, language=challenge.language)
        return
    messaging.send_sms(address, text, key=key, urgent=True, expires_at=challenge.expires_at)


def _key(challenge: models.Challenge) -> str:
    return f"code:{challenge.id}:{challenge.sends}"


def _take_back(challenge: models.Challenge) -> None:
    """Take back the newest code if it never left: two SMS of which only one is good would only confuse."""
    messaging.withdraw(_key(challenge))
    if _message(challenge).reason in messaging.NEVER_LEFT:
        challenge.lost += 1
        newest = challenge.dispatches.order_by("-at", "-pk").first()
        if newest is not None:
            newest.delete()


def _message(challenge: models.Challenge) -> messaging.MessageState:
    return messaging.state_of_key(_key(challenge))


def _delivery(challenge: models.Challenge) -> Delivery:
    if challenge.state != _State.OPEN:
        return "sent"
    try:
        message = _message(challenge)
    except messaging.MessageUnknown:
        return "not_sent"
    if message.state == "failed":
        return "not_sent"
    if message.state == "sent":
        return "sent"
    waits = timezone.now() - challenge.sent_at > messaging.URGENT_LATE
    return "late" if message.late or waits else "on_its_way"


def _try(challenge: models.Challenge, binding: bytes, digits: str, now: datetime) -> CodeError | None:
    """Count one try and return why it was not the right one; None: the challenge is used now."""
    try:
        _check_answerable(challenge, binding, now)
    except CodeError as error:
        return error
    if same(challenge.code_hash, _code_hash(challenge.id, digits)):
        _end(challenge, _State.USED, now)
        return None
    challenge.tries += 1
    challenge.wrong += 1
    if challenge.tries >= rules.TRIES:
        _end(challenge, _State.LOCKED, now)
        return CodeLocked()
    challenge.save(update_fields=["tries", "wrong"])
    tries_left = rules.TRIES - challenge.tries
    if _is_of_another(challenge, digits, now):
        return CodeForSomethingElse(tries_left=tries_left)
    return CodeWrong(tries_left=tries_left)


def _check_answerable(challenge: models.Challenge, binding: bytes, now: datetime) -> None:
    if not same(challenge.binding_hash, keyed_hash(binding, "codes.binding")):
        raise CodeForSomethingElse
    _check_open(challenge)
    if now >= challenge.expires_at:
        raise CodeExpired


def _is_of_another(challenge: models.Challenge, digits: str, now: datetime) -> bool:
    others = models.Challenge.objects.filter(
        mobile_hash=challenge.mobile_hash, state=_State.OPEN, expires_at__gt=now
    ).exclude(id=challenge.id)
    return any(same(code_hash, _code_hash(other, digits)) for other, code_hash in others.values_list("id", "code_hash"))


def _end(challenge: models.Challenge, final: _State, now: datetime) -> None:
    challenge.state = final
    challenge.used_at = now if final is _State.USED else None
    challenge.code_hash = ""
    challenge.mobile = challenge.subject = None
    challenge.save()


def _check_open(challenge: models.Challenge) -> None:
    if challenge.state == _State.USED:
        raise CodeUsed
    if challenge.state == _State.LOCKED:
        raise CodeLocked


def _check_limits(challenge: models.Challenge, now: datetime) -> None:
    """Raise CodeLimit when this number, or this holder, had too many codes or typed too many wrong ones."""
    day = now - rules.DAY
    for field in ("mobile_hash", "owner_hash"):
        value = getattr(challenge, field)
        if not value:
            continue
        sent = list(models.Dispatch.objects.filter(**{field: value, "at__gt": day}).values_list("at", flat=True))
        until = rules.wait_until(sent, now)
        if until is not None:
            raise CodeLimit(until=until)
        tried = models.Challenge.objects.filter(**{field: value, "sent_at__gt": day})
        if (tried.aggregate(total=Sum("wrong"))["total"] or 0) >= rules.MOST_WRONG_PER_DAY:
            raise CodeLimit(until=None)


def _locked(challenge_id: UUID) -> models.Challenge:
    found = models.Challenge.objects.select_for_update().filter(id=challenge_id).first()
    if found is None:
        raise NotFound(kind="challenge")
    return found


def _mobile_hash(mobile: str) -> str:
    return keyed_hash(mobile, "codes.mobile")


def _code_hash(challenge_id: UUID, code: str) -> str:
    return keyed_hash(f"{challenge_id}:{code}", "codes.code")


def _view(challenge: models.Challenge) -> Challenge:
    return Challenge(
        id=challenge.id,
        state=challenge.state,
        expires_at=challenge.expires_at,
        resend_at=challenge.sent_at + rules.RESEND_AFTER,
        masked_mobile=challenge.masked_mobile,
        tries_left=max(0, rules.TRIES - challenge.tries),
        sends_left=max(0, rules.MOST_SENDS - challenge.sends + challenge.lost),
        delivery=_delivery(challenge),
    )
