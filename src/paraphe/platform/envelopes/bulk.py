"""Launching many collections from one template and one table: everything is checked before anything starts."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.jobs import api as jobs
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import access
from paraphe.platform.envelopes.checks import found_in
from paraphe.platform.envelopes.errors import BadTable, MayNot, NotReady, WrongState
from paraphe.platform.envelopes.jobs import launch_lines
from paraphe.platform.envelopes.models import Bulk
from paraphe.platform.envelopes.queries import EnvelopeView, get
from paraphe.platform.envelopes.tables import Table, read_table
from paraphe.platform.envelopes.values import Problem

PURPOSE = "envelopes.bulk"
KEPT_DAYS = 90
#: Of a template they say nothing: they are about people, whom the table brings, or counted for all lines together.
OF_PEOPLE = frozenset(
    {"email_missing", "name_missing", "mobile_missing", "certificate_differs", "named_twice", "credit"}
)


@dataclass(frozen=True)
class Check:
    """What a table would launch, and everything in the way of it."""

    table: Table
    template: Sequence[Problem]
    missing_cents: int

    @property
    def ready(self) -> bool:
        """Tell whether it can start."""
        return not (self.table.problems or self.template or self.missing_cents)


@dataclass(frozen=True)
class BulkView:
    """How far a bulk launch is."""

    id: uuid.UUID
    title: str
    total: int
    done: int
    failed: int
    created_at: datetime
    ended_at: datetime | None
    lines: Sequence["LineView"]


@dataclass(frozen=True)
class LineView:
    """What came of one line."""

    number: int
    envelope: uuid.UUID | None
    title: str
    failure: str


def check_bulk(person: accounts.Person, firm: accounts.Firm, template_id: uuid.UUID, data: bytes) -> Check:
    """Return what a table would do, line by line, without doing it. Raises NotFound, MayNot, WrongState, BadTable."""
    template = _template(person, firm, template_id)
    table = read_table(data, template.recipients)
    signers = sum(one.role == "signer" for one in template.recipients) * len(table.lines)
    missing = credit.price_of("signature") * signers - credit.balance(firm).available_cents
    found = [one for one in found_in(template, firm) if one.code not in OF_PEOPLE]
    return Check(table, found, max(missing, 0))


def start_bulk(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, template_id: uuid.UUID, data: bytes
) -> uuid.UUID:
    """Let a job launch a collection for each line. Raises as ``check_bulk``, and NotReady where anything is wrong."""
    access.expect_right(person, firm, "launch")
    check = check_bulk(person, firm, template_id, data)
    if not check.ready:
        lines = [Problem("line", params={"line": one.line}) for one in check.table.problems]
        raise NotReady([*check.template, *lines, *([Problem("credit")] if check.missing_cents else [])])
    template = get(person, firm, template_id)
    now = timezone.now()
    with transaction.atomic():
        stored = files.store(data, purpose=PURPOSE)
        made = Bulk.objects.create(
            firm_id=firm.pk,
            person_id=person.pk,
            template_id=template.id,
            title=template.title,
            file_id=stored.id,
            total=len(check.table.lines),
            created_at=now,
            started_at=now,
            delete_on=timezone.localdate(now) + timedelta(days=KEPT_DAYS),
        )
        jobs.enqueue(launch_lines, str(made.pk))
    return made.pk


def bulk(person: accounts.Person, firm: accounts.Firm, bulk_id: uuid.UUID) -> BulkView:
    """Return how far a bulk launch of ``person`` is. Raises NotFound."""
    found = Bulk.objects.filter(pk=bulk_id, firm_id=firm.pk, person_id=person.pk).first()
    if found is None:
        raise NotFound(kind="bulk")
    lines = [
        LineView(one.number, one.envelope_id, one.envelope.title if one.envelope else "", one.failure)
        for one in found.lines.select_related("envelope")
    ]
    failed = sum(bool(one.failure) for one in lines)
    done = len(lines) - failed
    return BulkView(found.pk, found.title, found.total, done, failed, found.created_at, found.ended_at, lines)


def _template(person: accounts.Person, firm: accounts.Firm, template_id: uuid.UUID) -> EnvelopeView:
    found = get(person, firm, template_id)
    if "launch" not in accounts.rights(person, firm):
        raise MayNot(right="launch")
    if found.state != "template":
        raise WrongState(state=found.state)
    if not found.recipients:
        raise BadTable(reason="roles")
    return found
