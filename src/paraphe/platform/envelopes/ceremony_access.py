"""Who may be in a ceremony: the browser that came by its link, as long as that link lives."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.envelopes import access, inviting, links, messages, paying
from paraphe.platform.envelopes.errors import LinkDead, NotDone, NotYourTurn, WrongState
from paraphe.platform.envelopes.models import Ceremony, Envelope, EnvelopeDocument, Field, Recipient
from paraphe.platform.envelopes.queries import DocumentView, FieldView, document_view, field_view, image_of
from paraphe.platform.envelopes.values import DONE, PENDING
from paraphe.platform.firms import api as firms
from paraphe.platform.signing import api as signing

#: How long a code for taking documents away is good.
CODE_LIFETIME: Final = timedelta(minutes=10)
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
Phase = Literal["turn", "later", "done", "running", "ended", "replaced"]


@dataclass(frozen=True)
class Pass:
    """What the session of a browser holds of a ceremony: whose, and the hash of the link by which it came."""

    recipient: uuid.UUID
    link: str


@dataclass(frozen=True)
class CeremonyView:
    """A collection as one of its recipients sees it.

    ``phase``: his ``turn``; ``later``, others come first; ``done``, he did what was asked and others have not;
    ``ended``, the collection is over, as ``state`` says; ``running`` for who only gets a copy. ``identity`` is
    ``needed`` when he has yet to get a certificate, ``differs`` when his bears another name. ``seen`` are pages (from
    0) of each document; ``values`` what he filled in, ``inks`` what he drew beside it. ``code_sent``: a code for taking
    documents away is on its way to him.
    """

    recipient: uuid.UUID
    envelope: uuid.UUID
    firm_id: int
    firm_name: str
    firm_siren: str
    has_logo: bool
    sender_name: str
    title: str
    message: str
    state: str
    phase: Phase
    role: str
    given_name: str
    family_name: str
    email: str
    mobile: str
    locale: str
    level: str
    recipient_state: str
    read_all_pages: bool
    may_forward: bool
    consents: Mapping[str, str]
    documents: tuple[DocumentView, ...]
    fields: tuple[FieldView, ...]
    values: Mapping[uuid.UUID, str]
    inks: Mapping[uuid.UUID, str]
    seen: Mapping[uuid.UUID, frozenset[int]]
    consented: bool
    signed_level: str
    code_sent: bool
    wait_code: str
    identity: Literal["", "needed", "differs"]
    face_to_face: bool
    done_count: int
    total_count: int
    end_reason: str
    report_url: str
    code_by_email: bool

    @property
    def name(self) -> str:
        """Return the name of the recipient."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def pages(self) -> int:
        """Return how many pages there are in all."""
        return sum(len(document.pages) for document in self.documents)

    @property
    def unseen(self) -> int:
        """Return how many pages are still to be seen."""
        return self.pages - sum(len(self.seen.get(document.id, ())) for document in self.documents)

    @property
    def to_fill(self) -> tuple[FieldView, ...]:
        """Return the boxes in which he writes or ticks something."""
        return tuple(one for one in self.fields if one.kind != "signature")

    @property
    def unfilled(self) -> tuple[FieldView, ...]:
        """Return the required boxes that are still empty."""
        return tuple(one for one in self.to_fill if one.required and not self.values.get(one.id))

    @property
    def code_to_download(self) -> bool:
        """Tell whether a code is asked before what was signed is given away."""
        return self.available and self.role == "signer" and self.level == "advanced"

    @property
    def available(self) -> bool:
        """Tell whether the signed documents can be taken away."""
        return self.state == "completed"


