"""The code by SMS that confirms the agreement, and with it the certificate."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.trust.codes import api as codes
from paraphe.trust.enrolment import rules
from paraphe.trust.enrolment.agreement import unsigned
from paraphe.trust.enrolment.documents import locked, move
from paraphe.trust.enrolment.errors import AgreementChanged, CodePaused, StepClosed
from paraphe.trust.enrolment.models import Enrolment, Status
from paraphe.trust.enrolment.requests import holder, ids
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra


def binding(enrolment: Enrolment) -> bytes:
    """Return what the code stands for: this enrolment and the digest of the agreement that was shown."""
    return f"{enrolment.id}:{enrolment.agreement_sha256}".encode()


def ensure_sent(enrolment_id: UUID, label: str) -> codes.Challenge:
    """Return the challenge of an enrolment in CODE, sending the first code when there is none.

    ``label`` names the agreement in the SMS. Raises StepClosed, CodePaused.
    """
    enrolment = _in_code(enrolment_id)
    if enrolment.challenge_id is not None:
        return codes.state(enrolment.challenge_id)
    return _send(enrolment_id, label)


def send_again(enrolment_id: UUID, label: str) -> codes.Challenge:
    """Send a new code; the earlier one is worth nothing from then on. Raises what ``codes`` raises, CodePaused."""
    enrolment = _in_code(enrolment_id)
    if enrolment.challenge_id is None:
        return _send(enrolment_id, label)
    try:
        return codes.resend(enrolment.challenge_id)
    except (codes.CodeLocked, codes.CodeUsed):
        return _send(enrolment_id, label)


def _send(enrolment_id: UUID, label: str) -> codes.Challenge:
    with transaction.atomic():
        enrolment = locked(enrolment_id, Status.CODE)
        _not_paused(enrolment)
        challenge = codes.send(
            purpose="enrolment",
            subject=label,
            mobile_e164=ra.mobile_of(enrolment.subject),
            binding=binding(enrolment),
            language=enrolment.subject.language,
            owner=str(enrolment.subject_id),
        )
        enrolment.challenge_id = challenge.id
        enrolment.save(update_fields=["challenge_id"])
    return challenge


def confirm(enrolment_id: UUID, value: str) -> None:
    """Check the code; when it is right the enrolment goes to ISSUING, once.

    Raises CodeWrong, CodeExpired, CodeLocked, CodeUsed of ``codes``; CodePaused; StepClosed; AgreementChanged, after
    which the agreement has to be read again.
    """
    enrolment = _in_code(enrolment_id)
    _not_paused(enrolment)
    if enrolment.challenge_id is None:
        raise codes.CodeExpired
    try:
        unsigned(enrolment)
    except (AgreementChanged, files.FileBroken):
        _read_again(enrolment_id)
        raise AgreementChanged from None
    try:
        codes.check(enrolment.challenge_id, binding(enrolment), value)
    except codes.CodeLocked:
        _pause(enrolment_id)
        raise
    with transaction.atomic():
        enrolment = locked(enrolment_id, Status.CODE)
        enrolment.code_checked_at = timezone.now()
        enrolment.save(update_fields=["code_checked_at"])
        move(enrolment, Status.ISSUING)
        journal.write(
            "agreement:confirmed",
            holder(enrolment),
            ids(enrolment),
            {"challenge": str(enrolment.challenge_id), "sha256": enrolment.agreement_sha256},
        )


def _in_code(enrolment_id: UUID) -> Enrolment:
    enrolment = Enrolment.objects.select_related("subject").get(id=enrolment_id)
    if enrolment.status != Status.CODE:
        raise StepClosed
    return enrolment


def _not_paused(enrolment: Enrolment) -> None:
    if enrolment.code_paused_until is not None and enrolment.code_paused_until > timezone.now():
        raise CodePaused(until=enrolment.code_paused_until)


def _pause(enrolment_id: UUID) -> None:
    """Let nobody guess on: no new code for a while, and the locked challenge is dropped."""
    with transaction.atomic():
        enrolment = locked(enrolment_id, Status.CODE)
        enrolment.code_paused_until = timezone.now() + rules.CODE_PAUSE
        enrolment.challenge_id = None
        enrolment.save(update_fields=["code_paused_until", "challenge_id"])
        journal.write("agreement:code-locked", holder(enrolment), ids(enrolment), {})


def _read_again(enrolment_id: UUID) -> None:
    """Go back to the agreement, which is composed anew there."""
    with transaction.atomic():
        enrolment = locked(enrolment_id, Status.CODE)
        enrolment.agreement_version = ""
        enrolment.agreement_accepted_at = None
        enrolment.challenge_id = None
        enrolment.save(update_fields=["agreement_version", "agreement_accepted_at", "challenge_id"])
        move(enrolment, Status.AGREEMENT)
        journal.write("agreement:changed", holder(enrolment), ids(enrolment), {})
