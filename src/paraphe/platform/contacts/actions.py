"""The verbs on single contacts: add, change, delete, merge."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts.errors import NothingToMerge
from paraphe.platform.contacts.models import Contact
from paraphe.platform.contacts.queries import ContactView, data_of, of_firm, row, view
from paraphe.platform.contacts.rules import FIELDS, ContactData, contact_of, name_key, searched, sort_key
from paraphe.platform.evidence import api as evidence


def add(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, typed: Mapping[str, str]) -> ContactView:
    """Keep a new contact, as people type it. Raises MayNot, BadContact."""
    of_firm(person, firm)
    contact = new_row(firm, person, contact_of(typed), source=Contact.Source.TYPED)
    with transaction.atomic():
        contact.save(force_insert=True)
        note(contact, actor, "contact:added")
    return view(contact)


def change(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    contact_id: uuid.UUID,
    typed: Mapping[str, str],
) -> ContactView:
    """Replace what is known of a contact. Raises MayNot, NotFound, BadContact."""
    with transaction.atomic():
        contact = row(person, firm, contact_id, lock=True)
        data = contact_of(typed)
        if data != data_of(contact):
            _write(contact, data)
            note(contact, actor, "contact:changed")
    return view(contact)


def delete(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, contact_id: uuid.UUID) -> None:
    """Delete a contact for good. Raises MayNot, NotFound."""
    with transaction.atomic():
        contact = row(person, firm, contact_id, lock=True)
        note(contact, actor, "contact:deleted")
        Contact.objects.filter(pk=contact.pk).delete()


def merge(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    contact_ids: Sequence[uuid.UUID],
    chosen: Mapping[str, uuid.UUID] | None = None,
) -> ContactView:
    """Make one contact of several: the oldest stays, the others go.

    ``chosen`` says from which of them each field is taken; without a choice the oldest that has it gives it.
    Raises MayNot, NotFound when one of them is not there, NothingToMerge for fewer than two, BadContact when nothing
    chosen is a name or a company.
    """
    wanted = set(contact_ids)
    book = of_firm(person, firm)
    with transaction.atomic():
        rows = list(book.select_for_update().filter(pk__in=wanted).order_by("created_at", "pk"))
        if len(rows) != len(wanted):
            raise NotFound(kind="contact")
        if len(rows) < 2:
            raise NothingToMerge()
        kept, others = rows[0], rows[1:]
        _write(kept, contact_of(asdict(_merged(rows, chosen or {}))))
        book.filter(pk__in=[one.pk for one in others]).delete()
        for one in others:
            note(one, actor, "contact:deleted", merged_into=str(kept.pk))
        note(kept, actor, "contact:changed", merged=len(others))
    return view(kept)


def new_row(firm: accounts.Firm, person: accounts.Person, data: ContactData, *, source: str) -> Contact:
    """Return a contact that is not in the database yet, for the verbs of this room only."""
    now = timezone.now()
    contact = Contact(firm_id=firm.pk, created_by_id=person.pk, created_at=now, changed_at=now, source=source)
    _fill(contact, data)
    return contact


def note(contact: Contact, actor: Actor, tag: str, **data: object) -> None:
    """Record what happened to a contact, without anything that says who it is."""
    evidence.record(tag, actor=actor, subjects={"contact": str(contact.pk), "firm": str(contact.firm_id)}, data=data)


def _merged(rows: Sequence[Contact], chosen: Mapping[str, uuid.UUID]) -> ContactData:
    known = {one.pk: one for one in rows}
    values = {}
    for name in FIELDS:
        first = next((value for one in rows if (value := getattr(one, name))), "")
        source = known.get(chosen[name]) if name in chosen else None
        values[name] = first if source is None else getattr(source, name)
    return ContactData(**values)


def _write(contact: Contact, data: ContactData) -> None:
    _fill(contact, data)
    contact.changed_at = timezone.now()
    contact.save()


def _fill(contact: Contact, data: ContactData) -> None:
    for name in FIELDS:
        setattr(contact, name, getattr(data, name))
    contact.search, contact.sort_key, contact.name_key = searched(data), sort_key(data), name_key(data)
