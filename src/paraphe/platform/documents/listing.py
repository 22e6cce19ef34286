"""Lists of documents: filtered, page after page by key, the same number of queries however many there are."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.models import Document, Opening
from paraphe.platform.documents.rules import folded
from paraphe.platform.documents.sight import of_owners, owners_seen, seen_by

State = Literal["", "unsigned", "signed", "ending", "held"]
ON_A_PAGE: Final = 50
#: What waits is counted so far: a hundred thousand and a thousand are the same to who signs them.
COUNTED: Final = 1000
#: Days before the deletion of a document at which people are told.
WARNED_DAYS: Final = 7


@dataclass(frozen=True)
class Filters:
    """What a list shows: everything that a field leaves empty. ``owner`` is the number of a person."""

    kind: str = ""
    state: State = ""
    text: str = ""
    owner: int | None = None


@dataclass(frozen=True)
class Row:
    """A document as a line of a list; ``opened`` when who reads the list opened its present version."""

    id: uuid.UUID
    title: str
    kind: str
    page_count: int
    size: int
    version: int
    opened: bool
    held: bool
    ending: bool
    owner_id: int
    owner_name: str
    added_at: datetime
    delete_on: date

    @property
    def signed(self) -> bool:
        """Tell whether somebody signed it here."""
        return self.version > 0


@dataclass(frozen=True)
class Page:
    """Some lines, and the key of the page behind them; empty when there is none."""

    rows: tuple[Row, ...]
    following: str


@dataclass(frozen=True)
class Overview:
    """A page, how many documents wait to be signed, and whose are seen (None: everybody's)."""

    page: Page
    unsigned: int
    owners: frozenset[int] | None


def overview(person: accounts.Person, firm: accounts.Firm, filters: Filters, after: str = "") -> Overview:
    """Return what the page of the list needs, in few queries."""
    owners = owners_seen(person, firm)
    seen = of_owners(firm, owners)
    return Overview(_page(person, seen, filters, after, ON_A_PAGE), _unsigned(seen), owners)


def page_of(
    person: accounts.Person, firm: accounts.Firm, filters: Filters, after: str = "", limit: int = ON_A_PAGE
) -> Page:
    """Return the newest documents that ``person`` sees in ``firm``, from the key ``after`` on.

    A key that is none shows the first page.
    """
    return _page(person, seen_by(person, firm), filters, after, limit)


def _page(person: accounts.Person, documents: QuerySet[Document], filters: Filters, after: str, limit: int) -> Page:
    found = filtered(documents, filters).order_by("-added_at", "-id")
    if (key := _key(after)) is not None:
        at, number = key
        found = found.filter(Q(added_at__lt=at) | Q(added_at=at, pk__lt=number), added_at__lte=at)
    if filters.text:
        # The keys first: what an index says alone is looked through in it, and few rows are read.
        keys = list(found.values_list("pk", flat=True)[: limit + 1])
        found = Document.objects.filter(pk__in=keys).order_by("-added_at", "-id")
    rows = [row_of(one) for one in light(found, person)[: limit + 1]]
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(tuple(rows), _written(rows[-1]) if more else "")


def search(person: accounts.Person, firm: accounts.Firm, text: str, limit: int = 10) -> Sequence[Row]:
    """Return the newest documents whose title has ``text``, accents and case aside; none for an empty text."""
    return page_of(person, firm, Filters(text=text), limit=limit).rows if text.strip() else ()


def waiting_to_sign(person: accounts.Person, firm: accounts.Firm) -> int:
    """Return how many documents that ``person`` sees nobody signed here, COUNTED at most; 0 for who may not sign."""
    if "sign" not in accounts.rights(person, firm):
        return 0
    return _unsigned(seen_by(person, firm))


def _unsigned(documents: QuerySet[Document]) -> int:
    # In the order of the index of those: without statistics SQLite takes it for nothing else.
    return documents.filter(current=0).order_by("-added_at", "-id")[:COUNTED].count()


def ending_soon(person: accounts.Person, firm: accounts.Firm) -> int:
    """Return how many documents that ``person`` sees go within WARNED_DAYS, COUNTED at most."""
    return filtered(seen_by(person, firm), Filters(state="ending"))[:COUNTED].count()


def filtered(documents: QuerySet[Document], filters: Filters) -> QuerySet[Document]:
    """Return what ``filters`` leave of ``documents``."""
    if filters.kind:
        documents = documents.filter(kind=filters.kind)
    if filters.owner is not None:
        documents = documents.filter(owner_id=filters.owner)
    if text := folded(filters.text):
        # Not LIKE: to find one text in another the databases need a third of the time.
        documents = documents.filter(GreaterThan(StrIndex("title_folded", Value(text)), 0))
    if filters.state == "unsigned":
        return documents.filter(current=0)
    if filters.state == "signed":
        return documents.filter(current__gt=0)
    if filters.state == "ending":
        return documents.filter(held_at=None, delete_on__lte=_last_warned_day())
    if filters.state == "held":
        return documents.exclude(held_at=None)
    return documents


def light(documents: QuerySet[Document], person: accounts.Person) -> QuerySet[Document]:
    """Return ``documents`` with what a line for ``person`` needs, without their long columns."""
    mine = Opening.objects.filter(document=OuterRef("pk"), person_id=person.pk, version__gte=OuterRef("current"))
    seen = documents.annotate(opened=Exists(mine))
    return seen.select_related("owner").defer("pages", "warnings", "notes", "held_reason")


def row_of(document: Document) -> Row:
    """Return a document as a line."""
    held = document.held_at is not None
    return Row(
        id=document.pk,
        title=document.title,
        kind=document.kind,
        page_count=document.page_count,
        size=document.size,
        version=document.current,
        opened=bool(getattr(document, "opened", False)),
        held=held,
        ending=not held and document.delete_on <= _last_warned_day(),
        owner_id=document.owner_id,
        owner_name=document.owner.full_name,
        added_at=document.added_at,
        delete_on=document.delete_on,
    )


def _last_warned_day() -> date:
    return timezone.localdate() + timedelta(days=WARNED_DAYS)


def _written(row: Row) -> str:
    return f"{row.added_at.isoformat()}~{row.id.hex}"


def _key(text: str) -> tuple[datetime, uuid.UUID] | None:
    at, _, number = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, uuid.UUID(hex=number)) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
