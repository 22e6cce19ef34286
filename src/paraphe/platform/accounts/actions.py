"""What changes accounts: what the provider tells, at a sign-in or in the daily check, and nothing else."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.platform.accounts.errors import ClaimsUnreadable
from paraphe.platform.accounts.models import Delegation, Firm, Membership, Person
from paraphe.platform.accounts.rules import CLAIM_NAMES, Inherited, read_claims
from paraphe.platform.evidence import api as evidence


def sign_in(claims: Mapping[str, object], *, address: str = "", agent: str = "") -> Person:
    """Return the person whom verified ``claims`` are about, with everything they say taken over.

    ``claims`` are those of an ID token that was checked (issuer, audience, signature, nonce, expiry). What they no
    longer say is ended: memberships and delegations keep their row, with the end. Raises ClaimsIncomplete,
    ClaimsUnreadable; nothing has changed then.
    """
    inherited = _read(claims)
    now = timezone.now()
    with transaction.atomic():
        person, _ = _take_over(inherited, now, signed_in=True)
        evidence.record(
            "person:signed-in",
            actor=Actor("person", str(person.pk), address, agent),
            subjects={"person": str(person.pk)},
            data=_how(claims),
        )
    return person


def confirm(person: Person, claims: Mapping[str, object] | None) -> bool:
    """Take over what the provider tells of ``person`` between two sign-ins; tell whether something ended.

    ``None``: the provider knows him no more. Raises ClaimsIncomplete, ClaimsUnreadable; nothing has changed then.
    """
    now = timezone.now()
    inherited = _read(claims) if claims is not None else _nothing_about(person)
    if (inherited.iss, inherited.sub) != (person.iss, person.sub):
        raise ClaimsUnreadable(claim="sub")
    with transaction.atomic():
        _, ended = _take_over(inherited, now, signed_in=False)
        if ended:
            evidence.record("person:rights-ended", actor=SYSTEM, subjects={"person": str(person.pk)})
    return ended


def sign_out(person: Person, *, session: uuid.UUID | None = None, address: str = "", agent: str = "") -> None:
    """End ``session`` and record that ``person`` signed out."""
    with transaction.atomic():
        if session is not None:
            person.sessions.filter(pk=session, ended_at=None).update(ended_at=timezone.now())
        evidence.record(
            "person:signed-out",
            actor=Actor("person", str(person.pk), address, agent),
            subjects={"person": str(person.pk)},
        )


def _read(claims: Mapping[str, object]) -> Inherited:
    return read_claims(claims, {**CLAIM_NAMES, **settings.OIDC_CLAIM_NAMES})


def _nothing_about(person: Person) -> Inherited:
    """Return what is left of somebody whom the provider knows no more: his name."""
    return Inherited(person.iss, person.sub, person.given_name, person.family_name, person.email, None, (), ())


def _take_over(inherited: Inherited, now: datetime, *, signed_in: bool) -> tuple[Person, bool]:
    """Return the person with everything that is told of him, and whether something ended."""
    before = Person.objects.filter(iss=inherited.iss, sub=inherited.sub).values_list("roll_number", flat=True).first()
    person = _take_person(inherited, now, signed_in=signed_in)
    firms = _take_firms(inherited)
    ended = _take_memberships(person, firms, inherited, now)
    ended |= _take_delegations(person, firms, inherited, now)
    ended |= bool(before) and not person.roll_number
    if ended:
        # The rooms above read this and draw their conclusions: mandates, certificate.
        Person.objects.filter(pk=person.pk).update(left_at=now)
    return person, ended


def _take_person(inherited: Inherited, now: datetime, *, signed_in: bool) -> Person:
    told = {
        "given_name": inherited.given_name,
        "family_name": inherited.family_name,
        "email": inherited.email,
        "roll_number": inherited.roll.number if inherited.roll else "",
        "roll_region": inherited.roll.region if inherited.roll else "",
        "confirmed_at": now,
        **({"last_sign_in_at": now} if signed_in else {}),
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


def _take_memberships(person: Person, firms: Mapping[str, Firm], inherited: Inherited, now: datetime) -> bool:
    told = {(firms[firm.siren].pk, firm.role) for firm in inherited.firms}
    held = {(row.firm_id, row.role): row.pk for row in person.memberships.filter(ended_at=None)}
    ended = [pk for key, pk in held.items() if key not in told]
    Membership.objects.filter(pk__in=ended).update(ended_at=now)
    Membership.objects.bulk_create(
        Membership(person=person, firm_id=firm, role=role, started_at=now) for firm, role in sorted(told - held.keys())
    )
    return bool(ended)


def _take_delegations(person: Person, firms: Mapping[str, Firm], inherited: Inherited, now: datetime) -> bool:
    told = {(firms[one.siren].pk, one.right, one.granted_by) for one in inherited.delegations}
    held = {(row.firm_id, row.right, row.granted_by): row.pk for row in person.delegations.filter(ended_at=None)}
    ended = [pk for key, pk in held.items() if key not in told]
    Delegation.objects.filter(pk__in=ended).update(ended_at=now)
    Delegation.objects.bulk_create(
        Delegation(person=person, firm_id=firm, right=right, granted_by=granted_by, started_at=now)
        for firm, right, granted_by in sorted(told - held.keys())
    )
    return bool(ended)


def _how(claims: Mapping[str, object]) -> dict[str, object]:
    """Return how the person proved who he is, for the evidence: method, level, time and session at the provider."""
    kept = {name: claims[name] for name in ("acr", "amr", "sid") if isinstance(claims.get(name), str | list)}
    auth_time = claims.get("auth_time")
    return {**kept, "auth_time": int(auth_time)} if isinstance(auth_time, int | float) else kept
