"""What the first page shows of collections: what waits for somebody, and where what he sent stands.

Always the same few queries, each bounded and led by an index, whether a firm has ten collections or 100,000.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import access
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.envelopes.queries import Row, rows_of
from paraphe.platform.envelopes.searching import signers

#: How many lines a part shows, and up to where it counts.
SHOWN: Final = 5
COUNTED: Final = 100
EXPIRES_SOON: Final = timedelta(days=3)
RECENT: Final = timedelta(days=30)


@dataclass(frozen=True)
class Part:
    """The first lines of something, and how many there are: COUNTED stands for that many or more."""

    rows: Sequence[Row]
    count: int


@dataclass(frozen=True)
class Invitation:
    """A collection that somebody of the platform is asked to sign or approve; the link is in his e-mail."""

    title: str
    sender_name: str
    role: str
    invited_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True)
class Home:
    """What the first page shows of collections."""

    invitations: Sequence[Invitation]
    to_launch: Part
    ended_badly: Part
    expiring: Part
    running: Part
    drafts: Part


@dataclass(frozen=True)
class Signer:
    """Somebody whom collections name."""

    name: str
    email: str


def home(person: accounts.Person, firm: accounts.Firm) -> Home:
    """Return what waits for ``person`` in ``firm``; of collections nothing without right ``prepare`` or ``launch``."""
    rights = accounts.rights(person, firm)
    # What is somebody's own, and what was handed over to those who launch, he may know of whatever the firm shows:
    # without the other conditions of ``access.visible`` an index of his own leads.
    may = bool(rights & {"prepare", "launch"})
    found = Envelope.objects.filter(firm_id=firm.pk) if may else Envelope.objects.none()
    mine = (found.filter(sender_id=person.pk), found.filter(launched_by_id=person.pk))
    now = timezone.now()
    bad = Q(state__in=["refused", "expired"], changed_at__gte=now - RECENT)
    soon = Q(state="running", expires_at__lte=now + EXPIRES_SOON)
    under_way = Q(state__in=["launching", "running", "completing"])
    to_launch = found.filter(state="draft", handed_over_at__isnull=False)
    keys = {
        "to_launch": _keys(to_launch if "launch" in rights else to_launch.none()),
        "ended_badly": _keys(*(one.filter(bad) for one in mine)),
        "expiring": _keys(*(one.filter(soon) for one in mine)),
        "running": _keys(*(one.filter(under_way) for one in mine)),
        "drafts": _keys(mine[0].filter(state="draft", handed_over_at=None)),
    }
    shown = {row.id: row for row in rows_of([key for found in keys.values() for key in found[:SHOWN]])}
    filled = {
        name: Part([shown[key] for key in found[:SHOWN] if key in shown], len(found)) for name, found in keys.items()
    }
    return Home(invitations=_invitations(person), **filled)


def signers_of(person: accounts.Person, firm: accounts.Firm, query: str, limit: int = 10) -> Sequence[Signer]:
    """Return people named by collections that ``person`` may know of, found by name or e-mail."""
    found = signers(access.visible(person, firm).exclude(state="template"), firm, query, limit)
    return [Signer(f"{one.given_name} {one.family_name}".strip() or one.email, one.email) for one in found]


def _keys(*parts: QuerySet[Envelope]) -> list[uuid.UUID]:
    """Return the newest of all parts, each asked alone: each has an index of its own, what unites them has none."""
    found: dict[uuid.UUID, datetime] = {}
    for part in parts:
        found |= dict(part.order_by("-changed_at", "-pk").values_list("pk", "changed_at")[:COUNTED])
    return sorted(found, key=lambda key: (found[key], key), reverse=True)[:COUNTED]


def _invitations(person: accounts.Person) -> Sequence[Invitation]:
    """Return what ``person`` is asked to sign, whoever asks: he is invited as himself, not for a firm."""
    turn = Recipient.objects.filter(
        person_id=person.pk, state__in=["invited", "opened", "read"], envelope__state="running"
    ).exclude(role=Recipient.Role.COPY)
    rows = turn.select_related("envelope__sender").order_by("-invited_at", "pk")[:SHOWN]
    return [
        Invitation(
            title=one.envelope.title,
            sender_name=one.envelope.sender.full_name,
            role=one.role,
            invited_at=one.invited_at,
            expires_at=one.envelope.expires_at,
        )
        for one in rows
    ]
