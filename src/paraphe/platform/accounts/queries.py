"""What can be read of accounts."""

from collections.abc import Sequence

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts.models import Firm, Membership, Person
from paraphe.platform.accounts.rules import Obstacle, Right, RollEntry, Track, obstacle_of, rights_in_firm, track_of


def person(person_id: int) -> Person:
    """Return the person of that number. Raises NotFound."""
    found = Person.objects.filter(pk=person_id).first()
    if found is None:
        raise NotFound(kind="person")
    return found


def firms_of(person: Person) -> Sequence[Firm]:
    """Return the firms for which ``person`` may do something, by name."""
    return [membership.firm for membership in memberships_of(person) if rights(person, membership.firm)]


def own_firms(person: Person) -> Sequence[Firm]:
    """Return the firms that ``person`` may subscribe: those in which he is an accountant, if he is on the roll."""
    if not is_on_roll(person):
        return []
    return [membership.firm for membership in memberships_of(person) if membership.role == "accountant"]


def memberships_of(person: Person) -> Sequence[Membership]:
    """Return the present memberships of ``person`` with their firms, by name, whether they give a right or not."""
    rows = person.memberships.filter(ended_at=None).select_related("firm")
    return sorted(rows, key=lambda membership: (membership.firm.name.casefold(), membership.firm.siren))


def rights(person: Person, firm: Firm) -> frozenset[Right]:
    """Return what ``person`` may do for ``firm`` today: ``sign``, ``seal``, ``prepare``, ``launch``, or nothing."""
    membership = person.memberships.filter(firm=firm, ended_at=None).first()
    if membership is None:
        return frozenset()
    delegated = set(person.delegations.filter(firm=firm, ended_at=None).values_list("right", flat=True))
    return rights_in_firm(role=membership.role, on_roll=is_on_roll(person), delegated=delegated)


def is_on_roll(person: Person) -> bool:
    """Tell whether ``person`` is on the roll of the Order."""
    return bool(person.roll_number)


def roll_of(person: Person) -> RollEntry | None:
    """Return the roll number and region of ``person``, None when he is not on the roll."""
    return RollEntry(person.roll_number, person.roll_region) if person.roll_number else None


def track(person: Person) -> Track:
    """Return the way that the registration of ``person`` takes."""
    return track_of(on_roll=is_on_roll(person), roles=_roles(person), delegated=_delegated(person))


def obstacle(person: Person) -> Obstacle:
    """Return why ``person`` has no access: ``not_on_roll``, ``no_delegation``, ``no_firm``; empty when he has."""
    return obstacle_of(track=track(person), on_roll=is_on_roll(person), roles=_roles(person))


def _roles(person: Person) -> set[str]:
    return set(person.memberships.filter(ended_at=None).values_list("role", flat=True))


def _delegated(person: Person) -> set[str]:
    return set(person.delegations.filter(ended_at=None).values_list("right", flat=True))
