"""Completion: every document that was signed reaches B-LTA, is judged by our own verdict, then everybody is told.

Goes on from where it stopped, as often as it is called. What waits for somebody else (no timestamp, no answer of a
responder) is written on the collection, and tried again every minute.
"""

import uuid

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.errors import DomainError
from paraphe.platform.envelopes import access, digests, ending
from paraphe.platform.envelopes.errors import DocumentTampered
from paraphe.platform.envelopes.models import Envelope, EnvelopeDocument, Field
from paraphe.platform.signing import api as signing

PURPOSE = "envelope"


def complete(envelope_id: uuid.UUID) -> None:
    """Archive what is not archived yet, then end the collection. Again changes nothing."""
    envelope = Envelope.objects.filter(pk=envelope_id, state=Envelope.State.COMPLETING).first()
    if envelope is None:
        return
    try:
        for document in envelope.documents.filter(final_file=None, use=EnvelopeDocument.Use.TO_SIGN):
            _archive(document)
    except DomainError as error:
        stuck(envelope_id, error.code)
        return
    with transaction.atomic():
        held = Envelope.objects.select_for_update().get(pk=envelope_id)
        if held.state == Envelope.State.COMPLETING:
            ending.end(held, Envelope.State.COMPLETED, SYSTEM)


def stuck(envelope_id: uuid.UUID, code: str) -> None:
    """Write on a collection what it waits for; since when stays as long as it is the same."""
    now = timezone.now()
    Envelope.objects.filter(pk=envelope_id).exclude(stuck_code=code[:60]).update(stuck_code=code[:60], stuck_at=now)
    Envelope.objects.filter(pk=envelope_id).update(changed_at=now)


def _archive(document: EnvelopeDocument) -> None:
    current = document.current_file or document.frozen_file
    if current is None:
        raise DocumentTampered(document=str(document.pk))
    data = files.read(current)
    if sha256_hex(data) != document.sha256:
        raise DocumentTampered(document=str(document.pk))
    signed = document.fields.filter(kind=Field.Kind.SIGNATURE).values("recipient").distinct().count()
    envelope = Envelope.objects.get(pk=document.envelope_id)
    if digests.told(envelope, {str(document.pk)}).get(str(document.pk)) != document.sha256:
        raise DocumentTampered(document=str(document.pk))
    final = signing.archive(data, least=signed, judged=document.version > 0)
    with transaction.atomic():
        stored = files.store(final, purpose=PURPOSE)
        if not EnvelopeDocument.objects.filter(pk=document.pk, final_file=None).update(
            final_file=stored.id, final_sha256=stored.sha256
        ):
            files.destroy(stored.id)
            return
        about = {"document": str(document.pk)}
        access.note(envelope, SYSTEM, "envelope:archived", about, sha256=stored.sha256)
