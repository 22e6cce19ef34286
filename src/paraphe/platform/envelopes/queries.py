"""What can be read of collections. Fetching is asking permission: there is no other way to hold one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet

from paraphe.floor.files import api as files
from paraphe.floor.secrets import seal, unseal
from paraphe.kernel.errors import NotFound
from paraphe.kernel.phones import written
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import access, searching
from paraphe.platform.envelopes.brought import open_fields
from paraphe.platform.envelopes.models import Envelope, EnvelopeDocument, Field, Recipient
from paraphe.platform.envelopes.values import DONE, EDITABLE, PENDING, FieldKind, OpenField, Role
from paraphe.platform.proof import api as proof

LISTED = 30
IMAGE_WIDTHS = (180, 900, 1400)
IMAGE_SECONDS = 3600
IMAGE_PURPOSE = "envelopes.page"


@dataclass(frozen=True)
class FieldView:
    """A box, in points of the page (from 0) as seen, origin at its top left corner.

    ``repeats``: a signature that shows again the one that its recipient gives in this document.
    """

    id: uuid.UUID
    document_id: uuid.UUID
    recipient_id: uuid.UUID
    kind: FieldKind
    page: int
    x: float
    y: float
    width: float
    height: float
    name: str
    existing: bool
    repeats: bool
    required: bool
    label: str
    filled_at: datetime | None


@dataclass(frozen=True)
class DocumentView:
    """A document of a collection; ``file_id`` is what is to be shown now. ``pages`` are (width, height) in points."""

    id: uuid.UUID
    position: int
    title: str
    use: str
    pages: tuple[tuple[float, float], ...]
    warnings: tuple[str, ...]
    empty_fields: tuple[str, ...]
    open_fields: tuple[OpenField, ...]
    size: int
    file_id: uuid.UUID
    source_sha256: str
    sha256: str
    version: int
    final_file: uuid.UUID | None
    fields: tuple[FieldView, ...]

    @property
    def to_sign(self) -> bool:
        """Tell whether it is to be signed, not only read."""
        return self.use == EnvelopeDocument.Use.TO_SIGN


@dataclass(frozen=True)
class RecipientView:
    """Somebody to whom a collection goes; ``colour`` (from 0) is his on every page, ``linked`` says his link opens.

    ``wait_code`` says why he cannot sign yet, ``wait_fields`` which parts of his name are in the way; ``question``
    is the last that he asked.
    """

    id: uuid.UUID
    role: Role
    step: int
    position: int
    label: str
    given_name: str
    family_name: str
    email: str
    mobile: str
    locale: str
    level: str
    person_id: int | None
    state: str
    refusal: str
    reminders: int
    invited_at: datetime | None
    reminded_at: datetime | None
    opened_at: datetime | None
    read_at: datetime | None
    done_at: datetime | None
    bounced_at: datetime | None
    colour: int
    linked: bool
    wait_code: str = ""
    wait_fields: tuple[str, ...] = ()
    question: str = ""

    @property
    def name(self) -> str:
        """Return the name as people read it; in a template that of the role."""
        return " ".join(part for part in (self.given_name, self.family_name) if part) or self.label or self.email

    @property
    def mobile_written(self) -> str:
        """Return the mobile as people read it, empty when there is none."""
        return written(self.mobile) if self.mobile else ""

    @property
    def initials(self) -> str:
        """Return two letters that stand for the person."""
        letters = [part[0] for part in (self.given_name, self.family_name) if part] or list(self.name[:2])
        return "".join(letters).upper()

    @property
    def acts(self) -> bool:
        """Tell whether something is asked of him."""
        return self.role != "copy"

    @property
    def pending(self) -> bool:
        """Tell whether something is still expected of him."""
        return self.acts and self.state in PENDING

    @property
    def denied(self) -> bool:
        """Tell whether somebody got his message and said that it is not for him."""
        since = self.invited_at
        return self.state == "bounced" and bool(since and self.opened_at and self.opened_at >= since)

    @property
    def done(self) -> bool:
        """Tell whether he did what was asked."""
        return self.state in DONE


@dataclass(frozen=True)
class EnvelopeView:
    """A collection as those who may know of it see it."""

    id: uuid.UUID
    firm_id: int
    sender_id: int
    sender_name: str
    state: str
    title: str
    message: str
    kind: str
    locale: str
    level: str
    read_all_pages: bool
    may_forward: bool
    expiry_days: int
    reminder_days: tuple[int, ...]
    consent: str
    handed_over_at: datetime | None
    created_at: datetime
    changed_at: datetime
    launched_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    steps_done: int
    stuck_code: str
    delete_on: date | None
    evidence_file: uuid.UUID | None
    documents: tuple[DocumentView, ...]
    recipients: tuple[RecipientView, ...]

    @property
    def acting(self) -> tuple[RecipientView, ...]:
        """Return those of whom something is or was asked, in order; who was replaced is left out."""
        return tuple(one for one in self.recipients if one.acts and one.state != "replaced")

    @property
    def copies(self) -> tuple[RecipientView, ...]:
        """Return the people in copy."""
        return tuple(one for one in self.recipients if not one.acts)

    @property
    def steps(self) -> tuple[tuple[RecipientView, ...], ...]:
        """Return who is asked at the same time, step after step."""
        numbers = sorted({one.step for one in self.acting})
        return tuple(tuple(one for one in self.acting if one.step == number) for number in numbers)

    @property
    def editable(self) -> bool:
        """Tell whether it can be changed freely."""
        return self.state in EDITABLE

    @property
    def done_count(self) -> int:
        """Return how many did what was asked of them."""
        return sum(one.done for one in self.acting)


@dataclass(frozen=True)
class Row:
    """A line of the list of collections."""

    id: uuid.UUID
    title: str
    state: str
    kind: str
    sender_name: str
    names: tuple[str, ...]
    done: int
    total: int
    stuck: bool
    bounced: bool
    handed_over: bool
    changed_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True)
class Listing:
    """A page of collections, the one changed last first; ``after`` asks for the next page, empty for none."""

    rows: Sequence[Row]
    after: str


def get(person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID) -> EnvelopeView:
    """Return a collection. Raises NotFound for absence and for refusal alike."""
    return view(access.row(person, firm, envelope_id))


def view(envelope: Envelope) -> EnvelopeView:
    """Return a row as it is shown, for the verbs of this room only."""
    recipients = list(envelope.recipients.select_related("ceremony"))
    kept = {name: getattr(envelope, name) for name in EnvelopeView.__dataclass_fields__ if name in _COLUMNS}
    kept["evidence_file"] = proof.evidence_file(envelope.pk) if envelope.ended_at else None
    return EnvelopeView(
        **kept,
        sender_name=envelope.sender.full_name,
        reminder_days=tuple(envelope.reminder_days),
        end_reason=envelope.end_reason or "",
        documents=tuple(document_view(one) for one in envelope.documents.prefetch_related("fields")),
        recipients=tuple(_recipient(one) for one in recipients),
    )


def listing(
    person: accounts.Person,
    firm: accounts.Firm,
    *,
    states: Sequence[str] = (),
    query: str = "",
    mine: bool = False,
    after: str = "",
    limit: int = LISTED,
) -> Listing:
    """Return collections that ``person`` may know of, the one changed last first; templates only when asked for.

    Each word of ``query`` begins a word of the title, a name or an e-mail; ``after`` is what the last page gave.
    """
    found = access.visible(person, firm)
    found = found.filter(state__in=states) if states else found.exclude(state="template")
    if mine:
        found = found.filter(sender_id=person.pk)
    found = _behind(searching.matching(found, firm, query), after)
    # The keys first: what is shown of a collection is read of those on the page only.
    keys = list(found.order_by("-changed_at", "-pk").values_list("pk", "changed_at")[: limit + 1])
    last = f"{keys[limit - 1][1].isoformat()}_{keys[limit - 1][0]}" if len(keys) > limit else ""
    return Listing(rows_of([key for key, _ in keys[:limit]]), last)


def rows_of(keys: Sequence[uuid.UUID]) -> list[Row]:
    """Return the lines of collections that somebody may know of, in the order of ``keys``; for this room only."""
    if not keys:
        return []
    found = {one.pk: one for one in Envelope.objects.filter(pk__in=keys).select_related("sender")}
    people_of: dict[uuid.UUID, list[Recipient]] = {key: [] for key in keys}
    for recipient in Recipient.objects.filter(envelope__in=keys).exclude(state="replaced").exclude(role="copy"):
        people_of[recipient.envelope_id].append(recipient)
    return [_row(found[key], people_of[key]) for key in dict.fromkeys(keys) if key in found]


def counts(person: accounts.Person, firm: accounts.Firm) -> dict[str, int]:
    """Return how many collections there are in each state."""
    found = access.visible(person, firm).values_list("state").annotate(number=Count("pk"))
    return dict(found.order_by())


def content(person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, document_id: uuid.UUID) -> bytes:
    """Return the bytes of a document as it stands now. Raises NotFound."""
    return files.read(_held(get(person, firm, envelope_id), document_id).file_id)


def page_image(
    person: accounts.Person,
    firm: accounts.Firm,
    envelope_id: uuid.UUID,
    document_id: uuid.UUID,
    page: int,
    width: int,
) -> bytes:
    """Return page ``page`` (from 0) of a document as PNG, ``width`` pixels wide (one of IMAGE_WIDTHS)."""
    document = _held(get(person, firm, envelope_id), document_id)
    return image_of(document.file_id, len(document.pages), page, width)


def image_of(file_id: uuid.UUID, pages: int, page: int, width: int) -> bytes:
    """Return a page of a stored file as PNG, kept sealed for an hour. Raises NotFound for no such page or width."""
    if not 0 <= page < pages or width not in IMAGE_WIDTHS:
        raise NotFound(kind="page")
    key = f"envelope-page:{file_id}:{page}:{width}"
    sealed: bytes | None = cache.get(key)
    if sealed is not None:
        return unseal(sealed, IMAGE_PURPOSE)
    image = pdf.render_page(files.read(file_id), page, width)
    # A page is as secret as its document: also in the cache it is sealed.
    cache.set(key, seal(image, IMAGE_PURPOSE), IMAGE_SECONDS)
    return image


_COLUMNS = {one.attname for one in Envelope._meta.concrete_fields} - {"reminder_days", "end_reason"}


def _held(envelope: EnvelopeView, document_id: uuid.UUID) -> DocumentView:
    for document in envelope.documents:
        if document.id == document_id:
            return document
    raise NotFound(kind="document")


def document_view(row: EnvelopeDocument) -> DocumentView:
    """Return a document as it is shown."""
    return DocumentView(
        id=row.pk,
        position=row.position,
        title=row.title,
        use=row.use,
        pages=tuple((float(width), float(height)) for width, height in row.pages),
        warnings=tuple(row.warnings),
        empty_fields=tuple(row.empty_fields),
        open_fields=open_fields(row),
        size=row.source_size,
        file_id=row.final_file or row.current_file or row.frozen_file or row.source_file,
        source_sha256=row.source_sha256,
        sha256=row.final_sha256 or row.sha256 or row.frozen_sha256 or row.source_sha256,
        version=row.version,
        final_file=row.final_file,
        fields=tuple(field_view(one) for one in row.fields.all()),
    )


def field_view(row: Field) -> FieldView:
    """Return a box as it is shown."""
    names = [name for name in FieldView.__dataclass_fields__ if name != "id"]
    return FieldView(id=row.pk, **{name: getattr(row, name) for name in names})


def _recipient(row: Recipient) -> RecipientView:
    columns = {one.attname for one in Recipient._meta.concrete_fields} - {"id", "mobile", "refusal"}
    kept = {name: getattr(row, name) for name in RecipientView.__dataclass_fields__ if name in columns}
    ceremony = getattr(row, "ceremony", None)
    return RecipientView(
        id=row.pk,
        mobile=row.mobile or "",
        refusal=row.refusal or "",
        linked=row.token_hash is not None,
        wait_code=ceremony.wait_code if ceremony else "",
        wait_fields=tuple(ceremony.wait_fields) if ceremony else (),
        question=(ceremony.question or "") if ceremony else "",
        **kept,
    )


def _behind(found: QuerySet[Envelope], after: str) -> QuerySet[Envelope]:
    """Return what comes after the last row of a page; an address that somebody made up begins anew."""
    moment, _, number = after.partition("_")
    try:
        last, key = datetime.fromisoformat(moment), uuid.UUID(number)
    except ValueError:
        return found
    if last.tzinfo is None:
        return found
    return found.filter(changed_at__lte=last).filter(Q(changed_at__lt=last) | Q(changed_at=last, pk__lt=key))


def _row(envelope: Envelope, people: Sequence[Recipient]) -> Row:
    return Row(
        id=envelope.pk,
        title=envelope.title,
        state=envelope.state,
        kind=envelope.kind,
        sender_name=envelope.sender.full_name,
        names=tuple(f"{one.given_name} {one.family_name}".strip() or one.label or one.email for one in people),
        done=sum(one.state in DONE for one in people),
        total=len(people),
        stuck=bool(envelope.stuck_code),
        bounced=any(one.state == "bounced" for one in people),
        handed_over=envelope.handed_over_at is not None,
        changed_at=envelope.changed_at,
        expires_at=envelope.expires_at,
    )
