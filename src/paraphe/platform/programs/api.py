"""The door of programs: tokens are made, ended, and turned into the person and the firm they stand for."""

import secrets as random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from paraphe.floor import secrets
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.evidence import api as evidence
from paraphe.platform.programs.errors import BadName, NobodyThere, TokenRefused
from paraphe.platform.programs.models import Program

__all__ = ["BadName", "Caller", "NobodyThere", "ProgramView", "TokenRefused", "end", "issue", "listing", "who"]

PURPOSE = "programs.token"
MARK = "prg_"
"""What a token begins with, so that people and scanners of leaks know one when they see it."""
OCTETS = 32
RIGHTS = frozenset({"seal", "prepare"})
USED_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class ProgramView:
    """A token as its keeper sees it: never the token."""

    id: uuid.UUID
    name: str
    firm: str
    siren: str
    person: str
    created_at: datetime
    used_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Caller:
    """Who calls: the person and the firm a token stands for, and how evidence names it."""

    person: accounts.Person
    firm: accounts.Firm
    actor: Actor


def issue(*, siren: str, email: str, name: str, actor: Actor) -> tuple[ProgramView, str]:
    """Make a token for a program of a firm that acts for one person there; the token is returned once.

    Raises NobodyThere unless exactly one person of this e-mail may prepare or seal batches in the firm; BadName.
    """
    called = " ".join(name.split())
    if not 1 <= len(called) <= 80 or not called.isprintable():
        raise BadName()
    person = accounts.known(email)
    firms = [one for one in accounts.firms_of(person) if one.siren == siren] if person is not None else []
    if person is None or not firms or not accounts.rights(person, firms[0]) & RIGHTS:
        raise NobodyThere(email=email, siren=siren)
    token = MARK + random.token_urlsafe(OCTETS)
    with transaction.atomic():
        made = Program.objects.create(
            firm=firms[0],
            person=person,
            name=called,
            token_hash=secrets.keyed_hash(token, PURPOSE),
            created_at=timezone.now(),
        )
        _note(made, actor, "program:token-issued")
    return _view(made), token


def end(program_id: uuid.UUID, *, actor: Actor) -> None:
    """End a token at once; again changes nothing. Raises NotFound."""
    with transaction.atomic():
        found = Program.objects.filter(pk=program_id).select_related("firm", "person").first()
        if found is None:
            raise NotFound(kind="program")
        if Program.objects.filter(pk=program_id, ended_at=None).update(ended_at=timezone.now()):
            _note(found, actor, "program:token-ended")


def listing() -> Sequence[ProgramView]:
    """Return every token there ever was, newest first."""
    return [_view(one) for one in Program.objects.select_related("firm", "person").order_by("-created_at")]


def who(token: str, *, address: str = "", agent: str = "") -> Caller:
    """Return whom a token stands for. Raises TokenRefused for one that is unknown or ended, without a difference."""
    digest = secrets.keyed_hash(token[:200], PURPOSE)
    found = Program.objects.filter(token_hash=digest, ended_at=None).select_related("firm", "person").first()
    if found is None:
        raise TokenRefused()
    now = timezone.now()
    stale = Q(used_at=None) | Q(used_at__lt=now - USED_EVERY)
    Program.objects.filter(stale, pk=found.pk).update(used_at=now)
    return Caller(found.person, found.firm, Actor("client", str(found.pk), address, agent))


def _note(program: Program, actor: Actor, tag: str) -> None:
    """Write an event about a token. Call it last in a transaction."""
    subjects = {"program": str(program.pk), "firm": str(program.firm_id), "person": str(program.person_id)}
    evidence.record(tag, actor=actor, subjects=subjects, data={"name": program.name})


def _view(one: Program) -> ProgramView:
    return ProgramView(
        one.pk,
        one.name,
        one.firm.name,
        one.firm.siren,
        one.person.email,
        one.created_at,
        one.used_at,
        one.ended_at,
    )
