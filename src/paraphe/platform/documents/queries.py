"""What can be read of documents. Fetching is asking permission: there is no other way to hold one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.cache import cache
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.secrets import seal, unseal
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.models import Document
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing

LISTED = 100
UNSIGNED = 200
IMAGE_WIDTHS = (180, 900, 1400)
IMAGE_SECONDS = 3600
IMAGE_PURPOSE = "documents.page"


@dataclass(frozen=True)
class DocumentView:
    """A document as its owner sees it. ``pages`` are (width, height) in points, as seen upright."""

    id: uuid.UUID
    title: str
    kind: str
    firm_id: int
    owner_id: int
    pages: tuple[tuple[float, float], ...]
    warnings: tuple[str, ...]
    size: int
    sha256: str
    version: int
    opened: bool
    file_id: uuid.UUID
    added_at: datetime
    delete_on: date

    @classmethod
    def of(cls, document: Document) -> "DocumentView":
        """Return the view of a row whose versions are prefetched."""
        latest = max(document.versions.all(), key=lambda version: version.number)
        return cls(
            id=document.pk,
            title=document.title,
            kind=document.kind,
            firm_id=document.firm_id,
            owner_id=document.owner_id,
            pages=tuple((float(width), float(height)) for width, height in document.pages),
            warnings=tuple(document.warnings),
            size=latest.size,
            sha256=latest.sha256,
            version=latest.number,
            opened=document.opened_version is not None and document.opened_version >= latest.number,
            file_id=latest.file_id,
            added_at=document.added_at,
            delete_on=document.delete_on,
        )

    @property
    def signed(self) -> bool:
        """Tell whether somebody signed it here."""
        return self.version > 0


@dataclass(frozen=True)
class SignatureView:
    """One signature that the present version carries."""

    signer: str
    at: datetime | None
    level: str
    valid: bool


def get(person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID) -> DocumentView:
    """Return document ``document_id`` of ``person`` in ``firm``. Raises NotFound for absence and for refusal alike."""
    return DocumentView.of(row(person, firm, document_id))


def listing(person: accounts.Person, firm: accounts.Firm) -> Sequence[DocumentView]:
    """Return the newest documents of ``person`` in ``firm``, newest first."""
    mine = Document.objects.filter(owner_id=person.pk, firm_id=firm.pk).prefetch_related("versions")
    return [DocumentView.of(document) for document in mine.order_by("-added_at")[:LISTED]]


def many(person: accounts.Person, firm: accounts.Firm, document_ids: Sequence[uuid.UUID]) -> list[DocumentView]:
    """Return these documents in this order, each once. Raises NotFound when one is absent or not theirs."""
    mine = Document.objects.filter(pk__in=document_ids, owner_id=person.pk, firm_id=firm.pk)
    found = {document.pk: DocumentView.of(document) for document in mine.prefetch_related("versions")}
    if set(document_ids) != set(found):
        raise NotFound(kind="document")
    return [found[number] for number in dict.fromkeys(document_ids)]


def unsigned(person: accounts.Person, firm: accounts.Firm) -> Sequence[DocumentView]:
    """Return the newest documents of ``person`` in ``firm`` that nobody signed here, newest first."""
    mine = Document.objects.filter(owner_id=person.pk, firm_id=firm.pk).exclude(versions__number__gt=0)
    return [
        DocumentView.of(document) for document in mine.prefetch_related("versions").order_by("-added_at")[:UNSIGNED]
    ]


def content(person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID) -> bytes:
    """Return the bytes of the present version."""
    return files.read(get(person, firm, document_id).file_id)


def page_image(person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID, page: int, width: int) -> bytes:
    """Return page ``page`` (from 0) of the present version as PNG, ``width`` pixels wide (one of IMAGE_WIDTHS)."""
    view = get(person, firm, document_id)
    if not 0 <= page < len(view.pages) or width not in IMAGE_WIDTHS:
        raise NotFound(kind="page")
    key = f"page:{view.file_id}:{page}:{width}"
    sealed: bytes | None = cache.get(key)
    if sealed is not None:
        return unseal(sealed, IMAGE_PURPOSE)
    image = pdf.render_page(files.read(view.file_id), page, width)
    # A page is as secret as its document: also in the cache it is sealed.
    cache.set(key, seal(image, IMAGE_PURPOSE), IMAGE_SECONDS)
    return image


def signatures(person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID) -> Sequence[SignatureView]:
    """Return the signatures that the present version carries, validated now against this platform's roots."""
    anchors = tuple(pdf.Anchor(one) for one in signing.trusted_roots())
    report = pdf.validate(content(person, firm, document_id), pdf.ValidationSettings(anchors, timezone.now()))
    return [
        SignatureView(
            signer=found.signer,
            at=found.signed_at,
            level=found.level,
            valid=found.ok,
        )
        for found in report.signatures
    ]


def row(person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID) -> Document:
    """Return the row of a document, for the verbs of this room only."""
    try:
        return Document.objects.prefetch_related("versions").get(pk=document_id, owner_id=person.pk, firm_id=firm.pk)
    except Document.DoesNotExist:
        raise NotFound(kind="document") from None


def note(document: Document, actor: Actor, tag: str, **data: object) -> None:
    """Write ``tag`` about ``document`` in the caller's transaction, last. For the verbs of this room only."""
    evidence.record(
        tag, actor=actor, subjects={"document": str(document.pk), "firm": str(document.firm_id)}, data=dict(data)
    )
