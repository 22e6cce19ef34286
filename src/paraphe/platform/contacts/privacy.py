"""What a person may ask of the firm: to see everything held of her, and to have it erased."""

from dataclasses import asdict

from django.db import transaction

from paraphe.kernel.actor import Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts.actions import note
from paraphe.platform.contacts.importing import forget, pending_with
from paraphe.platform.contacts.models import Contact
from paraphe.platform.contacts.queries import data_of, of_firm
from paraphe.platform.contacts.rules import clean
from paraphe.platform.evidence import api as evidence


def about(person: accounts.Person, firm: accounts.Firm, email: str) -> dict[str, object]:
    """Return everything that this room holds for ``firm`` of the one with this e-mail, ready for JSON.

    Contacts with their origin and their events, and what waits in imports. Empty lists when nothing is held.
    Raises MayNot.
    """
    wanted = clean(email).lower()
    book = of_firm(person, firm).select_related("created_by")
    rows = book.filter(email=wanted).order_by("created_at", "pk") if wanted else book.none()
    waiting = pending_with(firm, wanted) if wanted else ()
    return {
        "email": wanted,
        "firm": {"siren": firm.siren, "name": firm.name},
        "contacts": [_held(one) for one in rows],
        "pending_imports": [
            {"since": pending.created_at.isoformat(), "contacts": [asdict(one) for one in theirs]}
            for pending, theirs in waiting
        ],
    }


def erase(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, email: str) -> int:
    """Erase every contact of ``firm`` with this e-mail, and imports that wait with it; return how many contacts.

    The evidence keeps that somebody was erased, not who. Raises MayNot.
    """
    book = of_firm(person, firm)
    wanted = clean(email).lower()
    if not wanted:
        return 0
    with transaction.atomic():
        rows = list(book.select_for_update().filter(email=wanted).order_by("pk"))
        for pending, _theirs in pending_with(firm, wanted):
            forget(pending)
        book.filter(pk__in=[one.pk for one in rows]).delete()
        for one in rows:
            note(one, actor, "contact:erased")
    return len(rows)


def _held(contact: Contact) -> dict[str, object]:
    events = evidence.history(contact=str(contact.pk), firm=str(contact.firm_id))
    return {
        "id": str(contact.pk),
        **asdict(data_of(contact)),
        "source": contact.source,
        "created_by": contact.created_by.full_name,
        "created_at": contact.created_at.isoformat(),
        "changed_at": contact.changed_at.isoformat(),
        "events": [{"event": one.tag, "at": one.at.isoformat()} for one in events],
    }
