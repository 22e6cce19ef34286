"""Drafting a collection: its options and its documents. Every verb needs right ``prepare``."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import access, brought, colleagues, rules, searching
from paraphe.platform.envelopes.errors import BadOptions, TooMany
from paraphe.platform.envelopes.models import Ceremony, Envelope, EnvelopeDocument
from paraphe.platform.envelopes.queries import EnvelopeView, get
from paraphe.platform.envelopes.values import LOCALES
from paraphe.platform.firms import api as firms
from paraphe.platform.mandates import api as mandates

PURPOSE = "envelope"
#: Drafts that nobody touched for so long are deleted.
IDLE_DAYS = 90


def create(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, locale: str = "fr", template: bool = False
) -> EnvelopeView:
    """Begin a draft, or a template, with what the firm set. Raises MayNot, FirmClosed."""
    access.expect_right(person, firm, "prepare")
    own, now = firms.options(firm), timezone.now()
    advanced = own.third_party_advanced and own.third_party_level == "advanced"
    with transaction.atomic():
        envelope = Envelope.objects.create(
            firm_id=firm.pk,
            sender_id=person.pk,
            state=Envelope.State.TEMPLATE if template else Envelope.State.DRAFT,
            locale=locale if locale in LOCALES else "fr",
            level="advanced" if advanced else "simple",
            read_all_pages=own.read_all_pages,
            expiry_days=own.collection_days,
            reminder_days=list(own.reminder_days),
            created_at=now,
            changed_at=now,
        )
        access.note(envelope, actor, "template:created" if template else "envelope:created")
    return get(person, firm, envelope.pk)


def set_options(
    *, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, typed: Mapping[str, object]
) -> None:
    """Keep what a collection says and how it runs. Raises NotFound, MayNot, WrongState, BadOptions."""
    own = firms.options(firm)
    options = rules.options_of(typed, tuple(mandates.KINDS), own.custom_consents)
    if options.level == "advanced" and not own.third_party_advanced:
        raise BadOptions({"level": "not_offered"})
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        changed = envelope.level != options.level
        for name in (
            "title", "message", "kind", "locale", "level", "expiry_days", "read_all_pages", "may_forward", "consent",
        ):  # fmt: skip
            setattr(envelope, name, getattr(options, name))
        envelope.reminder_days = list(options.reminder_days)
        envelope.save()
        if changed:
            envelope.recipients.update(level=options.level)
        access.touch(envelope)


def add_document(
    *,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    filename: str,
    chunks: Iterable[bytes],
    use: str = "to_sign",
) -> uuid.UUID:
    """Put a PDF that was brought into a draft and return its number there.

    Raises NotFound, MayNot, WrongState, TooMany, FileTooLarge, PdfRefused; nothing is kept then.
    """
    with transaction.atomic():
        _room(access.editable(person, firm, envelope_id))
    data = _bounded(chunks, documents.largest(firm))
    return _put(person, firm, envelope_id, documents.title_of(filename), data, use)


def add_from_documents(
    *,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    document_ids: Sequence[uuid.UUID],
    use: str = "to_sign",
) -> list[uuid.UUID]:
    """Put copies of documents that ``person`` has into a draft. Raises as ``add_document``; then none is put."""
    access.row(person, firm, envelope_id)
    chosen = [documents.get(person, firm, one) for one in dict.fromkeys(document_ids)]
    with transaction.atomic():
        return [
            _put(person, firm, envelope_id, one.title, documents.content(person, firm, one.id), use) for one in chosen
        ]


def change_document(
    *,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    document_id: uuid.UUID,
    title: str,
    use: str,
) -> None:
    """Rename a document of a draft and say what it is for; what is only read loses its boxes.

    Raises NotFound, MayNot, WrongState, BadOptions.
    """
    access.row(person, firm, envelope_id)
    title = rules.clean(title)
    if not title or len(title) > rules.LENGTHS["title"] or use not in EnvelopeDocument.Use.values:
        raise BadOptions({"title": "too_long" if title else "empty"})
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        document = document_of(envelope, document_id)
        document.title, document.use = title, use
        document.save(update_fields=["title", "use"])
        if use == EnvelopeDocument.Use.ATTACHMENT:
            document.fields.all().delete()
        access.touch(envelope)


def arrange_documents(
    *, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, order: Sequence[uuid.UUID]
) -> None:
    """Put the documents of a draft in this order; those that are not named come after. Raises as ``set_options``."""
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        places = {one: place for place, one in enumerate(dict.fromkeys(order))}
        held = sorted(envelope.documents.all(), key=lambda one: places.get(one.pk, len(places)))
        for place, document in enumerate(held):
            document.position = place
        EnvelopeDocument.objects.bulk_update(held, ["position"])
        access.touch(envelope)


def remove_document(
    *, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, document_id: uuid.UUID
) -> None:
    """Take a document out of a draft, with its boxes; again changes nothing. Raises NotFound, MayNot, WrongState."""
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        document = envelope.documents.filter(pk=document_id).first()
        if document is None:
            return
        files.destroy(document.source_file)
        document.delete()
        access.touch(envelope)


def hand_over(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID) -> None:
    """Show a draft to those of the firm who may launch it, and write to them. Raises NotFound, MayNot, WrongState."""
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        access.expect_state(envelope, ("draft",))
        if envelope.handed_over_at is None:
            envelope.handed_over_at = timezone.now()
            access.touch(envelope, "handed_over_at")
            colleagues.handed_over(envelope, person)
            access.note(envelope, actor, "envelope:handed-over")


def delete(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID) -> None:
    """Delete a draft or a template with all it holds. Raises NotFound, MayNot, WrongState, documents.Held."""
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        if documents.is_held(envelope.firm_id, envelope.sender_id, envelope.title):
            raise documents.Held()
        destroy(envelope, actor)


def keep_longer(envelope: Envelope, until: date) -> None:
    """Put the day off on which a collection goes, or a draft is forgotten, in the caller's transaction."""
    drafted = envelope.state == Envelope.State.DRAFT
    later = {"changed_at": timezone.now()} if drafted else {"delete_on": until}
    Envelope.objects.filter(pk=envelope.pk).update(**later)