@dataclass(frozen=True)
class Held:
    """The rows of a ceremony, for the verbs of this room only."""

    envelope: Envelope
    recipient: Recipient
    ceremony: Ceremony

    def note(self, actor: Actor, tag: str, *, private: Mapping[str, object] | None = None, **data: object) -> None:
        """Write ``tag`` about this recipient, last in the transaction; what he wrote himself is ``private``."""
        access.note(self.envelope, actor, tag, {"recipient": str(self.recipient.pk)}, private=private, **data)

    def expect_turn(self) -> None:
        """Let through who is asked now. Raises WrongState, NotDone when he acted already, NotYourTurn."""
        access.expect_state(self.envelope, ("running",))
        if self.recipient.state in DONE or self.recipient.state == Recipient.State.REFUSED:
            raise NotDone()
        if _is_over(self.envelope):
            raise WrongState(state="expired")
        if not inviting.is_on_turn(self.envelope, self.recipient.pk):
            raise NotYourTurn()

    def save(self, *fields: str) -> None:
        """Save ``fields`` of the ceremony."""
        self.ceremony.changed_at = timezone.now()
        self.ceremony.save(update_fields=[*fields, "changed_at"])


def open_link(token: str) -> Pass:
    """Return what a browser holds from now on that brought this link. Raises LinkDead."""
    known = links.hash_of(token)
    recipient = Recipient.objects.filter(token_hash=known).first()
    if recipient is None:
        raise LinkDead()
    return Pass(recipient.pk, known)


def held(who: Pass, *, lock: bool = False) -> Held:
    """Return the rows of a ceremony, the collection locked when it will be written. Raises LinkDead."""
    recipient = Recipient.objects.filter(pk=who.recipient, token_hash=who.link).first() if who.link else None
    if recipient is None:
        raise LinkDead()
    envelopes = Envelope.objects.select_for_update() if lock else Envelope.objects
    envelope = envelopes.get(pk=recipient.envelope_id)
    if lock:
        # What the lock waited for may have changed him, or killed his link.
        recipient = Recipient.objects.filter(pk=who.recipient, token_hash=who.link).first()
        if recipient is None:
            raise LinkDead()
    ceremony, _ = Ceremony.objects.get_or_create(recipient=recipient, defaults={"changed_at": timezone.now()})
    return Held(envelope, recipient, ceremony)


def look(who: Pass) -> CeremonyView:
    """Return a ceremony as its recipient sees it. Raises LinkDead."""
    rows = held(who)
    envelope, recipient, ceremony = rows.envelope, rows.recipient, rows.ceremony
    fields = own_fields(recipient)
    acting = envelope.recipients.exclude(role=Recipient.Role.COPY).exclude(state=Recipient.State.REPLACED)
    return CeremonyView(
        recipient=recipient.pk,
        envelope=envelope.pk,
        firm_id=envelope.firm_id,
        firm_name=envelope.firm.name,
        firm_siren=envelope.firm.siren,
        has_logo=firms.options(envelope.firm).has_logo,
        sender_name=envelope.sender.full_name,
        title=envelope.title,
        message=envelope.message,
        state="expired" if _is_over(envelope) and recipient.state in PENDING else envelope.state,
        phase=_phase(envelope, recipient),
        role=recipient.role,
        given_name=recipient.given_name,
        family_name=recipient.family_name,
        email=recipient.email,
        mobile=recipient.mobile or "",
        locale=recipient.locale,
        level=recipient.level,
        recipient_state=recipient.state,
        read_all_pages=envelope.read_all_pages,
        may_forward=envelope.may_forward,
        consents={"fr": envelope.consent_fr, "en": envelope.consent_en},
        documents=tuple(document_view(one) for one in envelope.documents.prefetch_related(_own(recipient))),
        fields=tuple(field_view(one) for one in fields),
        values={one.pk: one.value for one in fields if one.value},
        inks={one.pk: one.ink for one in fields if one.ink},
        seen={uuid.UUID(key): frozenset(pages) for key, pages in ceremony.pages_seen.items()},
        consented=ceremony.consented_at is not None,
        signed_level=ceremony.level,
        code_sent=bool(ceremony.download_code)
        and timezone.now() - (ceremony.download_sent_at or NEVER) < CODE_LIFETIME,
        wait_code=ceremony.wait_code,
        identity=_identity(envelope, recipient),
        face_to_face=ceremony.face_to_face,
        done_count=acting.filter(state__in=DONE).count(),
        total_count=acting.count(),
        end_reason=envelope.end_reason or "",
        report_url=messages.report_link_of(recipient),
        code_by_email=by_email(envelope, recipient),
    )


