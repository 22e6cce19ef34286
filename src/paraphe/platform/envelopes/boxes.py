"""The boxes that recipients fill: placed by coordinates, under a text, or in a field that the document has."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from django.db import transaction

from paraphe.floor.files import api as files
from paraphe.kernel.digests import sha256_hex
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import access, rules
from paraphe.platform.envelopes.brought import seated
from paraphe.platform.envelopes.draft import document_of
from paraphe.platform.envelopes.errors import BadField, ChangedMeanwhile, TextMissing, TooMany
from paraphe.platform.envelopes.models import Envelope, EnvelopeDocument, Field, Recipient
from paraphe.platform.envelopes.queries import FieldView
from paraphe.platform.envelopes.values import FIELD_KINDS, FieldData, FieldKind

#: Between a text and the box under it, in points.
UNDER_TEXT = 6.0
MARGIN = 36.0
#: Places of one text at which boxes are put at once.
MOST_PLACES = 100


@dataclass(frozen=True)
class Shown:
    """What the page had on which boxes were drawn: ``state`` of them when it was opened, or as it last heard.

    ``writer`` is that open page, ``turn`` how often it sent; a page that never heard whether it was heard is known by
    them. Empty for pages without script.
    """

    state: str
    writer: str = ""
    turn: int = 0


def place(
    *,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    document_id: uuid.UUID,
    fields: Sequence[FieldData],
    shown: Shown | None = None,
) -> str:
    """Make ``fields`` all the boxes of a document of a draft; each is moved and sized onto its page.

    ``shown`` is what they were drawn on, None for whatever there is now. Return the state of the boxes then; the same
    again changes nothing. Raises NotFound, MayNot, WrongState, ChangedMeanwhile, TooMany, BadField; nothing is changed
    then.
    """
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        document = document_of(envelope, document_id)
        if len(fields) > rules.MOST_FIELDS_OF_DOCUMENT:
            raise TooMany(what="fields", limit=rules.MOST_FIELDS_OF_DOCUMENT)
        others = Field.objects.filter(document__envelope=envelope).exclude(document=document).count()
        if others + len(fields) > rules.MOST_FIELDS:
            raise TooMany(what="fields", limit=rules.MOST_FIELDS)
        made = _checked(envelope, document, fields)
        held, wanted = state_of(document.fields.all()), state_of(made)
        if shown is not None and wanted != held:
            _expect_fresh(document, shown, held)
        if wanted != held:
            document.fields.all().delete()
            Field.objects.bulk_create(made)
            access.touch(envelope)
        _note_writer(document, shown)
    return wanted


def state_of(fields: Iterable[Field | FieldView]) -> str:
    """Return a digest of boxes: two pages that show the same have the same, in whatever order."""
    rows = sorted(
        (
            str(one.recipient_id), one.kind, one.page, f"{one.x:.2f}", f"{one.y:.2f}", f"{one.width:.2f}",
            f"{one.height:.2f}", one.required, one.label, one.name if one.existing else "",
        )
        for one in fields
    )  # fmt: skip
    return sha256_hex(repr(rows).encode())[:32]


def _expect_fresh(document: EnvelopeDocument, shown: Shown, held: str) -> None:
    """Let through who saw what there is, or wrote it himself without hearing of it. Raises ChangedMeanwhile."""
    own = bool(shown.writer) and shown.writer == document.writer
    if own and shown.turn <= document.writer_turn:
        # An older request of this page that was on its way for long: what came after it stays.
        raise ChangedMeanwhile()
    if not own and shown.state != held:
        raise ChangedMeanwhile()


def _note_writer(document: EnvelopeDocument, shown: Shown | None) -> None:
    writer, turn = (shown.writer, shown.turn) if shown else ("", 0)
    if (document.writer, document.writer_turn) != (writer, turn):
        document.writer, document.writer_turn = writer, turn
        document.save(update_fields=["writer", "writer_turn"])


def place_under_text(
    *,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    document_id: uuid.UUID,
    recipient_id: uuid.UUID,
    kind: FieldKind,
    text: str,
    everywhere: bool = False,
) -> int:
    """Add a box under the last place where ``text`` stands, or ``everywhere`` under each; return how many.

    Raises as ``place``, and TextMissing.
    """
    envelope = access.row(person, firm, envelope_id)
    document = document_of(envelope, document_id)
    text = rules.clean(text)[:200]
    most = MOST_PLACES if everywhere else 1
    found = pdf.find_texts(files.read(document.source_file), text, most=most) if text else []
    if not found:
        raise TextMissing(text=text)
    if kind not in FIELD_KINDS:
        raise BadField(reason="kind")
    width, height = rules.SIZES[kind]
    below = [
        FieldData(recipient_id, kind, one.page, one.x, one.y + one.height + UNDER_TEXT, width, height) for one in found
    ]
    return _append(person, firm, envelope_id, document_id, below)


def copy_to_others(
    *,
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    document_id: uuid.UUID,
    fields: Sequence[FieldData] | None = None,
) -> int:
    """Put boxes, or else all boxes of a document, at the same places of every other document to sign.

    What is on the last page goes to the last page, what is on a page that another document lacks is left out there, and
    so is what is there already. Return how many boxes were added. Raises as ``place``.
    """
    added = 0
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        source = document_of(envelope, document_id)
        asked = list(fields) if fields is not None else [data_of(one) for one in source.fields.all()]
        if fields is not None:
            _checked(envelope, source, fields)
        moved = [replace(one, existing="") for one in asked if one.width > 0 and one.height > 0]
        last = len(source.pages) - 1
        for other in envelope.documents.filter(use=EnvelopeDocument.Use.TO_SIGN).exclude(pk=source.pk):
            end = len(other.pages) - 1
            there = [replace(one, page=end if one.page == last else one.page) for one in moved]
            added += _append(person, firm, envelope_id, other.pk, [one for one in there if one.page <= end])
    return added


def place_by_default(
    *, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, document_id: uuid.UUID
) -> int:
    """Give a signature box to every signer who has none in a document, at the foot of its last page, side by side.

    Once the page is full the signatures of the others are not to be seen: boxes on top of each other would hide them.
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
            boxes.append(FieldData(one.pk, "signature", 0, 0.0, 0.0, 0.0, 0.0, existing=empty[number]))
        else:
            boxes.append(FieldData(one.pk, "signature", page, x, y, width, height))
    return _append(person, firm, envelope_id, document_id, boxes)


