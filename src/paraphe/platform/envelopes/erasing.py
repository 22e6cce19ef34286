"""Erasing a person: what was kept of a recipient goes, what happened stays, and every chain stays valid."""

import uuid
from typing import Final

from django.db import transaction

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.envelopes import access, links, searching
from paraphe.platform.envelopes.errors import WrongState
from paraphe.platform.envelopes.models import Ceremony, Envelope, Recipient, Report
from paraphe.platform.evidence import api as evidence

ENDED: Final = ("completed", "refused", "expired", "cancelled")


def erase(recipient_id: uuid.UUID, actor: Actor) -> int:
    """Erase what is kept of a recipient of a collection that ended; return how many events lost their disclosure.

    Names, e-mail, mobile, what he wrote and drew, addresses and agents of his events. Signed documents and sealed
    evidence files are not touched: they are what he or the firm may need to prove (GDPR art. 17 §3 e). Again changes
    nothing. Raises NotFound; WrongState while he may still be asked something.
    """
    with transaction.atomic():
        row = Recipient.objects.filter(pk=recipient_id).first()
        if row is None:
            return _erased_events(recipient_id)
        envelope = Envelope.objects.select_for_update().get(pk=row.envelope_id)
        if envelope.state not in ENDED and row.state != Recipient.State.REPLACED:
            raise WrongState(state=envelope.state)
        row.given_name = row.family_name = row.email = ""
        row.mobile = row.refusal = None
        row.person = None
        links.revoke(row)
        row.save()
        row.fields.update(value=None)
        Report.objects.filter(recipient=row.pk).update(text=None)
        _forget_ceremony(row)
        searching.index(envelope)
        count = evidence.erase(str(row.pk))
        if count:
            access.note(envelope, actor, "recipient:erased", {"recipient": str(row.pk)}, events=count)
    return count


def _erased_events(recipient_id: uuid.UUID) -> int:
    """Erase what the evidence still discloses of somebody whose collection was deleted. Raises NotFound."""
    count = evidence.erase(str(recipient_id))
    if not count:
        raise NotFound(kind="recipient")
    return count


def _forget_ceremony(row: Recipient) -> None:
    ceremony = Ceremony.objects.filter(recipient=row).first()
    if ceremony is None:
        return
    if ceremony.handwriting is not None:
        files.destroy(ceremony.handwriting)
    Ceremony.objects.filter(pk=ceremony.pk).update(handwriting=None, question=None)
