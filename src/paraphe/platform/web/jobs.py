"""Background work of the pages: what needs several rooms at once."""

import uuid
from collections.abc import Iterator, Sequence
from functools import partial

from paraphe.floor.jobs import api as jobs
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.sealing import api as sealing


@jobs.job(attempts=3)
def make_firm_export(export_id: str) -> None:
    """Pack everything a firm has here."""
    try:
        firms.make_export(uuid.UUID(export_id), everything_of)
    except (NotFound, firms.MayNotChange) as error:
        raise jobs.GiveUp(reason=error.code) from None


def everything_of(firm: accounts.Firm, person: accounts.Person) -> Sequence[firms.Reader]:
    """Return readers of the documents, collections, batches of seals and address book that ``person`` takes away."""
    return [
        *documents_of(firm),
        *envelopes.export(person, firm),
        *sealing.export(person, firm),
        partial(_contacts, firm, person),
    ]


def documents_of(firm: accounts.Firm) -> Sequence[firms.Reader]:
    """Return a reader of each document of ``firm``, whoever brought it.

    The evidence knows them all, and by whom; the documents room is then asked in the name of that person.
    """
    added = evidence.history(firm=str(firm.pk)).filter(tag="document:added", actor_kind="person")
    gone = evidence.history(firm=str(firm.pk)).filter(tag="document:deleted")
    deleted = {entry.subjects["document"] for entry in gone}
    return [
        partial(_read, firm, int(entry.actor_id), uuid.UUID(entry.subjects["document"]))
        for entry in added
        if entry.subjects["document"] not in deleted
    ]


def _read(firm: accounts.Firm, owner_id: int, document_id: uuid.UUID) -> Iterator[firms.Entry]:
    try:
        owner = accounts.person(owner_id)
        view = documents.get(owner, firm, document_id)
        data = documents.content(owner, firm, document_id)
    except NotFound:
        return
    name = documents.download_name(view.title, signed=view.signed, suffix="signé")
    folder = documents.download_name(owner.full_name, signed=False, suffix="").removesuffix(".pdf")
    yield firms.Entry(f"documents/{folder}/{view.added_at:%Y-%m-%d} {str(view.id)[-6:]} {name}", [data])


def _contacts(firm: accounts.Firm, person: accounts.Person) -> Iterator[firms.Entry]:
    actor = Actor(kind="person", id=str(person.pk))
    yield firms.Entry("contacts.csv", [contacts.export_csv(actor=actor, person=person, firm=firm)])
