"""Taking the whole address book away."""

from collections.abc import Iterator

from paraphe.kernel.actor import Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import cards, tables
from paraphe.platform.contacts.queries import data_of, of_firm
from paraphe.platform.contacts.rules import ContactData
from paraphe.platform.evidence import api as evidence


def export_csv(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, language: str = "fr") -> bytes:
    """Return every contact as a table with column names in ``language``, safe in a spreadsheet. Raises MayNot."""
    data = tables.write(_all(person, firm), language)
    _note(actor, firm, "csv")
    return data


def export_vcard(*, actor: Actor, person: accounts.Person, firm: accounts.Firm) -> bytes:
    """Return every contact as vCard 3.0. Raises MayNot."""
    data = cards.write(_all(person, firm))
    _note(actor, firm, "vcard")
    return data


def _all(person: accounts.Person, firm: accounts.Firm) -> Iterator[ContactData]:
    rows = of_firm(person, firm).order_by("sort_key", "pk")
    return (data_of(one) for one in rows.iterator(chunk_size=2000))


def _note(actor: Actor, firm: accounts.Firm, kind: str) -> None:
    evidence.record("contact:exported", actor=actor, subjects={"firm": str(firm.pk)}, data={"format": kind})
