"""The browsers in which a person is signed in: opened, seen, listed, ended."""

import ipaddress
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models, transaction
from django.db.models import Prefetch
from django.utils import timezone

from paraphe.floor.secrets import keyed_hash
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts.models import LogoutToken, Membership, Person, Session
from paraphe.platform.accounts.queries import PRESENT
from paraphe.platform.evidence import api as evidence

PROVIDER_PURPOSE: Final = "accounts.provider-session"
#: How exactly one sees when a browser was last used; a write at each request would be too many.
SEEN_EVERY: Final = timedelta(minutes=5)
KEPT: Final = timedelta(days=30)
LISTED: Final = 100


@dataclass(frozen=True)
class SessionView:
    """A browser in which somebody is signed in, as he is shown it."""

    id: uuid.UUID
    agent: str
    address: str
    opened_at: datetime
    seen_at: datetime


def open_session(person: Person, *, address: str, agent: str, provider_session: str = "") -> uuid.UUID:
    """Return the number of a new session of ``person``; ``provider_session`` is its ``sid`` at the provider."""
    now = timezone.now()
    return Session.objects.create(
        person=person,
        provider_session=_hashed(provider_session),
        agent=agent[:300],
        address=shortened(address),
        opened_at=now,
        seen_at=now,
        expires_at=now + timedelta(seconds=settings.SESSION_COOKIE_AGE),
    ).pk


def seen(session_id: uuid.UUID) -> Person:
    """Return whose session this is, and remember that it is used. Raises NotFound once it is over."""
    now = timezone.now()
    living = Session.objects.select_related("person").filter(pk=session_id, ended_at=None, expires_at__gt=now)
    # Who acts in this request acts as what he is at its beginning: read once, not at each question.
    present = Membership.objects.filter(ended_at=None).select_related("firm")
    found = living.prefetch_related(Prefetch("person__memberships", queryset=present, to_attr=PRESENT)).first()
    if found is None:
        raise NotFound(kind="session")
    if found.seen_at < now - SEEN_EVERY:
        Session.objects.filter(pk=session_id, seen_at__lt=now - SEEN_EVERY).update(seen_at=now)
    return found.person


def sessions_of(person: Person) -> Sequence[SessionView]:
    """Return the sessions of ``person`` that are not over, last used first."""
    rows = person.sessions.filter(ended_at=None, expires_at__gt=timezone.now()).order_by("-seen_at", "-opened_at")
    return [SessionView(row.pk, row.agent, row.address, row.opened_at, row.seen_at) for row in rows[:LISTED]]


def end_session(*, actor: Actor, person: Person, session_id: uuid.UUID) -> None:
    """End one session of ``person``. Raises NotFound when there is none, or it is somebody else's."""
    if not _end(person, actor, person.sessions.filter(pk=session_id)):
        raise NotFound(kind="session")


def end_other_sessions(*, actor: Actor, person: Person, kept: uuid.UUID) -> int:
    """End every session of ``person`` but ``kept``; return how many."""
    return _end(person, actor, person.sessions.exclude(pk=kept))


def end_at_provider(*, iss: str, sub: str, provider_session: str, jti: str) -> int:
    """End what the provider says is over: that session, or without one every session of ``sub``; return how many.

    OpenID Connect Back-Channel Logout 1.0, 2.7. The same ``jti`` again ends nothing.
    """
    with transaction.atomic():
        _, new = LogoutToken.objects.get_or_create(jti_hash=_hashed(jti), defaults={"at": timezone.now()})
        if not new:
            return 0
        rows = Session.objects.all()
        if provider_session:
            rows = rows.filter(provider_session=_hashed(provider_session))
        if sub or not provider_session:
            rows = rows.filter(person__iss=iss, person__sub=sub)
        people = Person.objects.filter(pk__in=rows.filter(ended_at=None).values("person_id")).order_by("pk")
        return sum(_end(person, Actor("system", "provider"), rows.filter(person=person)) for person in list(people))


def forget_old_sessions() -> int:
    """Remove sessions that were over long ago; return how many."""
    now = timezone.now()
    LogoutToken.objects.filter(at__lt=now - timedelta(days=1)).delete()
    return Session.objects.filter(expires_at__lt=now - KEPT).delete()[0]


def shortened(address: str) -> str:
    """Return ``address`` without what tells one machine from its neighbours: /24 of IPv4, /48 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    network = ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 48}", strict=False)
    return str(network.network_address)


def _end(person: Person, actor: Actor, rows: "models.QuerySet[Session]") -> int:
    now = timezone.now()
    with transaction.atomic():
        count = rows.filter(ended_at=None, expires_at__gt=now).update(ended_at=now)
        if count:
            subjects = {"person": str(person.pk)}
            evidence.record("person:sessions-ended", actor=actor, subjects=subjects, data={"count": count})
    return count


def _hashed(value: str) -> str:
    return keyed_hash(value, PROVIDER_PURPOSE) if value else ""
