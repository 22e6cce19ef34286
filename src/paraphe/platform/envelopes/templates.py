"""Templates: collections that are never sent, whose recipients are roles; made from scratch or from a collection."""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import access, rules, searching
from paraphe.platform.envelopes.draft import PURPOSE
from paraphe.platform.envelopes.models import Envelope, EnvelopeDocument, Field, Recipient
from paraphe.platform.envelopes.queries import EnvelopeView, get
from paraphe.platform.envelopes.recipients import write
from paraphe.platform.envelopes.values import RecipientData

SETTINGS = (
    "title", "message", "kind", "locale", "level", "read_all_pages", "may_forward", "expiry_days", "reminder_days",
    "consent",
)  # fmt: skip
BOX = ("kind", "page", "x", "y", "width", "height", "required", "label", "existing", "repeats")


def make_template(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, role: str
) -> EnvelopeView:
    """Make a template of a collection, whatever its state: people become roles, names and addresses are left out.

    ``role`` is the word for a role that has no name yet. Raises NotFound, MayNot, FirmClosed.
    """
    access.expect_right(person, firm, "prepare")
    with transaction.atomic():
        source = access.row(person, firm, envelope_id)
        made = _copied(source, person, Envelope.State.TEMPLATE)
        pairs = {}
        for number, one in enumerate(source.recipients.exclude(state=Recipient.State.REPLACED), 1):
            pairs[one.pk] = _placed(made, one)
            pairs[one.pk].label = one.label or f"{role} {number}"
            pairs[one.pk].save()
        _copy_documents(source, made, pairs)
        searching.index(made)
        access.note(made, actor, "template:created")
    return get(person, firm, made.pk)


def use_template(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    template_id: uuid.UUID,
    people: Mapping[uuid.UUID, RecipientData] | None = None,
    title: str = "",
) -> EnvelopeView:
    """Make a draft of a template; ``people`` says who takes which role.

    Roles that nobody takes wait in the draft for a name. Raises NotFound, MayNot, FirmClosed, WrongState.
    """
    access.expect_right(person, firm, "prepare")
    with transaction.atomic():
        source = access.row(person, firm, template_id)
        access.expect_state(source, (Envelope.State.TEMPLATE,))
        made = _copied(source, person, Envelope.State.DRAFT)
        made.title, made.template_id = rules.clean(title)[: rules.LENGTHS["title"]] or source.title, source.pk
        made.save()
        pairs = {}
        for one in source.recipients.all():
            copy = _placed(made, one)
            copy.label = one.label
            if people and one.pk in people:
                write(copy, people[one.pk])
                copy.label = one.label
            copy.save()
            pairs[one.pk] = copy
        _copy_documents(source, made, pairs)
        searching.index(made)
        access.note(made, actor, "envelope:created", {"template": str(source.pk)})
    return get(person, firm, made.pk)


def _copied(source: Envelope, person: accounts.Person, state: str) -> Envelope:
    now = timezone.now()
    kept = {name: getattr(source, name) for name in SETTINGS}
    return Envelope.objects.create(
        firm_id=source.firm_id, sender_id=person.pk, state=state, created_at=now, changed_at=now, **kept
    )


def _placed(made: Envelope, one: Recipient) -> Recipient:
    """Return somebody of the same role at the same place, of whom nothing else is known."""
    kept = {name: getattr(one, name) for name in ("step", "position", "role", "locale", "level", "colour")}
    return Recipient(envelope=made, **kept)


def _copy_documents(source: Envelope, made: Envelope, pairs: Mapping[uuid.UUID, Recipient]) -> None:
    for document in source.documents.all():
        stored = files.store(files.read(document.source_file), purpose=PURPOSE)
        copy = EnvelopeDocument.objects.create(
            envelope=made,
            position=document.position,
            title=document.title,
            use=document.use,
            source_file=stored.id,
            source_sha256=stored.sha256,
            source_size=stored.size,
            pages=document.pages,
            warnings=document.warnings,
            empty_fields=document.empty_fields,
            open_fields=document.open_fields,
        )
        Field.objects.bulk_create(
            Field(
                document=copy,
                recipient=pairs[one.recipient_id],
                name=one.name if one.existing else "",
                **{name: getattr(one, name) for name in BOX},
            )
            for one in document.fields.all()
            if one.recipient_id in pairs
        )
