"""What can be read of documents. Fetching is asking permission: there is no other way to hold one."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.listing import Filters, Row, page_of
from paraphe.platform.documents.models import Document
from paraphe.platform.documents.sight import seen_by
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing

UNSIGNED = 200


@dataclass(frozen=True)
class Hold:
    """Why nobody deletes a document: who says so, since when, for which reason; ``together``: an order for many."""

    by: str
    at: datetime
    reason: str
    together: bool


@dataclass(frozen=True)
class DocumentView:
    """A document as people see it. ``pages`` are (width, height) in points, as seen upright."""

    id: uuid.UUID
    title: str
    kind: str
    firm_id: int
    owner_id: int
    owner_name: str
    pages: tuple[tuple[float, float], ...]
    warnings: tuple[str, ...]
    size: int
    sha256: str
    version: int
    file_id: uuid.UUID
    added_at: datetime
    delete_on: date
    notes: str
    hold: Hold | None

    @classmethod
    def of(cls, document: Document) -> "DocumentView":
        """Return the view of a row whose versions are prefetched, its people read with it."""
        latest = max(document.versions.all(), key=lambda version: version.number)
        return cls(
            id=document.pk,
            title=document.title,
            kind=document.kind,
            firm_id=document.firm_id,
            owner_id=document.owner_id,
            owner_name=document.owner.full_name,
            pages=tuple((float(width), float(height)) for width, height in document.pages),
            warnings=tuple(document.warnings),
            size=latest.size,
            sha256=latest.sha256,
            version=latest.number,
            file_id=latest.file_id,
            added_at=document.added_at,
            delete_on=document.delete_on,
            notes=document.notes or "",
            hold=_hold(document),
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
    """Return document ``document_id``, if ``person`` sees it in ``firm``. Raises NotFound for absence and refusal."""
    return DocumentView.of(row(person, firm, document_id))


def many(person: accounts.Person, firm: accounts.Firm, document_ids: Sequence[uuid.UUID]) -> list[DocumentView]:
    """Return these documents in this order, each once. Raises NotFound when one is absent or not for them to see."""
    seen = whole(seen_by(person, firm).filter(pk__in=document_ids))
    found = {document.pk: DocumentView.of(document) for document in seen}
    if set(document_ids) != set(found):
        raise NotFound(kind="document")
    return [found[number] for number in dict.fromkeys(document_ids)]


def titles(person: accounts.Person, firm: accounts.Firm, document_ids: Collection[str]) -> dict[str, str]:
    """Return the titles of those of these documents that ``person`` sees in ``firm``, by their numbers as text."""
    seen = seen_by(person, firm).filter(pk__in=document_ids) if document_ids else Document.objects.none()
    return {str(number): title for number, title in seen.values_list("pk", "title")}


def warnings_of_many(
    person: accounts.Person, firm: accounts.Firm, document_ids: Iterable[uuid.UUID | None]
) -> dict[uuid.UUID | None, tuple[str, ...]]:
    """Return what is to be known of those of these documents that ``person`` sees, by number, as codes."""
    seen = seen_by(person, firm).filter(pk__in=[one for one in document_ids if one is not None])
    return {number: tuple(warnings) for number, warnings in seen.values_list("pk", "warnings")}


def unsigned(person: accounts.Person, firm: accounts.Firm, kind: str = "") -> Sequence[Row]:
    """Return the newest documents that ``person`` sees in ``firm`` and nobody signed here, UNSIGNED at most."""
    return page_of(person, firm, Filters(kind=kind, state="unsigned"), limit=UNSIGNED).rows


def content(person: accounts.Person, firm: accounts.Firm, document_id: uuid.UUID) -> bytes:
    """Return the bytes of the present version."""
    return files.read(get(person, firm, document_id).file_id)


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
    found = whole(seen_by(person, firm).filter(pk=document_id)).first()
    if found is None:
        raise NotFound(kind="document")
    return found


def whole(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Return ``documents`` with everything that their views need, for this room only."""
    return documents.select_related("owner", "held_by").prefetch_related("versions")


def _hold(document: Document) -> Hold | None:
    if document.held_at is None or document.held_by is None:
        return None
    return Hold(
        document.held_by.full_name, document.held_at, document.held_reason or "", document.held_under is not None
    )


def note(document: Document, actor: Actor, tag: str, **data: object) -> None:
    """Write ``tag`` about ``document`` in the caller's transaction, last. For the verbs of this room only."""
    evidence.record(
        tag, actor=actor, subjects={"document": str(document.pk), "firm": str(document.firm_id)}, data=dict(data)
    )
