"""What a collection costs its firm: each signature, and the certificate of each signer who is to get one for it.

A certificate is reserved when the collection is launched, for whom an advanced signature is asked who has none. It is
debited when one was issued upon the request that was begun for exactly this signer; else it is given back.
"""

from collections.abc import Iterable

from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.ids import new_id
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.envelopes.queries import RecipientView
from paraphe.platform.envelopes.values import DONE
from paraphe.platform.signing import api as signing


def signatory(one: Recipient | RecipientView, locale: str = "fr") -> signing.Signatory:
    """Return a recipient as the signing room knows him."""
    return signing.Signatory(
        key=str(one.id),
        given_name=one.given_name,
        surname=one.family_name,
        email=one.email,
        mobile=one.mobile or "",
        locale=locale,
        person_id=one.person_id,
    )


def needs_certificate(one: Recipient | RecipientView) -> bool:
    """Tell whether a signer is to get a certificate before he can sign, as far as is known here."""
    if one.role != Recipient.Role.SIGNER or one.level != "advanced" or not signing.offers_certificates():
        return False
    try:
        return signing.level_of(signatory(one), "advanced") == "identity_needed"
    except signing.SignerDiffers:
        return False


def cost(people: Iterable[RecipientView]) -> int:
    """Return what launching for these people costs, in cents."""
    signers = [one for one in people if one.role == "signer"]
    certificate = credit.price_of("certificate")
    needed = sum(needs_certificate(one) for one in signers) if certificate else 0
    return credit.price_of("signature") * len(signers) + certificate * needed


def reserve(envelope: Envelope, actor: Actor) -> None:
    """Reserve for every signer, in the caller's transaction. Raises CreditTooLow."""
    for recipient in envelope.recipients.filter(role=Recipient.Role.SIGNER):
        key = f"recipient:{recipient.pk.hex}:{envelope.launches}"
        credit.reserve(firm=envelope.firm, act="signature", count=1, key=key, actor=actor)
        recipient.reservation = key
        recipient.save(update_fields=["reservation"])
        reserve_certificate(envelope, recipient, actor)


def reserve_certificate(envelope: Envelope, recipient: Recipient, actor: Actor = SYSTEM) -> None:
    """Reserve the certificate that ``recipient`` lacks; again changes nothing. The collection is locked.

    Raises CreditTooLow.
    """
    if recipient.certificate_reservation or not needs_certificate(recipient):
        return
    # A key of its own each time: what was settled or given back is never opened again.
    key = f"certificate:{recipient.pk.hex}:{new_id().hex}"
    credit.reserve(firm=envelope.firm, act="certificate", count=1, key=key, actor=actor)
    recipient.certificate_reservation = key
    recipient.save(update_fields=["certificate_reservation"])


def settle_certificate(recipient: Recipient, actor: Actor = SYSTEM) -> None:
    """Debit the certificate that was issued for ``recipient``, give back any other; again changes nothing."""
    if recipient.certificate_reservation:
        issued = signing.issued_for(signatory(recipient))
        credit.settle(recipient.certificate_reservation, done=1 if issued else 0, actor=actor)
        recipient.certificate_reservation = ""
        recipient.save(update_fields=["certificate_reservation"])


def settle(recipient: Recipient, actor: Actor = SYSTEM) -> None:
    """Close what was reserved for ``recipient``: who signed is debited. Again changes nothing."""
    if recipient.reservation:
        credit.settle(recipient.reservation, done=1 if recipient.state in DONE else 0, actor=actor)
        recipient.reservation = ""
        recipient.save(update_fields=["reservation"])
    settle_certificate(recipient, actor)


def hand_on(envelope: Envelope, old: Recipient, made: Recipient, actor: Actor) -> None:
    """Let who takes the place of ``old`` take what is reserved for the signature; certificates are each one's own.

    Raises CreditTooLow when the new one lacks a certificate that cannot be paid.
    """
    made.reservation, old.reservation = old.reservation, ""
    Recipient.objects.filter(pk=made.pk).update(reservation=made.reservation)
    Recipient.objects.filter(pk=old.pk).update(reservation="")
    settle_certificate(old, actor)
    reserve_certificate(envelope, made, actor)
