"""The identity document of a signer, shown once to the trust site where a personal certificate is asked of him.

What came of it is read when he looks and by a job; both write it down here: why his ceremony waits, what is debited,
and who is told. The sender learns that a name differs, and in which part, never what stands on the document.
"""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import identity_messages, paying
from paraphe.platform.envelopes.ceremony_access import Held, Pass, held
from paraphe.platform.envelopes.ceremony_signing import signatory_of, waits
from paraphe.platform.envelopes.errors import CertificateUnpaid
from paraphe.platform.envelopes.models import Ceremony, Envelope, Recipient
from paraphe.platform.envelopes.values import IDENTITY_WAITS, PENDING
from paraphe.platform.signing import api as signing

RETURN_PATH = "/signer/identite/retour/"
#: Who has his certificate and has not come back by himself after this time is written to.
BACK_BY_HIMSELF = timedelta(minutes=5)
AT_ONCE = 500
_STAGES: Final = {
    "review": "identity_review",
    "agreement": "identity_accepted",
    "code": "identity_accepted",
    "issuing": "identity_accepted",
    "refused": "identity_refused",
    "elsewhere": "identity_elsewhere",
}


def identity_address(who: Pass, actor: Actor, locale: str) -> str:
    """Return the address where the recipient shows his identity document.

    Raises LinkDead, WrongState, NotDone, NotYourTurn, TrustUnavailable, TrustRefused; CertificateUnpaid when the firm
    cannot pay for the certificate now.
    """
    rows = held(who)
    rows.expect_turn()
    signatory = signatory_of(rows, locale)
    known, taken_over = signing.identity_known(signatory), _may_take_over(signatory)
    if known.status == "none" or known.ended or taken_over:
        _reserve(who, actor)
    address = signing.identity_address(signatory, return_path=RETURN_PATH, take_over=taken_over)
    with transaction.atomic():
        rows.note(actor, "ceremony:identity-asked")
    return address


def identity_returned(who: Pass, actor: Actor, *, request: str, state: str) -> signing.EnrolmentStatus:
    """Take the browser back from the trust site. Raises LinkDead, AuthorisationMismatch, TrustUnavailable."""
    signing.check_return(signatory_of(held(who), "fr"), request=request, state=state)
    return identity_status(who, actor)


def identity_status(who: Pass, actor: Actor) -> signing.EnrolmentStatus:
    """Tell how far the certificate of the recipient is. Raises LinkDead, TrustUnavailable."""
    rows = held(who)
    found = signing.identity_status(signatory_of(rows, "fr"))
    _write(rows.recipient, found, actor)
    return found


def expect_named(who: Pass, actor: Actor) -> None:
    """Let through who is called as in his certificate; the sender is told of who is not, once.

    Raises LinkDead, WrongState, NotDone, NotYourTurn, SignerDiffers.
    """
    rows = held(who)
    rows.expect_turn()
    signatory = signatory_of(rows, "fr")
    # Who revoked his because his name is another one now gets another one.
    if signing.still_certified(signatory):
        try:
            signing.level_of(signatory, "simple")
        except signing.SignerDiffers as error:
            waits(rows, actor, error)
            raise


def follow_identities() -> int:
    """Go on with ceremonies that wait for a certificate and at which nobody looks; return how many went on."""
    waiting = Ceremony.objects.filter(
        wait_code__in=IDENTITY_WAITS,
        recipient__state__in=PENDING,
        recipient__envelope__state=Envelope.State.RUNNING,
    )
    done = 0
    for ceremony in waiting.select_related("recipient").order_by("changed_at")[:AT_ONCE]:
        found = signing.identity_known(paying.signatory(ceremony.recipient))
        if found.status == "none" or (found.status == "issued" and _may_come_back(found)):
            continue
        done += _write(ceremony.recipient, found, SYSTEM, away=True)
    return done


def _reserve(who: Pass, actor: Actor) -> None:
    """Keep back what a request costs that is begun now, where the launch did not. Raises CertificateUnpaid."""
    try:
        with transaction.atomic():
            rows = held(who, lock=True)
            rows.expect_turn()
            paying.reserve_certificate(rows.envelope, rows.recipient, actor)
    except credit.CreditTooLow as error:
        waits(held(who), actor, CertificateUnpaid())
        raise CertificateUnpaid() from error


def _may_come_back(found: signing.EnrolmentStatus) -> bool:
    return found.since is not None and timezone.now() - found.since < BACK_BY_HIMSELF


def _may_take_over(signatory: signing.Signatory) -> bool:
    """Tell whether the ceremony for which his certificate was asked waits for it no more: this one pays then."""
    before = signing.identity_known(signatory).asked_by
    if not before or before == signatory.key:
        return False
    running = Recipient.objects.filter(state__in=PENDING, envelope__state=Envelope.State.RUNNING)
    return not running.filter(pk=before).exists()


def _write(recipient: Recipient, found: signing.EnrolmentStatus, actor: Actor, *, away: bool = False) -> bool:
    """Write down what is known of his certificate; tell whether that was new. ``away``: he does not see it himself."""
    with transaction.atomic():
        envelope = Envelope.objects.select_for_update().get(pk=recipient.envelope_id)
        recipient.refresh_from_db()
        if envelope.state != Envelope.State.RUNNING or recipient.state not in PENDING:
            return False
        ceremony, _ = Ceremony.objects.get_or_create(recipient=recipient, defaults={"changed_at": timezone.now()})
        rows, before = Held(envelope, recipient, ceremony), (ceremony.wait_code, list(ceremony.wait_fields))
        if found.status == "issued":
            paying.settle_certificate(recipient, actor)
            if before[0] not in IDENTITY_WAITS:
                return False
        code = _waits_for(found)
        ceremony.wait_code, ceremony.wait_fields = code, list(found.fields) if code == "identity_name" else []
        if (ceremony.wait_code, ceremony.wait_fields) == before:
            return False
        rows.save("wait_code", "wait_fields")
        _tell(rows, found, actor, away=away)
    return True


def _waits_for(found: signing.EnrolmentStatus) -> str:
    if found.status == "issued":
        return ""
    if found.other_name:
        return "identity_name"
    if found.status == "documents" and found.reason.get("code"):
        return "identity_retake"
    return _STAGES.get(found.status, "identity_needed")


def _tell(rows: Held, found: signing.EnrolmentStatus, actor: Actor, *, away: bool) -> None:
    """Write to who has to do something now, then the evidence, in the caller's transaction."""
    code = rows.ceremony.wait_code
    if code == "" and away:
        identity_messages.certificate_ready(rows.envelope, rows.recipient)
    if code == "identity_name":
        identity_messages.name_differs(rows.envelope, rows.recipient, rows.ceremony.wait_fields)
    elif code == "identity_refused":
        identity_messages.identity_refused(rows.envelope, rows.recipient)
    if code == "":
        rows.note(actor, "ceremony:identity-checked")
    elif code in ("identity_name", "identity_refused"):
        rows.note(actor, "ceremony:identity-refused", code=code, fields=rows.ceremony.wait_fields)
    else:
        rows.note(actor, "ceremony:waited", code=code)
