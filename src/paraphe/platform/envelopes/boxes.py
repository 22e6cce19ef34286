"""The boxes that recipients fill: placed by coordinates, under a text, or in a field that the document has."""

import uuid
from collections.abc import Sequence
from typing import cast

from django.db import transaction

from paraphe.floor.files import api as files
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import access, rules
from paraphe.platform.envelopes.draft import document_of
from paraphe.platform.envelopes.errors import BadField, ChangedMeanwhile, TextMissing, TooMany
from paraphe.platform.envelopes.models import Envelope, EnvelopeDocument, Field, Recipient
from paraphe.platform.envelopes.values import FIELD_KINDS, FieldData, FieldKind

#: Between a text and the box under it, in points.
UNDER_TEXT = 6.0
MARGIN = 36.0


def place(
    *,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    document_id: uuid.UUID,
    fields: Sequence[FieldData],
    revision: int | None = None,
) -> int:
    """Make ``fields`` all the boxes of a document of a draft; each is moved and sized onto its page.

    ``revision`` is what the collection had when they were drawn, None for whatever it has now. Return the one it has
    then. Raises NotFound, MayNot, WrongState, ChangedMeanwhile, TooMany, BadField; nothing is changed then.
    """
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        document = document_of(envelope, document_id)
        if revision not in (None, envelope.revision):
            raise ChangedMeanwhile()
        others = Field.objects.filter(document__envelope=envelope).exclude(document=document).count()
        if others + len(fields) > rules.MOST_FIELDS:
            raise TooMany(what="fields", limit=rules.MOST_FIELDS)
        made = _checked(envelope, document, fields)
        document.fields.all().delete()
        Field.objects.bulk_create(made)
        access.touch(envelope)
    return envelope.revision


def place_under_text(
    *,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    document_id: uuid.UUID,
    recipient_id: uuid.UUID,
    kind: FieldKind,
    text: str,
) -> None:
    """Add a box under the last place where ``text`` stands. Raises as ``place``, and TextMissing."""
    envelope = access.row(person, firm, envelope_id)
    document = document_of(envelope, document_id)
    text = rules.clean(text)[:200]
    found = pdf.find_text(files.read(document.source_file), text) if text else None
    if found is None:
        raise TextMissing(text=text)
    if kind not in FIELD_KINDS:
        raise BadField(reason="kind")
    width, height = rules.SIZES[kind]
    below = FieldData(recipient_id, kind, found.page, found.x, found.y + found.height + UNDER_TEXT, width, height)
    _append(person, firm, envelope_id, document_id, [below])


def place_by_default(
    *, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, document_id: uuid.UUID
) -> int:
    """Give a signature box to every signer who has none in a document, at the foot of its last page, side by side.

    Empty signature fields of the document are taken first, in their order. Return how many boxes were added. Raises
    as ``place``.
    """
    envelope = access.row(person, firm, envelope_id)
    document = document_of(envelope, document_id)
    signing = document.fields.filter(kind=Field.Kind.SIGNATURE)
    served = set(signing.values_list("recipient_id", flat=True))
    missing = [one for one in envelope.recipients.filter(role=Recipient.Role.SIGNER) if one.pk not in served]
    taken = set(signing.filter(existing=True).values_list("name", flat=True))
    empty = [name for name in document.empty_fields if name not in taken]
    foot = feet_of(document, signing.filter(existing=False).count(), len(missing))
    boxes = []
    for number, one in enumerate(missing):
        page, x, y, width, height = foot[number]
        if number < len(empty):
            # Its place is the document's.
            boxes.append(FieldData(one.pk, "signature", page, 0.0, 0.0, 0.0, 0.0, existing=empty[number]))
        else:
            boxes.append(FieldData(one.pk, "signature", page, x, y, width, height))
    _append(person, firm, envelope_id, document_id, boxes)
    return len(boxes)


def feet_of(document: EnvelopeDocument, before: int, count: int) -> list[tuple[int, float, float, float, float]]:
    """Return ``count`` places at the foot of the last page, right to left, bottom to top, after ``before`` others."""
    page = len(document.pages) - 1
    page_width, page_height = document.pages[page]
    width, height = rules.SIZES["signature"]
    width, height = min(width, page_width * 0.8), min(height, page_height * 0.3)
    columns = max(int((page_width - MARGIN) // (width + 12)), 1)
    places = []
    for number in range(before, before + count):
        line, column = divmod(number, columns)
        x = page_width - MARGIN - width - column * (width + 12)
        y = page_height - MARGIN - height - line * (height + 12)
        places.append((page, max(x, 0.0), max(y, 0.0), width, height))
    return places


def data_of(field: Field) -> FieldData:
    """Return a row as it was asked for."""
    return FieldData(
        recipient=field.recipient_id,
        kind=cast(FieldKind, field.kind),
        page=field.page,
        x=field.x,
        y=field.y,
        width=field.width,
        height=field.height,
        required=field.required,
        label=field.label,
        existing=field.name if field.existing else "",
    )


def _append(
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    document_id: uuid.UUID,
    added: Sequence[FieldData],
) -> None:
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        document = document_of(envelope, document_id)
        fields = [data_of(one) for one in document.fields.all()] + list(added)
        place(person=person, firm=firm, envelope_id=envelope_id, document_id=document_id, fields=fields)


def _checked(envelope: Envelope, document: EnvelopeDocument, fields: Sequence[FieldData]) -> list[Field]:
    if fields and document.use == EnvelopeDocument.Use.ATTACHMENT:
        raise BadField(reason="attachment")
    people = {one.pk: one for one in envelope.recipients.all()}
    made, taken = [], set[str]()
    for asked in fields:
        recipient = people.get(asked.recipient)
        if recipient is None:
            raise BadField(reason="recipient")
        if recipient.role != Recipient.Role.SIGNER:
            raise BadField(reason=recipient.role)
        if asked.existing:
            if asked.kind != "signature" or asked.existing not in document.empty_fields or asked.existing in taken:
                raise BadField(reason="name")
            taken.add(asked.existing)
        box = rules.field_of(asked, document.pages)
        made.append(
            Field(
                document=document,
                recipient=recipient,
                kind=box.kind,
                page=box.page,
                x=box.x,
                y=box.y,
                width=box.width,
                height=box.height,
                required=box.required,
                label=box.label,
                name=box.existing,
                existing=bool(box.existing),
            )
        )
    signatures = [one.recipient_id for one in made if one.kind == Field.Kind.SIGNATURE]
    if len(signatures) != len(set(signatures)):
        raise BadField(reason="many")
    return made
