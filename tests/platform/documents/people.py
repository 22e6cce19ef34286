"""What the tests of documents share: people with the service open, what they bring, what their firm set."""

from typing import Any

from paraphe.kernel.actor import Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.firms import api as firms
from tests.journeys.visitor import pdf_of
from tests.platform.documents.test_documents import open_service
from tests.support import cast


def here(who: cast.CastPerson) -> Any:
    """Return somebody who signed in and finished the registration."""
    person = cast.sign_in(who)
    open_service(person)
    return person


def actor(person: accounts.Person) -> Actor:
    """Return ``person`` as the evidence names him."""
    return Actor("person", str(person.pk), "127.0.0.1", "a browser")


def keeps(
    person: accounts.Person, firm: accounts.Firm, title: str = "Lettre", pages: int = 1
) -> documents.DocumentView:
    """Let ``person`` bring a document of that title."""
    data = pdf_of(title, pages)
    return documents.add(actor=actor(person), person=person, firm=firm, filename=f"{title}.pdf", chunks=[data])


def sets(alice: accounts.Person, firm: accounts.Firm, **changes: object) -> None:
    """Let the accountant change options of the firm."""
    firms.change(actor=actor(alice), person=alice, firm=firm, seen_version=firms.options(firm).version, changes=changes)