def note_opened(who: Pass, actor: Actor) -> None:
    """Write down that the recipient opened what he was sent. Again changes nothing."""
    with transaction.atomic():
        rows = held(who, lock=True)
        if rows.recipient.state not in (Recipient.State.INVITED, Recipient.State.BOUNCED):
            return
        rows.recipient.state, rows.recipient.opened_at = Recipient.State.OPENED, timezone.now()
        rows.recipient.save(update_fields=["state", "opened_at"])
        rows.note(actor, "ceremony:opened")


def page_image(who: Pass, document_id: uuid.UUID, page: int, width: int) -> bytes:
    """Return page ``page`` (from 0) as PNG. Raises LinkDead, NotFound, RenderFailed."""
    document = _document(held(who), document_id)
    return image_of(document.file_id, len(document.pages), page, width)


def logo(who: Pass) -> bytes:
    """Return the logo of the firm that asks, as PNG. Raises LinkDead, NotFound when it has none."""
    firm = held(who).envelope.firm
    if not firms.options(firm).has_logo:
        raise NotFound(kind="logo")
    return firms.logo(firm)


def content(who: Pass, document_id: uuid.UUID) -> tuple[DocumentView, bytes]:
    """Return a document as it stands, to read it with a program of one's own. Raises LinkDead, NotFound."""
    document = _document(held(who), document_id)
    return document, files.read(document.file_id)


def note_download(who: Pass, actor: Actor, document_id: uuid.UUID) -> None:
    """Write down that the recipient took a document away."""
    with transaction.atomic():
        rows = held(who)
        rows.note(actor, "ceremony:downloaded", document=str(document_id))


def _document(rows: Held, document_id: uuid.UUID) -> DocumentView:
    documents = EnvelopeDocument.objects.filter(pk=document_id, envelope=rows.envelope)
    row = documents.prefetch_related(_own(rows.recipient)).first()
    if row is None:
        raise NotFound(kind="document")
    return document_view(row)


def _identity(envelope: Envelope, recipient: Recipient) -> Literal["", "needed", "differs"]:
    """Tell whether a certificate is still to be had, or says another name, before the recipient can sign."""
    if recipient.role != Recipient.Role.SIGNER or _phase(envelope, recipient) != "turn":
        return ""
    try:
        found = signing.level_of(paying.signatory(recipient), "advanced" if recipient.level == "advanced" else "simple")
    except signing.SignerDiffers:
        return "differs"
    return "needed" if found == "identity_needed" else ""


def _own(recipient: Recipient) -> Prefetch[str]:
    """Return what lets a document have the boxes of ``recipient`` only: of hundreds of others he sees nothing."""
    return Prefetch("fields", queryset=Field.objects.filter(recipient=recipient))


def _is_over(envelope: Envelope) -> bool:
    """Tell whether the delay ran out, also in the minutes before the collection is closed for it."""
    return envelope.state == "running" and envelope.expires_at is not None and envelope.expires_at <= timezone.now()


def _phase(envelope: Envelope, recipient: Recipient) -> Phase:
    if recipient.state == Recipient.State.REPLACED:
        return "replaced"
    if envelope.state not in ("running", "completing"):
        return "ended"
    if recipient.role == Recipient.Role.COPY:
        return "running"
    if recipient.state not in PENDING or envelope.state == "completing":
        return "done"
    if _is_over(envelope):
        return "ended"
    return "turn" if inviting.is_on_turn(envelope, recipient.pk) else "later"


def by_email(envelope: Envelope, recipient: Recipient) -> bool:
    """Tell whether the code of a recipient goes by e-mail: he has no mobile, and the firm allows it."""
    return not recipient.mobile and recipient.level == "simple" and firms.options(envelope.firm).code_by_email


def own_fields(recipient: Recipient) -> list[Field]:
    """Return the boxes of a recipient, in the order of documents and pages."""
    return list(recipient.fields.select_related("document").order_by("document__position", "page", "y", "x", "pk"))
