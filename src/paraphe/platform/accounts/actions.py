"""What changes accounts: a sign-in, and nothing else."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.platform.accounts.models import Delegation, Firm, Membership, Person
from paraphe.platform.accounts.rules import CLAIM_NAMES, Inherited, read_claims
from paraphe.platform.evidence import api as evidence


def sign_in(claims: Mapping[str, object], *, address: str = "", agent: str = "") -> Person:
    """Return the person whom verified ``claims`` are about, with everything they say taken over.

    ``claims`` are those of an ID token that was checked (issuer, audience, signature, nonce, expiry). What they no
    longer say is ended: memberships and delegations keep their row, with the end. Raises ClaimsIncomplete,
    ClaimsUnreadable; nothing has changed then.
    """
    inherited = read_claims(claims, {**CLAIM_NAMES, **settings.OIDC_CLAIM_NAMES})
    now = timezone.now()
    with transaction.atomic():
        person = _take_person(inherited, now)
        firms = _take_firms(inherited)
        _take_memberships(person, firms, inherited, now)
        _take_delegations(person, firms, inherited, now)
        evidence.record(
            "person:signed-in",
            actor=Actor("person", str(person.pk), address, agent),
            subjects={"person": str(person.pk)},
            data=_how(claims),
        )
    return person


def sign_out(person: Person, *, address: str = "", agent: str = "") -> None:
    """Record that ``person`` signed out."""
    with transaction.atomic():
        evidence.record(
            "person:signed-out",
            actor=Actor("person", str(person.pk), address, agent),
            subjects={"person": str(person.pk)},
        )


def _take_person(inherited: Inherited, now: datetime) -> Person:
    told = {
        "given_name": inherited.given_name,
        "family_name": inherited.family_name,
        "email": inherited.email,
        "roll_number": inherited.roll.number if inherited.roll else "",
        "roll_region": inherited.roll.region if inherited.roll else "",
        "last_sign_in_at": now,
    }
    # Locks the row: two tabs that come back at once take over the same claims one after the other.
    return Person.objects.update_or_create(
        iss=inherited.iss, sub=inherited.sub, defaults=told, create_defaults={**told, "first_sign_in_at": now}
    )[0]


def _take_firms(inherited: Inherited) -> dict[str, Firm]:
    # Always in the same order, so that two colleagues who sign in at once cannot wait for each other.
    return {
        firm.siren: Firm.objects.update_or_create(
            siren=firm.siren, defaults={"name": firm.name, "address": firm.address, "kind": firm.kind}
        )[0]
        for firm in sorted(inherited.firms, key=lambda firm: firm.siren)
    }


def _take_memberships(person: Person, firms: Mapping[str, Firm], inherited: Inherited, now: datetime) -> None:
    told = {(firms[firm.siren].pk, firm.role) for firm in inherited.firms}
    held = {(row.firm_id, row.role): row.pk for row in person.memberships.filter(ended_at=None)}
    ended = [pk for key, pk in held.items() if key not in told]
    Membership.objects.filter(pk__in=ended).update(ended_at=now)
    Membership.objects.bulk_create(
        Membership(person=person, firm_id=firm, role=role, started_at=now) for firm, role in sorted(told - held.keys())
    )


def _take_delegations(person: Person, firms: Mapping[str, Firm], inherited: Inherited, now: datetime) -> None:
    told = {(firms[one.siren].pk, one.right, one.granted_by) for one in inherited.delegations}
    held = {(row.firm_id, row.right, row.granted_by): row.pk for row in person.delegations.filter(ended_at=None)}
    ended = [pk for key, pk in held.items() if key not in told]
    Delegation.objects.filter(pk__in=ended).update(ended_at=now)
    Delegation.objects.bulk_create(
        Delegation(person=person, firm_id=firm, right=right, granted_by=granted_by, started_at=now)
        for firm, right, granted_by in sorted(told - held.keys())
    )


def _how(claims: Mapping[str, object]) -> dict[str, object]:
    """Return how the person proved who he is, for the evidence: method, level, time and session at the provider."""
    kept = {name: claims[name] for name in ("acr", "amr", "sid") if isinstance(claims.get(name), str | list)}
    auth_time = claims.get("auth_time")
    return {**kept, "auth_time": int(auth_time)} if isinstance(auth_time, int | float) else kept
