"""Address books of the cast."""

from typing import Any

from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from tests.platform.conftest import ACTOR
from tests.support import cast

SOPHIE = {
    "given_name": "Sophie",
    "family_name": "Lefèvre-Nuñez",
    "email": "Sophie.Lefevre@Exemple.FR",
    "mobile": "06 12 34 56 78",
    "company": "Boulangerie L'Épi d'or",
    "language": "fr",
    "note": "Rappeler en mai",
}


def of_alice() -> tuple[accounts.Person, accounts.Firm]:
    """Return Alice and her firm."""
    return cast.sign_in(cast.ALICE), cast.firm(cast.MARTIN)


def add(person: accounts.Person, firm: accounts.Firm, **typed: str) -> contacts.ContactView:
    """Keep a contact."""
    return contacts.add(actor=ACTOR, person=person, firm=firm, typed=typed)


def bring(person: accounts.Person, firm: accounts.Firm, data: bytes) -> contacts.ImportResult:
    """Import a file and confirm it."""
    pending = contacts.begin_import(person=person, firm=firm, data=data)
    return contacts.import_rows(actor=ACTOR, person=person, firm=firm, import_id=pending.id)


def everything(person: accounts.Person, firm: accounts.Firm) -> list[contacts.ContactData]:
    """Return all contacts of a firm, in order."""
    return [one.data for one in contacts.listing(person, firm, limit=100_000).contacts]


def calls(person: accounts.Person, firm: accounts.Firm, contact: contacts.ContactView) -> dict[str, Any]:
    """Return every verb on a contact or an address book, ready to be called."""
    who: dict[str, Any] = {"person": person, "firm": firm}
    acting = {"actor": ACTOR, **who}
    return {
        "check": lambda: contacts.check(person, firm),
        "add": lambda: contacts.add(**acting, typed=SOPHIE),
        "change": lambda: contacts.change(**acting, contact_id=contact.id, typed=SOPHIE),
        "delete": lambda: contacts.delete(**acting, contact_id=contact.id),
        "get": lambda: contacts.get(person, firm, contact.id),
        "listing": lambda: contacts.listing(person, firm),
        "duplicates": lambda: contacts.duplicates(person, firm),
        "merge": lambda: contacts.merge(**acting, contact_ids=[contact.id]),
        "begin_import": lambda: contacts.begin_import(**who, data=b"Nom\nX"),
        "pending_import": lambda: contacts.pending_import(person, firm, contact.id),
        "import_rows": lambda: contacts.import_rows(**acting, import_id=contact.id),
        "abandon_import": lambda: contacts.abandon_import(**who, import_id=contact.id),
        "export_csv": lambda: contacts.export_csv(**acting),
        "export_vcard": lambda: contacts.export_vcard(**acting),
        "about": lambda: contacts.about(person, firm, contact.data.email),
        "erase": lambda: contacts.erase(**acting, email=contact.data.email),
    }
