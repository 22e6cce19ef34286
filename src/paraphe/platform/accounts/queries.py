"""What can be read of accounts."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts.models import Firm, Grant, Membership, Person
from paraphe.platform.accounts.rules import (
    RIGHTS,
    Obstacle,
    Right,
    RollEntry,
    Track,
    obstacle_of,
    rights_in_firm,
    track_of,
)

#: Where a person holds his present memberships when they were read with him, see ``sessions.seen``.
PRESENT: Final = "present_memberships"


def person(person_id: int) -> Person:
    """Return the person of that number. Raises NotFound."""
    found = Person.objects.filter(pk=person_id).first()
    if found is None:
        raise NotFound(kind="person")
    return found


def known(email: str) -> Person | None:
    """Return the one person who signed in with this e-mail; None when there is none, or more than one."""
    found = list(Person.objects.filter(email__iexact=email)[:2]) if email else []
    return found[0] if len(found) == 1 else None


def firms_of(person: Person) -> Sequence[Firm]:
    """Return the firms for which ``person`` may do something, by name."""
    return [membership.firm for membership in memberships_of(person) if rights(person, membership.firm)]


def own_firms(person: Person) -> Sequence[Firm]:
    """Return the firms that ``person`` may subscribe: those in which he is an accountant, if he is on the roll."""
    if not is_on_roll(person):
        return []
    return [membership.firm for membership in memberships_of(person) if membership.role == "accountant"]


def administers(person: Person, firm: Firm) -> bool:
    """Tell whether ``person`` decides on settings, credit and address book of ``firm``.

    So do its accountants on the roll, and the secretary general of a regional council. Only the former grant rights.
    """
    membership = _in(person, firm)
    if membership is None:
        return False
    return membership.role == "secretary" or (membership.role == "accountant" and is_on_roll(person))


def people_of(firm: Firm) -> Sequence[Membership]:
    """Return the present members of ``firm`` who ever signed in, with their persons, by name."""
    rows = firm.memberships.filter(ended_at=None).select_related("person")
    return sorted(rows, key=lambda one: (one.person.family_name.casefold(), one.person.given_name.casefold(), one.pk))


def memberships_of(person: Person) -> Sequence[Membership]:
    """Return the present memberships of ``person`` with their firms, by name, whether they give a right or not."""
    return sorted(_present(person), key=lambda membership: (membership.firm.name.casefold(), membership.firm.siren))


@dataclass(frozen=True)
class InheritedRights:
    """What the provider tells of a person in a firm: ``own`` where he has all rights as its accountant."""

    rights: frozenset[Right]
    own: bool


def inherited_rights(person: Person, firm: Firm) -> InheritedRights:
    """Return what ``person`` may do for ``firm`` without any mandate."""
    return _inherited(person, firm) or InheritedRights(frozenset(), own=False)


def rights(person: Person, firm: Firm) -> frozenset[Right]:
    """Return what ``person`` may do for ``firm`` today: ``sign``, ``seal``, ``prepare``, ``launch``, or nothing.

    As an accountant, by delegation or by mandate. Who left the firm has nothing, whatever was granted to him.
    """
    inherited = _inherited(person, firm)
    if inherited is None:
        return frozenset()
    if inherited.own:
        return inherited.rights
    here = set(granted(person).filter(firm=firm).values_list("right", flat=True))
    return inherited.rights | frozenset(right for right in RIGHTS if right in here)


def rights_by_person(firm: Firm) -> dict[int, frozenset[Right]]:
    """Return what everybody may do for ``firm`` today, by the person's number; asked at once, in three queries."""
    held: dict[int, set[str]] = {}
    for number, right in firm.delegations.filter(ended_at=None).values_list("person_id", "right"):
        held.setdefault(number, set()).add(right)
    granted_here: dict[int, set[str]] = {}
    for number, right in _in_force(firm.grants.all()).values_list("person_id", "right"):
        granted_here.setdefault(number, set()).add(right)
    found: dict[int, frozenset[Right]] = {}
    for membership in firm.memberships.filter(ended_at=None).select_related("person"):
        on_roll, number = is_on_roll(membership.person), membership.person_id
        own = rights_in_firm(role=membership.role, on_roll=on_roll, delegated=held.get(number, set()))
        more = granted_here.get(number, set())
        found[number] = own | frozenset(right for right in RIGHTS if right in more)
    return found


