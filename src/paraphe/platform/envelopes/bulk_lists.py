"""What can be read of bulk launches: the list of them, and one with its lines."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, F, Q, QuerySet

from paraphe.floor.files import api as files
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes.models import Bulk, BulkLine, Envelope, Recipient
from paraphe.platform.envelopes.queries import view
from paraphe.platform.envelopes.tables import read_table, rewritten
from paraphe.platform.firms import api as firms

LISTED: Final = 30
LINES: Final = 50
#: The failure of a line with which something was wrong before the launch: whoever launched chose to go on without it.
LEFT_OUT: Final = "left_out"
#: Lines that were not launched: something was in the way, or their documents could not be frozen.
STOPPED: Final = Q(failure__gt="") & ~Q(failure=LEFT_OUT) | Q(envelope__state=Envelope.State.DRAFT, failure="")


@dataclass(frozen=True)
class LineView:
    """What came of one line: ``state`` of its collection, empty where there is none; the code of what is in the way.

    ``people``: the names of those to whom its collection goes.
    """

    number: int
    envelope: uuid.UUID | None
    title: str
    state: str
    failure: str
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class BulkView:
    """How far a bulk launch is; ``waiting`` lines were not looked at yet."""

    id: uuid.UUID
    title: str
    person_name: str
    total: int
    launched: int
    failed: int
    left_out: int
    created_at: datetime
    ended_at: datetime | None

    @property
    def waiting(self) -> int:
        """Return how many lines are still to come."""
        return max(self.total - self.launched - self.failed - self.left_out, 0)


@dataclass(frozen=True)
class Lines:
    """A page of lines; ``after`` is the number of the last one where more follow, 0 for none."""

    rows: Sequence[LineView]
    after: int


def bulks(person: accounts.Person, firm: accounts.Firm, *, page: int = 1) -> tuple[Sequence[BulkView], bool]:
    """Return a page (from 1) of the bulk launches that ``person`` may know of, newest first, and whether more follow.

    His own, and those of colleagues where the firm shows what they send. None without right ``prepare`` or ``launch``.
    """
    first = (max(page, 1) - 1) * LISTED
    newest = _visible(person, firm).order_by("-created_at", "-pk")
    keys = list(newest.values_list("pk", flat=True)[first : first + LISTED + 1])
    # Lines are counted of those on the page only.
    found = {one.pk: one for one in _counted(Bulk.objects.filter(pk__in=keys[:LISTED]))}
    return [_view(found[key]) for key in keys[:LISTED]], len(keys) > LISTED


def bulk(person: accounts.Person, firm: accounts.Firm, bulk_id: uuid.UUID) -> BulkView:
    """Return how far a bulk launch is. Raises NotFound."""
    found = _counted(_visible(person, firm)).filter(pk=bulk_id).first()
    if found is None:
        raise NotFound(kind="bulk")
    return _view(found)


def lines_of(
    person: accounts.Person, firm: accounts.Firm, bulk_id: uuid.UUID, *, stopped: bool = False, after: int = 0
) -> Lines:
    """Return a page of lines, or of those that were not launched, behind the number ``after``. Raises NotFound."""
    rows = held(person, firm, bulk_id).lines.filter(number__gt=after)
    rows = rows.select_related("envelope").prefetch_related("envelope__recipients")
    if stopped:
        rows = rows.filter(STOPPED | Q(failure=LEFT_OUT))
    found = list(rows[: LINES + 1])
    return Lines([_line(one) for one in found[:LINES]], found[LINES - 1].number if len(found) > LINES else 0)


def lines_to_correct(person: accounts.Person, firm: accounts.Firm, bulk_id: uuid.UUID) -> str:
    """Return, as a table, the lines that have no collection, to be corrected and brought again.

    Raises NotFound, also once the table is no longer kept.
    """
    row = held(person, firm, bulk_id)
    if row.file_id is None or row.template is None:
        raise NotFound(kind="bulk")
    numbers = set(row.lines.filter(envelope=None).exclude(failure="").values_list("number", flat=True))
    roles = view(row.template).recipients
    table = read_table(files.read(row.file_id), roles)
    return rewritten([one for one in table.lines if one.number in numbers], roles)


def held(person: accounts.Person, firm: accounts.Firm, bulk_id: uuid.UUID, *, lock: bool = False) -> Bulk:
    """Return the row of a bulk launch that ``person`` may know of. Raises NotFound."""
    if not _visible(person, firm).filter(pk=bulk_id).exists():
        raise NotFound(kind="bulk")
    rows = Bulk.objects.select_for_update() if lock else Bulk.objects.select_related("template")
    return rows.get(pk=bulk_id)


def _visible(person: accounts.Person, firm: accounts.Firm) -> QuerySet[Bulk]:
    if not accounts.rights(person, firm) & {"prepare", "launch"}:
        return Bulk.objects.none()
    found, visibility = Bulk.objects.filter(firm_id=firm.pk), firms.options(firm).visibility
    if visibility == "all":
        return found
    mine = Q(person_id=person.pk)
    return found.filter(mine | Q(person_id__in=documents.team_of(person, firm)) if visibility == "team" else mine)


def _counted(rows: QuerySet[Bulk]) -> QuerySet[Bulk]:
    stopped = Q(lines__failure__gt="") & ~Q(lines__failure=LEFT_OUT)
    again = Q(lines__envelope__state=Envelope.State.DRAFT, lines__failure="")
    return rows.select_related("person").annotate(
        made=Count("lines", filter=Q(lines__envelope__isnull=False)),
        stopped=Count("lines", filter=stopped | again & Q(ended_at__isnull=False)),
        stopped_made=Count("lines", filter=(stopped & Q(lines__envelope__isnull=False)) | again),
        left_out=Count("lines", filter=Q(lines__failure=LEFT_OUT)),
        launched=F("made") - F("stopped_made"),
    )


def _view(row: Bulk) -> BulkView:
    counts = {name: int(getattr(row, name)) for name in ("launched", "left_out")}
    return BulkView(
        id=row.pk,
        title=row.title,
        person_name=row.person.full_name,
        total=row.total,
        failed=int(getattr(row, "stopped")),  # noqa: B009 - annotated
        created_at=row.created_at,
        ended_at=row.ended_at,
        **counts,
    )


def _line(row: BulkLine) -> LineView:
    made = row.envelope
    if made is None:
        return LineView(row.number, None, "", "", row.failure)
    failure = row.failure or (made.stuck_code if made.state == Envelope.State.DRAFT else "")
    present = [one for one in made.recipients.all() if one.state != Recipient.State.REPLACED]
    people = tuple(f"{one.given_name} {one.family_name}".strip() or one.email for one in present)
    return LineView(row.number, made.pk, made.title, made.state, failure, people)
