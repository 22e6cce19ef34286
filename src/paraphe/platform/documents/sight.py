"""Who sees which documents: what the firm set decides, in the query itself."""

from django.db.models import QuerySet

from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.models import Document
from paraphe.platform.firms import api as firms


def owners_seen(person: accounts.Person, firm: accounts.Firm) -> frozenset[int] | None:
    """Return the numbers of those whose documents ``person`` may see in ``firm``; None for everybody's.

    As the firm set it: his own, those of his team, or all. A team are those who hold today at least one right that he
    holds too. Who has no right any more sees his own only.
    """
    visibility = firms.options(firm).visibility
    if visibility == "all" and accounts.rights(person, firm):
        return None
    return team_of(person, firm) if visibility == "team" else frozenset({person.pk})


def seen_by(person: accounts.Person, firm: accounts.Firm) -> QuerySet[Document]:
    """Return the documents of ``firm`` that ``person`` may see."""
    return of_owners(firm, owners_seen(person, firm))


def of_owners(firm: accounts.Firm, owners: frozenset[int] | None) -> QuerySet[Document]:
    """Return the documents of ``firm`` brought by ``owners``, by anybody for None."""
    here = Document.objects.filter(firm_id=firm.pk)
    if owners is None:
        return here
    return here.filter(owner_id__in=owners) if len(owners) > 1 else here.filter(owner_id=next(iter(owners)))


def team_of(person: accounts.Person, firm: accounts.Firm) -> frozenset[int]:
    """Return the numbers of the people of ``firm`` who share a right with ``person`` today, his own included."""
    everybody = accounts.rights_by_person(firm)
    own = everybody.get(person.pk, frozenset())
    return frozenset({person.pk, *(number for number, rights in everybody.items() if rights & own)})


def may_destroy(person: accounts.Person, firm: accounts.Firm, owner_id: int) -> bool:
    """Tell whether ``person`` may delete a document that he sees: who brought it, and accountants of the firm."""
    return owner_id == person.pk or firms.may_change(person, firm)
