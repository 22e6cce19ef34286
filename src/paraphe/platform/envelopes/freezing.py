"""Freezing: every field of everybody is placed in each document, in one revision, before the first signature.

Goes on from where it stopped, as often as it is called; a second one at the same time changes nothing.
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.errors import DomainError
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import access, colleagues, ending, inviting
from paraphe.platform.envelopes.errors import SourceChanged
from paraphe.platform.envelopes.models import Envelope, EnvelopeDocument, Field

PURPOSE = "envelope"
#: Failures that trying again does not mend.
LASTING = (pdf.PdfRefused, files.FileBroken, files.FileUnknown, SourceChanged)
#: A box for a text that is higher than this takes several lines.
ONE_LINE = 34.0
REPEATS = {"fr": "Rappel de la signature de {name}", "en": "Signature of {name}, shown again"}


def freeze(envelope_id: uuid.UUID) -> None:
    """Freeze the documents of a collection that is being launched, then let it run. Raises what may pass later.

    What will not pass ends the launch: the collection is a draft again, and says why.
    """
    envelope = Envelope.objects.filter(pk=envelope_id, state=Envelope.State.LAUNCHING).first()
    if envelope is None:
        return
    for document in envelope.documents.filter(frozen_file=None):
        try:
            _freeze(document)
        except LASTING as error:
            _fail(envelope_id, document, error)
            return
    _start(envelope_id)


def names_for(envelope: Envelope) -> None:
    """Give every field that is new its name in the PDF: the same in all copies, never that of another field."""
    short = envelope.pk.hex[:8]
    fields = list(Field.objects.filter(document__envelope=envelope, existing=False))
    for number, field in enumerate(fields, 1):
        field.name = f"{'repeat' if field.repeats else field.kind}-{short}-{number}"
    Field.objects.bulk_update(fields, ["name"])


def _freeze(document: EnvelopeDocument) -> None:
    source = files.read(document.source_file)
    if sha256_hex(source) != document.source_sha256:
        raise SourceChanged()
    boxes = list(document.fields.select_related("recipient"))
    new = [new_field(one, document.envelope.locale) for one in boxes if not one.existing]
    reserved = [one.name for one in boxes if one.existing and one.kind != Field.Kind.SIGNATURE]
    frozen = pdf.place_fields(source, new, reserved=reserved).whole(source)
    with transaction.atomic():
        stored = files.store(frozen, purpose=PURPOSE)
        if not EnvelopeDocument.objects.filter(pk=document.pk, frozen_file=None).update(
            frozen_file=stored.id, frozen_sha256=stored.sha256, sha256=stored.sha256
        ):
            files.destroy(stored.id)
            return
        Envelope.objects.filter(pk=document.envelope_id).update(changed_at=timezone.now())


def new_field(field: Field, locale: str) -> pdf.NewField:
    """Return a box as a field of the document, in the language of its collection."""
    box = pdf.Box(field.page, field.x, field.y, field.width, field.height) if field.width else None
    if field.repeats:
        # What a screen reader says of it: a field that shows a signature, and is none.
        name = f"{field.recipient.given_name} {field.recipient.family_name}".strip()
        return pdf.NewField(field.name, "lines", box, REPEATS.get(locale, REPEATS["fr"]).format(name=name))
    if field.kind == Field.Kind.SIGNATURE:
        return pdf.NewField(field.name, "signature", box, field.label)
    if field.kind == Field.Kind.CHECKBOX:
        return pdf.NewField(field.name, "checkbox", box, field.label)
    return pdf.NewField(field.name, "lines" if field.height > ONE_LINE else "text", box, field.label)


def _start(envelope_id: uuid.UUID) -> None:
    with transaction.atomic():
        envelope = Envelope.objects.select_for_update().get(pk=envelope_id)
        if envelope.state != Envelope.State.LAUNCHING:
            return
        now = timezone.now()
        envelope.state, envelope.launched_at = Envelope.State.RUNNING, now
        envelope.expires_at = now + timedelta(days=envelope.expiry_days)
        envelope.stuck_code, envelope.stuck_at = "", None
        access.touch(envelope, "state", "launched_at", "expires_at", "stuck_code", "stuck_at")
        digests = {str(one.pk): one.frozen_sha256 for one in envelope.documents.all()}
        access.note(envelope, SYSTEM, "envelope:frozen", documents=digests)
        access.note(envelope, SYSTEM, "envelope:launched")
        inviting.invite_next(envelope)


def _fail(envelope_id: uuid.UUID, document: EnvelopeDocument, error: DomainError) -> None:
    with transaction.atomic():
        envelope = Envelope.objects.select_for_update().get(pk=envelope_id)
        if envelope.state != Envelope.State.LAUNCHING:
            return
        ending.close_credit(envelope, SYSTEM)
        accounts.give_back(ending.mandate_key(envelope))
        thaw(envelope)
        envelope.state = Envelope.State.DRAFT
        envelope.stuck_code, envelope.stuck_at = error.code, timezone.now()
        access.touch(envelope, "state", "stuck_code", "stuck_at")
        colleagues.launch_failed(envelope, document.title)
        about = {"document": str(document.pk)}
        access.note(envelope, SYSTEM, "envelope:launch-failed", about, code=error.code)


def thaw(envelope: Envelope) -> None:
    """Forget what was frozen of a collection that is a draft again."""
    for document in envelope.documents.exclude(frozen_file=None):
        if document.frozen_file is not None:
            files.destroy(document.frozen_file)
    envelope.documents.update(frozen_file=None, frozen_sha256="", sha256="")
    Field.objects.filter(document__envelope=envelope, existing=False).update(name="")