def _inherited(person: Person, firm: Firm) -> InheritedRights | None:
    """Return the rights told by the provider, None for whom is no member of ``firm``."""
    membership = _in(person, firm)
    if membership is None:
        return None
    own = membership.role == "accountant" and is_on_roll(person)
    delegated: set[str] = set()
    if not own:
        delegated = set(person.delegations.filter(firm=firm, ended_at=None).values_list("right", flat=True))
    found = rights_in_firm(role=membership.role, on_roll=is_on_roll(person), delegated=delegated)
    return InheritedRights(found, own=own)


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
    return {one.role for one in _present(person)}


def _present(person: Person) -> Sequence[Membership]:
    held: Sequence[Membership] | None = getattr(person, PRESENT, None)
    return list(person.memberships.filter(ended_at=None).select_related("firm")) if held is None else held


def _in(person: Person, firm: Firm) -> Membership | None:
    return next((one for one in _present(person) if one.firm_id == firm.pk), None)


def _delegated(person: Person) -> set[str]:
    delegated = set(person.delegations.filter(ended_at=None).values_list("right", flat=True))
    return delegated | set(granted(person).values_list("right", flat=True))


def granted(person: Person) -> "QuerySet[Grant]":
    """Return the grants of ``person`` that are in force today, used up or not.

    A grant is worth what its grantor is: an accountant of the firm, on the roll, confirmed not too long ago.
    """
    return _in_force(person.grants.all())


def _in_force(grants: "QuerySet[Grant]") -> "QuerySet[Grant]":
    today = timezone.localdate()
    open_end = Q(ends_on=None) | Q(ends_on__gte=today)
    dated = grants.filter(open_end, ended_at=None, starts_on__lte=today)
    return dated.filter(_may_grant(), granted_by__confirmed_at__gte=oldest_confirmation())


def orphaned_mandates(limit: int = 500) -> Sequence[uuid.UUID]:
    """Return mandates still in force on paper whose grantor may grant no more, or whose delegate left the firm."""
    member = Membership.objects.filter(person=OuterRef("person"), firm=OuterRef("firm"), ended_at=None)
    lost = Grant.objects.filter(ended_at=None).exclude(_may_grant(), Exists(member))
    return list(lost.order_by("mandate").values_list("mandate", flat=True).distinct()[:limit])


def departures(limit: int = 500) -> Sequence[Person]:
    """Return the people of whom the provider told less than before, and about whom nothing was concluded yet."""
    return list(Person.objects.exclude(left_at=None).order_by("left_at", "pk")[:limit])


def note_concluded(person: Person) -> None:
    """Remember that every conclusion was drawn from what ended for ``person``, unless more ended meanwhile."""
    Person.objects.filter(pk=person.pk, left_at=person.left_at).update(left_at=None)


def oldest_confirmation() -> datetime:
    """Return since when the provider must have confirmed a grantor, for his mandates to be in force."""
    return timezone.now() - timedelta(days=settings.MEMBERSHIP_DAYS)


def about(person: Person) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """Return everything that this room keeps about ``person``, as rows of plain values by table, for himself."""
    kept = ("given_name", "family_name", "email", "roll_number", "roll_region", "first_sign_in_at", "last_sign_in_at",
            "confirmed_at", "language", "unwanted_notices", "iss", "sub")  # fmt: skip
    span = ("started_at", "ended_at")
    return {
        "person": list(Person.objects.filter(pk=person.pk).values(*kept)),
        "memberships": list(person.memberships.order_by("pk").values("firm__siren", "firm__name", "role", *span)),
        "delegations": list(person.delegations.order_by("pk").values("firm__siren", "right", "granted_by", *span)),
        "grants": list(
            person.grants.order_by("pk").values(
                "firm__siren", "right", "kinds", "most", "starts_on", "ends_on", "granted_at", "ended_at"
            )
        ),
        "sessions": list(
            person.sessions.order_by("opened_at").values("agent", "address", "opened_at", "seen_at", "ended_at")
        ),
    }


def _may_grant() -> Q:
    own = Membership.objects.filter(
        person=OuterRef("granted_by"), firm=OuterRef("firm"), role="accountant", ended_at=None
    )
    return Q(Exists(own)) & ~Q(granted_by__roll_number="") & Q(granted_by__isnull=False)
