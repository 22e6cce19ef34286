"""Launching many collections from one template and one table: everything is checked before anything starts."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.jobs import api as jobs
from paraphe.kernel.actor import Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import access, paying, quotas
from paraphe.platform.envelopes.bulk_lists import LEFT_OUT, STOPPED, held
from paraphe.platform.envelopes.checks import found_in, of_recipient
from paraphe.platform.envelopes.errors import BadTable, MayNot, NotReady, WrongState
from paraphe.platform.envelopes.jobs import launch_lines
from paraphe.platform.envelopes.models import Bulk, BulkLine
from paraphe.platform.envelopes.queries import EnvelopeView, RecipientView, get
from paraphe.platform.envelopes.tables import Line, LineProblem, Seat, Table, read_table
from paraphe.platform.envelopes.values import Problem
from paraphe.platform.firms import api as firms

PURPOSE = "envelopes.bulk"
KEPT_DAYS = 90
#: Of a template they say nothing: they are about people, whom the table brings, or counted for all lines together.
OF_PEOPLE = frozenset(
    {
        "email_missing",
        "name_missing",
        "mobile_missing",
        "certificate_differs",
        "named_twice",
        "credit",
        "too_many_today",
        "written_to_too_often",
    }
)


@dataclass(frozen=True)
class Check:
    """What a table would launch, and everything in the way of it; ``missing_cents`` for the lines that are right."""

    table: Table
    template: Sequence[Problem]
    missing_cents: int

    @property
    def ready(self) -> bool:
        """Tell whether all of it can start."""
        return self.partly and not self.table.problems

    @property
    def partly(self) -> bool:
        """Tell whether the lines that are right can start, the others left out."""
        return bool(self.table.good) and not (self.template or self.missing_cents)


def check_bulk(person: accounts.Person, firm: accounts.Firm, template_id: uuid.UUID, data: bytes) -> Check:
    """Return what a table would do, line by line, without doing it. Raises NotFound, MayNot, WrongState, BadTable."""
    template, own = _template(person, firm, template_id), firms.options(firm)
    read = read_table(data, template.recipients)
    table = Table([_looked_at(line, own) for line in read.lines])
    cost = sum(paying.cost(_seated(one) for one in line.seats) for line in table.good)
    missing = cost - credit.balance(firm).available_cents
    found = [one for one in found_in(template, firm) if one.code not in OF_PEOPLE]
    found += quotas.of_firm(firm, len(template.acting) * len(table.good))
    return Check(table, found, max(missing, 0))


def start_bulk(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    template_id: uuid.UUID,
    data: bytes,
    skip_wrong: bool = False,
) -> uuid.UUID:
    """Let a job launch a collection for each line, or with ``skip_wrong`` for each that is right.

    Raises as ``check_bulk``, and NotReady where anything else is wrong: nothing starts then.
    """
    access.expect_right(person, firm, "launch")
    check = check_bulk(person, firm, template_id, data)
    if not (check.partly if skip_wrong else check.ready):
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
        wrong = [BulkLine(bulk=made, number=line.number, failure=LEFT_OUT) for line in check.table.wrong]
        BulkLine.objects.bulk_create(wrong)
        jobs.enqueue(launch_lines, str(made.pk))
    return made.pk


def retry_bulk(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, bulk_id: uuid.UUID) -> int:
    """Try the lines again that were not launched, those left out excepted; return how many.

    Again while it works changes nothing. Raises NotFound, MayNot, FirmClosed.
    """
    held(person, firm, bulk_id)
    access.expect_right(person, firm, "launch")
    with transaction.atomic():
        row = held(person, firm, bulk_id, lock=True)
        failed = list(row.lines.filter(STOPPED).values_list("pk", flat=True))
        if row.ended_at is None or not failed:
            return 0
        BulkLine.objects.filter(pk__in=failed).update(failure="")
        row.ended_at, row.started_at, row.tries = None, timezone.now(), row.tries + 1
        row.save(update_fields=["ended_at", "started_at", "tries"])
        jobs.enqueue(launch_lines, str(row.pk))
    return len(failed)


def _looked_at(line: Line, own: firms.Options) -> Line:
    """Return a line with what would keep its people from being invited, as a launch would find it."""
    if line.all_problems:
        return line
    return replace(line, seats=[replace(one, problems=list(_of_seat(line, one, own))) for one in line.seats])


def _of_seat(line: Line, seat: Seat, own: firms.Options) -> Iterator[LineProblem]:
    if seat.person is None:
        return
    for problem in of_recipient(_seated(seat), own):
        if problem.code == "mobile_missing":
            yield LineProblem(line.number, seat.role.name, "mobile", "mobile_missing")
        elif problem.code == "certificate_differs":
            field = str(problem.params["field"])
            yield LineProblem(line.number, seat.role.name, field, "differs", {"held": problem.params["held"]})


def _seated(seat: Seat) -> RecipientView:
    """Return who sits in a role of the template, as a launch would know him."""
    found = seat.person
    if found is None:
        return seat.role
    known = accounts.known(found.email)
    names = ("given_name", "family_name", "email", "mobile", "locale")
    return replace(seat.role, person_id=known.pk if known else None, **{name: getattr(found, name) for name in names})


def _template(person: accounts.Person, firm: accounts.Firm, template_id: uuid.UUID) -> EnvelopeView:
    found = get(person, firm, template_id)
    if "launch" not in accounts.rights(person, firm):
        raise MayNot(right="launch")
    if found.state != "template":
        raise WrongState(state=found.state)
    if not found.recipients:
        raise BadTable(reason="roles")
    return found
