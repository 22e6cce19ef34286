"""Background work of the pages: what needs several rooms at once."""

import uuid
from collections.abc import Iterator, Sequence
from functools import partial

from paraphe.floor.jobs import api as jobs
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from paraphe.platform.credit import api as credit
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.firms import api as firms
from paraphe.platform.mandates import api as mandates
from paraphe.platform.sealing import api as sealing
from paraphe.platform.web.credit.paper import statement_csv


@jobs.job(attempts=3)
def make_firm_export(export_id: str) -> None:
    """Pack everything a firm has here."""
    try:
        firms.make_export(uuid.UUID(export_id), everything_of)
    except (NotFound, firms.MayNotChange) as error:
        raise jobs.GiveUp(reason=error.code) from None


def everything_of(firm: accounts.Firm, person: accounts.Person) -> Sequence[firms.Reader]:
    """Return readers of what ``person`` takes away.

    Documents, collections with their proofs, batches of seals, the address book, the deeds of mandates, the statements
    of the credit.
    """
    return [
        *documents.export(person, firm),
        *envelopes.export(person, firm),
        *sealing.export(person, firm),
        partial(_contacts, firm, person),
        partial(_mandates, firm, person),
        partial(_statements, firm),
    ]


def _contacts(firm: accounts.Firm, person: accounts.Person) -> Iterator[firms.Entry]:
    actor = Actor(kind="person", id=str(person.pk))
    yield firms.Entry("contacts.csv", [contacts.export_csv(actor=actor, person=person, firm=firm)])


def _mandates(firm: accounts.Firm, person: accounts.Person) -> Iterator[firms.Entry]:
    for one in mandates.listing(person, firm):
        name = documents.download_name(one.delegate, signed=False, suffix="")
        path = f"mandats/{one.created_at:%Y-%m-%d} {str(one.id)[-6:]} {name}"
        yield firms.Entry(path, [mandates.deed(person, firm, one.id)])


def _statements(firm: accounts.Firm) -> Iterator[firms.Entry]:
    for month in credit.months(firm):
        statement = credit.statement(firm, month)
        yield firms.Entry(f"credit/releve {month:%Y-%m}.csv", [statement_csv(statement)])