def destroy(envelope: Envelope, actor: Actor) -> None:
    """Delete a collection and its files in the caller's transaction."""
    for document in envelope.documents.all():
        held = (document.source_file, document.frozen_file, document.current_file, document.final_file)
        for file_id in {one for one in held if one is not None}:
            files.destroy(file_id)
    for one in Ceremony.objects.filter(recipient__envelope=envelope):
        if one.handwriting is not None:
            files.destroy(one.handwriting)
    template = envelope.state == Envelope.State.TEMPLATE
    words = [bytes(word) for word in envelope.words.values_list("word", flat=True)]
    Envelope.objects.filter(pk=envelope.pk).delete()
    searching.forget(envelope.firm_id, words)
    access.note(envelope, actor, "template:deleted" if template else "envelope:deleted")


def document_of(envelope: Envelope, document_id: uuid.UUID) -> EnvelopeDocument:
    """Return a document of ``envelope``. Raises NotFound."""
    found = envelope.documents.filter(pk=document_id).first()
    if found is None:
        raise NotFound(kind="document")
    return found


def _put(
    person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, title: str, data: bytes, use: str
) -> uuid.UUID:
    if use not in EnvelopeDocument.Use.values:
        raise BadOptions({"use": "unknown"})
    found = pdf.inspect(data)
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        position = _room(envelope)
        stored = files.store(data, purpose=PURPOSE)
        document = EnvelopeDocument.objects.create(
            envelope=envelope,
            position=position,
            title=title[: rules.LENGTHS["title"]],
            use=use,
            source_file=stored.id,
            source_sha256=stored.sha256,
            source_size=stored.size,
            pages=[[page.width_pt, page.height_pt] for page in found.pages],
            warnings=[*found.warnings, *(["signed"] if found.signed_fields else [])],
            empty_fields=[name for name in found.empty_fields if brought.is_name(name)],
            open_fields=brought.rows_of(found),
        )
        if not envelope.title:
            envelope.title = document.title
        access.touch(envelope, "title")
    return document.pk


def _room(envelope: Envelope) -> int:
    """Return the place of the next document. Raises TooMany."""
    taken = list(envelope.documents.values_list("position", flat=True))
    if len(taken) >= rules.MOST_DOCUMENTS:
        raise TooMany(what="documents", limit=rules.MOST_DOCUMENTS)
    return max(taken, default=-1) + 1


def _bounded(chunks: Iterable[bytes], limit: int) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > limit:
            raise documents.FileTooLarge(limit=limit)
    return bytes(data)