def feet_of(document: EnvelopeDocument, before: int, count: int) -> list[tuple[int, float, float, float, float]]:
    """Return ``count`` places at the foot of the last page, right to left, bottom to top, after ``before`` others.

    Those for which the page has no room have no size.
    """
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
        places.append((page, max(x, 0.0), y, width, height) if y >= 0 else (page, 0.0, 0.0, 0.0, 0.0))
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
) -> int:
    """Add boxes to those of a document, but none where the same stands already; return how many."""
    with transaction.atomic():
        envelope = access.editable(person, firm, envelope_id)
        document = document_of(envelope, document_id)
        held = [data_of(one) for one in document.fields.all()]
        fresh = [one for one in added if not any(_same(one, other) for other in held)]
        if fresh:
            place(person=person, firm=firm, envelope_id=envelope_id, document_id=document_id, fields=[*held, *fresh])
    return len(fresh)


def _same(one: FieldData, other: FieldData) -> bool:
    near = abs(one.x - other.x) < 1 and abs(one.y - other.y) < 1
    return near and (one.recipient, one.kind, one.page, one.existing) == (
        other.recipient, other.kind, other.page, other.existing,
    )  # fmt: skip


def _checked(envelope: Envelope, document: EnvelopeDocument, fields: Sequence[FieldData]) -> list[Field]:
    if fields and document.use == EnvelopeDocument.Use.ATTACHMENT:
        raise BadField(reason="attachment")
    people = {one.pk: one for one in envelope.recipients.all()}
    placed, taken = [], set[str]()
    for asked in fields:
        recipient = people.get(asked.recipient)
        if recipient is None:
            raise BadField(reason="recipient")
        if recipient.role != Recipient.Role.SIGNER:
            raise BadField(reason=recipient.role)
        if asked.existing in taken:
            raise BadField(reason="name")
        if asked.existing:
            taken.add(asked.existing)
        placed.append(rules.field_of(seated(document, asked) if asked.existing else asked, document.pages))
    return [
        Field(
            document=document,
            recipient=people[box.recipient],
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
            repeats=repeats,
        )
        for box, repeats in zip(placed, rules.repeated(placed), strict=True)
    ]
