"""What can be read of contacts. Fetching is asking permission: there is no other way to hold one."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from paraphe.kernel.errors import NotFound
from paraphe.kernel.phones import written
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts.errors import MayNot
from paraphe.platform.contacts.models import Contact
from paraphe.platform.contacts.rules import FIELDS, RIGHTS, ContactData, digits_of, words_of

LISTED = 50
GROUPS = 20
# More of one kind are shown when these are merged.
GROUP_SIZE = 6


@dataclass(frozen=True)
class ContactView:
    """A contact as the people of its firm see it."""

    id: uuid.UUID
    data: ContactData
    source: str
    created_by: int
    created_at: datetime
    changed_at: datetime

    @property
    def name(self) -> str:
        """Return the name under which the contact is known: a person's, else the company's."""
        return " ".join(part for part in (self.data.given_name, self.data.family_name) if part) or self.data.company

    @property
    def mobile(self) -> str:
        """Return the mobile number as people read it, empty when there is none."""
        return written(self.data.mobile) if self.data.mobile else ""


@dataclass(frozen=True)
class Listing:
    """A page of the address book; ``after`` asks for the next one, None when there is none."""

    contacts: Sequence[ContactView]
    after: uuid.UUID | None
    total: int


@dataclass(frozen=True)
class DuplicateGroup:
    """Contacts that may be the same person; ``reason`` says what they share: ``email``, ``mobile`` or ``name``."""

    reason: str
    contacts: Sequence[ContactView]


def check(person: accounts.Person, firm: accounts.Firm) -> None:
    """Raise MayNot unless ``person`` has a right for which one needs the address book of ``firm``."""
    if not accounts.rights(person, firm) & RIGHTS:
        raise MayNot()


def get(person: accounts.Person, firm: accounts.Firm, contact_id: uuid.UUID) -> ContactView:
    """Return a contact of ``firm``. Raises MayNot, and NotFound also for a contact of another firm."""
    return view(row(person, firm, contact_id))


def listing(
    person: accounts.Person, firm: accounts.Firm, query: str = "", after: uuid.UUID | None = None, limit: int = LISTED
) -> Listing:
    """Return the contacts that contain every word of ``query``, by name; ``after`` is the last contact seen.

    Accents, case, apostrophes and hyphens do not count; digits find a mobile however they are separated. After a
    contact that was deleted meanwhile the list begins anew. Raises MayNot.
    """
    book = of_firm(person, firm)
    found = _matching(book, query)
    last = book.filter(pk=after).values_list("sort_key", flat=True).first() if after else None
    if last is not None:
        # The first condition lets the index begin at the right place; the second one says where exactly.
        found = found.filter(sort_key__gte=last).filter(Q(sort_key__gt=last) | Q(sort_key=last, pk__gt=after))
    rows = list(found.order_by("sort_key", "pk")[: limit + 1])
    shown = rows[:limit]
    return Listing([view(one) for one in shown], shown[-1].pk if len(rows) > limit else None, book.count())


def everybody(person: accounts.Person, firm: accounts.Firm) -> Iterator[ContactView]:
    """Yield every contact of ``firm``, a few thousand at a time, to be matched with files. Raises MayNot."""
    return (view(one) for one in of_firm(person, firm).order_by("pk").iterator(chunk_size=2000))


def duplicates(person: accounts.Person, firm: accounts.Firm) -> Sequence[DuplicateGroup]:
    """Return the first groups of contacts with the same e-mail, mobile or folded name, oldest contact first.

    A group that was found by its e-mail is not shown again for its name. Raises MayNot.
    """
    book = of_firm(person, firm)
    found: list[DuplicateGroup] = []
    seen: set[frozenset[uuid.UUID]] = set()
    for reason, column in (("email", "email"), ("mobile", "mobile"), ("name", "name_key")):
        for rows in _same(book, column, GROUPS - len(found)):
            members = frozenset(one.pk for one in rows)
            if not any(members <= other for other in seen):
                seen.add(members)
                found.append(DuplicateGroup(reason, [view(one) for one in rows[:GROUP_SIZE]]))
    return found


def of_firm(person: accounts.Person, firm: accounts.Firm) -> QuerySet[Contact]:
    """Return the address book of ``firm``, for the verbs of this room only. Raises MayNot."""
    check(person, firm)
    return Contact.objects.filter(firm_id=firm.pk)


def row(person: accounts.Person, firm: accounts.Firm, contact_id: uuid.UUID, *, lock: bool = False) -> Contact:
    """Return the row of a contact, locked if it will be written, for the verbs of this room only.

    Raises MayNot, NotFound.
    """
    book = of_firm(person, firm)
    found = (book.select_for_update() if lock else book).filter(pk=contact_id).first()
    if found is None:
        raise NotFound(kind="contact")
    return found


def view(contact: Contact) -> ContactView:
    """Return a row as it is shown."""
    return ContactView(
        id=contact.pk,
        data=data_of(contact),
        source=contact.source,
        created_by=contact.created_by_id,
        created_at=contact.created_at,
        changed_at=contact.changed_at,
    )


def data_of(contact: Contact) -> ContactData:
    """Return what the firm wrote about a contact."""
    return ContactData(**{name: getattr(contact, name) for name in FIELDS})


def _matching(book: QuerySet[Contact], query: str) -> QuerySet[Contact]:
    text = Q()
    for word in words_of(query):
        text &= Q(search__contains=word)
    digits = digits_of(query)
    return book.filter(text | Q(search__contains=digits) if digits else text)


def _same(book: QuerySet[Contact], column: str, most: int) -> Sequence[Sequence[Contact]]:
    """Return the groups of rows that have the same value in ``column``, in two queries."""
    filled = book.exclude(**{column: ""}).values_list(column, flat=True)
    values = list(filled.annotate(n=Count("pk")).filter(n__gt=1).order_by(column)[: max(most, 0)])
    groups: dict[str, list[Contact]] = {value: [] for value in values}
    if values:
        for one in book.filter(**{f"{column}__in": values}).order_by("created_at", "pk")[: GROUPS * 50]:
            groups[getattr(one, column)].append(one)
    return [rows for rows in groups.values() if len(rows) > 1]
