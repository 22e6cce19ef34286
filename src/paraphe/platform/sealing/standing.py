"""Standing mandates: an accountant signs once who may release batches with a code, for what, how many, until when."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from paraphe.floor.secrets import keyed_hash, same
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.kernel.phones import BadMobile, mobile_number
from paraphe.platform.accounts import api as accounts
from paraphe.platform.evidence import api as evidence
from paraphe.platform.sealing import notices, provider
from paraphe.platform.sealing.errors import BadMandate, MayNot, NoSeal, NoWayToRelease, ReturnMismatch
from paraphe.platform.sealing.models import StandingMandate
from paraphe.platform.sealing.seals import RETURN_PURPOSE, expect_accountant, in_force
from paraphe.platform.signing import api as signing

LONGEST_DAYS = 31
MOST = 100_000
MOST_PEOPLE = 20
DROPPED_AFTER = timedelta(days=8)
State = StandingMandate.State


@dataclass(frozen=True)
class StandingView:
    """A standing mandate as pages show it."""

    id: uuid.UUID
    state: str
    purpose: str
    most: int
    used: int
    ends_at: datetime
    granted_by: str
    people: tuple[str, ...]
    created_at: datetime


def ask(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    purpose: str,
    most: int,
    last_day: date,
    mobiles: Mapping[int, str],
    state: str,
) -> str:
    """Return the address at which ``person`` signs a mandate that lets the people of ``mobiles`` release.

    ``mobiles``: by the number of each person, who must have right ``seal`` in the firm. The mobiles go to the trust
    site and are kept nowhere here. Raises MayNot, NoSeal, BadMandate, NoCredential, TrustUnavailable, TrustRefused.
    """
    expect_accountant(person, firm)
    seal = in_force(firm)
    if seal is None:
        raise NoSeal()
    ends_at = _end_of(last_day)
    _check(purpose, most, ends_at)
    named = _named(firm, mobiles)
    row = StandingMandate(
        firm=firm, seal=seal, granted_by=person, purpose=" ".join(purpose.split()), most=most, ends_at=ends_at,
        created_at=timezone.now(), state_hash=keyed_hash(state, RETURN_PURPOSE),
    )  # fmt: skip
    asked = provider.ask_mandate(
        reference=f"standing:{row.pk}",
        responsible=signing.holder_of(person.pk).credential_id,
        state=state,
        seal=seal.credential_id,
        purpose=row.purpose,
        count=most,
        ends_at=ends_at,
        releasers=[
            {"reference": reference_of(one.pk), "name": one.full_name, "mobile": mobile} for one, mobile in named
        ],
    )
    row.deed_id, row.token = asked.id, asked.token
    with transaction.atomic():
        row.save()
        row.people.set([one for one, _mobile in named])
        _note(row, actor, "seal-mandate:asked", people=[one.pk for one, _mobile in named], most=most)
    return asked.url


def returned(*, person: accounts.Person, request: str, state: str) -> StandingMandate:
    """Take the browser back from the deed of a mandate. Raises ReturnMismatch, TrustUnavailable."""
    row = StandingMandate.objects.filter(deed_id=request, granted_by=person).first() if request else None
    if row is None or not same(row.state_hash, keyed_hash(state, RETURN_PURPOSE)):
        raise ReturnMismatch()
    refresh(row)
    row.refresh_from_db()
    return row


def refresh(row: StandingMandate) -> None:
    """Read at the trust site how far a mandate is, and how much of it is used."""
    found = provider.deed_state(row.deed_id)
    with transaction.atomic():
        StandingMandate.objects.filter(pk=row.pk).update(used=found.used)
        asked = StandingMandate.objects.filter(pk=row.pk, state=State.ASKED)
        if found.status == "done" and asked.update(state=State.GIVEN, given_at=timezone.now()):
            notices.given(row)
            _note(row, Actor("person", str(row.granted_by_id)), "seal-mandate:given", deed=row.deed_id)
        if found.withdrawn:
            # The person took it back on his own page of the trust site.
            _end(row, SYSTEM, State.WITHDRAWN)


def withdraw(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, mandate_id: uuid.UUID) -> None:
    """End a mandate at once; batches that run under it stop. Raises MayNot, NotFound, TrustUnavailable."""
    expect_accountant(person, firm)
    row = StandingMandate.objects.filter(pk=mandate_id, firm=firm).first()
    if row is None:
        raise NotFound(kind="mandate")
    provider.end_mandate(row.deed_id)
    _end(row, actor, State.WITHDRAWN)


def listing(person: accounts.Person, firm: accounts.Firm) -> Sequence[StandingView]:
    """Return the mandates of ``firm``: all to an accountant, to others those that name them. Raises MayNot."""
    if "seal" not in accounts.rights(person, firm):
        raise MayNot(right="seal")
    rows = StandingMandate.objects.filter(firm=firm).exclude(state=State.DROPPED).select_related("granted_by")
    if firm.pk not in {one.pk for one in accounts.own_firms(person)}:
        rows = rows.filter(people=person)
    return [_view(one) for one in rows.prefetch_related("people").order_by("-created_at")[:50]]


def for_release(person: accounts.Person, firm: accounts.Firm, count: int) -> StandingMandate:
    """Return the mandate under which ``person`` releases ``count`` seals. Raises NoWayToRelease."""
    seal = in_force(firm)
    rows = StandingMandate.objects.filter(
        firm=firm, seal=seal, people=person, state=State.GIVEN, ends_at__gt=timezone.now()
    )
    for row in rows.order_by("ends_at"):
        if row.used + count <= row.most:
            return row
    raise NoWayToRelease(count=count)


def reference_of(person_id: int) -> str:
    """Return how the trust site knows a person who releases."""
    return f"person:{person_id}"


def sweep() -> None:
    """Read what no browser came back for, and end what is over."""
    now = timezone.now()
    for row in StandingMandate.objects.filter(state__in=[State.ASKED, State.GIVEN]):
        try:
            refresh(row)
        except DomainError:
            continue
    StandingMandate.objects.filter(state=State.GIVEN, ends_at__lt=now).update(state=State.OVER, ended_at=now)
    StandingMandate.objects.filter(state=State.ASKED, created_at__lt=now - DROPPED_AFTER).update(
        state=State.DROPPED, token=None, ended_at=now
    )


def _check(purpose: str, most: int, ends_at: datetime) -> None:
    if not 3 <= len(" ".join(purpose.split())) <= 120 or not purpose.isprintable():
        raise BadMandate(field="purpose")
    if not 1 <= most <= MOST:
        raise BadMandate(field="most")
    if not timezone.now() < ends_at <= timezone.now() + timedelta(days=LONGEST_DAYS):
        raise BadMandate(field="last_day")


def _named(firm: accounts.Firm, mobiles: Mapping[int, str]) -> list[tuple[accounts.Person, str]]:
    if not 1 <= len(mobiles) <= MOST_PEOPLE:
        raise BadMandate(field="people")
    members = {one.person_id: one.person for one in accounts.people_of(firm)}
    found = []
    for number, typed in mobiles.items():
        one = members.get(number)
        if one is None or "seal" not in accounts.rights(one, firm):
            raise BadMandate(field="people")
        try:
            found.append((one, mobile_number(typed)))
        except BadMobile:
            raise BadMandate(field="mobile", person=one.full_name) from None
    return found


def _end_of(day: date) -> datetime:
    """Return the end of a day by the clock of the site."""
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def _end(row: StandingMandate, actor: Actor, state: str) -> None:
    with transaction.atomic():
        rows = StandingMandate.objects.filter(pk=row.pk, state__in=[State.ASKED, State.GIVEN])
        # Who was never told that he may is not told that he may not.
        given = rows.filter(state=State.GIVEN).update(state=state, ended_at=timezone.now(), token=None)
        if given:
            notices.withdrawn(row)
        if given or rows.update(state=state, ended_at=timezone.now(), token=None):
            _note(row, actor, "seal-mandate:withdrawn")


def _note(row: StandingMandate, actor: Actor, tag: str, **data: object) -> None:
    subjects = {"seal_mandate": str(row.pk), "firm": str(row.firm_id), "seal": str(row.seal_id)}
    evidence.record(tag, actor=actor, subjects=subjects, data=dict(data))


def _view(row: StandingMandate) -> StandingView:
    return StandingView(
        id=row.pk,
        state=row.state,
        purpose=row.purpose,
        most=row.most,
        used=row.used,
        ends_at=row.ends_at,
        granted_by=row.granted_by.full_name,
        people=tuple(one.full_name for one in row.people.all()),
        created_at=row.created_at,
    )
