"""What can be read of batches. Who has right ``seal`` or ``prepare`` in the firm sees its batches; nobody else any."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils import timezone

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.firms import api as firms
from paraphe.platform.sealing import rules
from paraphe.platform.sealing.batches import RIGHTS, row
from paraphe.platform.sealing.models import Batch, Item, Parcel, Release

LISTED = 50
PAGE = 100


@dataclass(frozen=True)
class ReleaseView:
    """A release as pages show it."""

    state: str
    way: str
    count: int
    proposed_by: str
    proposed_by_id: int | None
    released_by: str
    released_by_id: int | None
    two_persons: bool
    created_at: datetime
    given_at: datetime | None


@dataclass(frozen=True)
class ParcelView:
    """A ZIP or a PDF that was brought to be taken apart."""

    kind: str
    state: str
    name: str
    code: str
    taken: int
    left_out: Sequence[dict[str, str]]


@dataclass(frozen=True)
class BatchView:
    """A batch as pages show it, from its row alone; ``left`` in seconds until it is done, None while nobody knows."""

    id: uuid.UUID
    title: str
    purpose: str
    kind: str
    state: str
    problem: str
    options: rules.Options
    total: int
    size: int
    checked: int
    refused: int
    released: int
    sealed: int
    failed: int
    speed: float
    left: int | None
    list_sha256: str
    manifest: bool
    manifest_sealed: bool
    created_by: str
    created_at: datetime
    released_at: datetime | None
    ended_at: datetime | None
    delete_on: date
    emptied: bool

    @property
    def ready(self) -> int:
        """Return how many files can be sealed."""
        return self.checked - self.refused - self.sealed - self.failed

    @property
    def done(self) -> int:
        """Return how many of the released documents are behind us."""
        return self.sealed + self.failed

    @property
    def percent(self) -> int:
        """Return how much of what was released is done, from 0 to 100."""
        return min(100, 100 * self.done // self.released) if self.released else 0

    @property
    def checked_percent(self) -> int:
        """Return how much of what was added is looked at."""
        return min(100, 100 * self.checked // self.total) if self.total else 100


@dataclass(frozen=True)
class ItemView:
    """A file of a batch as pages show it."""

    id: int
    path: str
    state: str
    code: str
    size: int
    pages: int
    sha256: str
    result_sha256: str
    sealed_at: datetime | None


@dataclass(frozen=True)
class Details:
    """What the page of one batch shows beside the batch itself."""

    releases: Sequence[ReleaseView]
    parcels: Sequence[ParcelView]
    problems: Sequence[ItemView]
    duplicates: int
    two_persons: bool
    deliveries: int
    delivered: int
    opened: int


def get(person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> BatchView:
    """Return a batch of ``firm``. Raises NotFound for absence and for refusal alike."""
    return view(row(person, firm, batch_id))


def listing(person: accounts.Person, firm: accounts.Firm) -> Sequence[BatchView]:
    """Return the batches of ``firm``, newest first; deleted drafts are left out. Raises NotFound."""
    if not accounts.rights(person, firm) & RIGHTS:
        raise NotFound(kind="batch")
    rows = Batch.objects.filter(firm=firm).exclude(state=Batch.State.CANCELLED, released_at=None)
    return [view(one) for one in rows.select_related("created_by").order_by("-created_at")[:LISTED]]


def titles(person: accounts.Person, firm: accounts.Firm, batch_ids: Collection[str]) -> dict[str, str]:
    """Return the titles of those of these batches that ``person`` sees in ``firm``, by their numbers as text."""
    if not batch_ids or not accounts.rights(person, firm) & RIGHTS:
        return {}
    rows = Batch.objects.filter(firm=firm, pk__in=batch_ids)
    return {str(number): title for number, title in rows.values_list("pk", "title")}


def details(person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> Details:
    """Return what surrounds a batch. Raises NotFound."""
    batch = row(person, firm, batch_id)
    problems = batch.items.filter(state__in=[Item.State.REFUSED, Item.State.FAILED]).order_by("pk")[:20]
    releases = batch.releases.exclude(state=Release.State.DROPPED).select_related("proposed_by", "released_by")
    deliveries = batch.deliveries.aggregate(n=Count("pk"), sent=Count("sent_at"), opened=Count("opened_at"))
    # Counted once all is looked at: the page is not asked for again and again then.
    draft = batch.state == Batch.State.DRAFT and batch.checked == batch.total
    return Details(
        releases=[_release(one) for one in releases.order_by("-created_at")[:10]],
        parcels=[_parcel(one) for one in batch.parcels.order_by("-created_at")[:5]],
        problems=[item_view(one) for one in problems],
        duplicates=_duplicates(batch) if draft else 0,
        two_persons=rules.second_needed(firms.options(batch.firm).two_persons_above, batch.checked - batch.refused),
        deliveries=deliveries["n"],
        delivered=deliveries["sent"],
        opened=deliveries["opened"],
    )


def items(
    person: accounts.Person,
    firm: accounts.Firm,
    batch_id: uuid.UUID,
    *,
    state: str = "",
    text: str = "",
    after: str = "",
) -> tuple[Sequence[ItemView], str]:
    """Return a page of the files of a batch by name, and after which name the next one begins; empty when none does.

    ``state`` and ``text`` choose among them. Raises NotFound.
    """
    found = row(person, firm, batch_id).items.filter(path__gt=after).order_by("path")
    if state in Item.State.values:
        found = found.filter(state=state)
    if text:
        found = found.filter(path__icontains=text[:100])
    rows = list(found[: PAGE + 1])
    return [item_view(one) for one in rows[:PAGE]], rows[PAGE - 1].path if len(rows) > PAGE else ""


def duplicates(person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> Sequence[Sequence[str]]:
    """Return the first groups of files with the same content, by name. Raises NotFound."""
    batch = row(person, firm, batch_id)
    counted = batch.items.values("sha256").annotate(n=Count("pk")).filter(n__gt=1).order_by("sha256")
    groups = []
    for one in counted[:20]:
        same = batch.items.filter(sha256=one["sha256"]).order_by("path").values_list("path", flat=True)
        groups.append(list(same[:6]))
    return groups


def view(batch: Batch) -> BatchView:
    """Return a batch as it is shown."""
    options = rules.Options(**{name: getattr(batch, name) for name in rules.Options.__dataclass_fields__})
    running = batch.state == Batch.State.SEALING and batch.run_since is not None
    seconds = (timezone.now() - batch.run_since).total_seconds() if running and batch.run_since else 0.0
    speed = rules.speed(batch.sealed, batch.run_from, seconds)
    waiting = batch.released - batch.sealed - batch.failed
    return BatchView(
        id=batch.pk,
        title=batch.title,
        purpose=batch.purpose,
        kind=batch.kind,
        state=batch.state,
        problem=batch.problem,
        options=options,
        total=batch.total,
        size=batch.size,
        checked=batch.checked,
        refused=batch.refused,
        released=batch.released,
        sealed=batch.sealed,
        failed=batch.failed,
        speed=speed,
        left=int(waiting / speed) if speed and waiting > 0 else None,
        list_sha256=batch.list_sha256,
        manifest=batch.manifest_pdf is not None and batch.ended_at is not None,
        manifest_sealed=batch.manifest_sealed,
        created_by=batch.created_by.full_name,
        created_at=batch.created_at,
        released_at=batch.released_at,
        ended_at=batch.ended_at,
        delete_on=batch.delete_on,
        emptied=batch.emptied_at is not None,
    )


def item_view(item: Item) -> ItemView:
    """Return an item as it is shown."""
    return ItemView(
        id=item.pk,
        path=item.path,
        state=item.state,
        code=item.code,
        size=item.size,
        pages=item.pages,
        sha256=item.sha256,
        result_sha256=item.result_sha256,
        sealed_at=item.sealed_at,
    )


def _duplicates(batch: Batch) -> int:
    """Return how many files repeat the content of another."""
    found = batch.items.aggregate(n=Count("pk"), distinct=Count("sha256", distinct=True))
    return int(found["n"] - found["distinct"])


def _release(one: Release) -> ReleaseView:
    return ReleaseView(
        state=one.state,
        way=one.way,
        count=one.count,
        proposed_by=one.proposed_by.full_name if one.proposed_by else "",
        proposed_by_id=one.proposed_by_id,
        released_by=one.released_by.full_name if one.released_by else "",
        released_by_id=one.released_by_id,
        two_persons=one.two_persons,
        created_at=one.created_at,
        given_at=one.given_at,
    )


def _parcel(one: Parcel) -> ParcelView:
    return ParcelView(
        kind=one.kind, state=one.state, name=one.name, code=one.code, taken=one.taken, left_out=one.left_out
    )
