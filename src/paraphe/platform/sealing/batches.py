"""Batches before they are released, and their life after: made, changed, paused, cancelled, deleted."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.sealing import rules
from paraphe.platform.sealing.errors import MayNot, WrongBatchState
from paraphe.platform.sealing.models import Batch, Item
from paraphe.platform.sealing.queueing import begin_sealing, enqueue

RIGHTS = frozenset({"seal", "prepare"})
#: Items whose files are destroyed in one transaction.
AT_ONCE = 200
State = Batch.State


def create(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, options: rules.Options, locale: str
) -> uuid.UUID:
    """Begin an empty batch. Raises MayNot, FirmClosed, BadOptions."""
    if not accounts.rights(person, firm) & RIGHTS:
        raise MayNot(right="seal")
    if firms.is_closed(firm):
        raise firms.FirmClosed()
    found = rules.checked(options, firms.options(firm).retention_days)
    now = timezone.now()
    with transaction.atomic():
        batch = Batch.objects.create(
            firm=firm,
            created_by=person,
            language="en" if locale[:2] == "en" else "fr",
            created_at=now,
            delete_on=timezone.localdate(now) + timedelta(days=found.retention_days),
            **found.__dict__,
        )
        note(batch, actor, "batch:created", kind=batch.kind, level=batch.level)
    return batch.pk


def change(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID, options: rules.Options
) -> None:
    """Change how a draft will be sealed. Raises NotFound, MayNot, WrongBatchState, BadOptions."""
    batch = row(person, firm, batch_id)
    found = rules.checked(options, firms.options(firm).retention_days)
    delete_on = timezone.localdate(batch.created_at) + timedelta(days=found.retention_days)
    with transaction.atomic():
        drafts = Batch.objects.filter(pk=batch.pk, state=State.DRAFT)
        if not drafts.update(delete_on=delete_on, **found.__dict__):
            raise WrongBatchState(state=batch.state)
        note(batch, actor, "batch:changed", kind=found.kind, level=found.level)


def remove_items(
    *, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID, which: str, item_id: int | None = None
) -> int:
    """Take files out of a draft: ``one``, all that are ``refused``, or every ``duplicate`` but the first; how many.

    Raises NotFound, WrongBatchState.
    """
    batch = row(person, firm, batch_id)
    found = batch.items.order_by("pk")
    if which == "one":
        found = found.filter(pk=item_id or 0)
    elif which == "refused":
        found = found.filter(state=Item.State.REFUSED)
    else:
        found = found.filter(pk__in=_later_duplicates(batch))
    gone = 0
    while numbers := list(found.values_list("pk", flat=True)[:AT_ONCE]):
        gone += _remove(batch, numbers)
    return gone


def pause(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> None:
    """Stop after what is being sealed at this moment. Raises NotFound, MayNot, WrongBatchState."""
    batch = releasable(person, firm, batch_id)
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, state=State.SEALING).update(state=State.PAUSED, problem=""):
            raise WrongBatchState(state=batch.state)
        note(batch, actor, "batch:paused")


def resume(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> None:
    """Go on with a batch that was paused and whose release still holds. Raises NotFound, MayNot, WrongBatchState."""
    batch = releasable(person, firm, batch_id)
    if not batch.releases.filter(state="given").exists():
        raise WrongBatchState(state=batch.state)
    with transaction.atomic():
        paused = Batch.objects.filter(pk=batch.pk, state=State.PAUSED)
        if not paused.update(state=State.SEALING, problem="", run_since=timezone.now(), run_from=F("sealed")):
            raise WrongBatchState(state=batch.state)
        note(batch, actor, "batch:resumed")
        begin_sealing(batch.pk)


def cancel(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> None:
    """End a released batch: what is sealed stays, what is not is not sealed. Raises NotFound, WrongBatchState."""
    batch = releasable(person, firm, batch_id)
    with transaction.atomic():
        running = Batch.objects.filter(pk=batch.pk, state__in=[State.SEALING, State.PAUSED])
        if not running.update(state=State.CLOSING, problem="cancelled", moved_at=timezone.now()):
            raise WrongBatchState(state=batch.state)
        note(batch, actor, "batch:cancelled", sealed=batch.sealed)
        enqueue("close_batch", batch.pk)


def delete(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> None:
    """Delete a draft with its files. Raises NotFound, WrongBatchState."""
    batch = row(person, firm, batch_id)
    with transaction.atomic():
        draft = Batch.objects.filter(pk=batch.pk, state=State.DRAFT)
        if not draft.update(state=State.CANCELLED, ended_at=timezone.now(), delete_on=timezone.localdate()):
            raise WrongBatchState(state=batch.state)
        note(batch, actor, "batch:deleted")
        enqueue("empty_batch", batch.pk)


def empty(batch_id: uuid.UUID) -> None:
    """Destroy the files and names of a batch; its row, its counters and its manifest stay. Again changes nothing."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None or batch.state not in (State.CANCELLED, State.DONE):
        return
    while numbers := list(batch.items.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            _destroy_files(numbers)
            Item.objects.filter(pk__in=numbers).delete()
    with transaction.atomic():
        parcels = batch.parcels.exclude(file=None).values_list("file", flat=True)
        chunks = batch.chunks.exclude(prepared_file=None).values_list("prepared_file", flat=True)
        for file in (*parcels, *chunks, batch.proofs_file):
            if file is not None:
                files.destroy(file)
        batch.parcels.all().delete()
        batch.chunks.all().delete()
        rows = Batch.objects.filter(pk=batch_id, emptied_at=None)
        if rows.update(emptied_at=timezone.now(), proofs_file=None):
            note(batch, SYSTEM, "batch:emptied")


def _destroy_files(numbers: list[int]) -> None:
    for pair in Item.objects.filter(pk__in=numbers).values_list("file", "result"):
        for file in pair:
            if file is not None:
                files.destroy(file)


def row(person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> Batch:
    """Return the row of a batch, for the verbs of this room only. Raises NotFound for absence and refusal alike."""
    found = Batch.objects.filter(pk=batch_id, firm=firm).select_related("firm", "created_by").first()
    if found is None or not accounts.rights(person, firm) & RIGHTS:
        raise NotFound(kind="batch")
    return found


def releasable(person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> Batch:
    """Return the row of a batch to somebody with right ``seal``. Raises NotFound, MayNot."""
    found = row(person, firm, batch_id)
    if "seal" not in accounts.rights(person, firm):
        raise MayNot(right="seal")
    return found


def note(batch: Batch, actor: Actor, tag: str, **data: object) -> None:
    """Write an event about a batch. Call it last in a transaction."""
    subjects = {"batch": str(batch.pk), "firm": str(batch.firm_id)}
    evidence.record(tag, actor=actor, subjects=subjects, data=dict(data))


def _later_duplicates(batch: Batch) -> list[int]:
    """Return the items whose content an earlier item has."""
    seen: set[str] = set()
    later = []
    for number, digest in batch.items.order_by("pk").values_list("pk", "sha256").iterator(chunk_size=2000):
        if digest in seen:
            later.append(number)
        seen.add(digest)
    return later


def _remove(batch: Batch, numbers: list[int]) -> int:
    """Remove some items of a draft and their part of the counters. Raises WrongBatchState."""
    with transaction.atomic():
        locked = Batch.objects.select_for_update().get(pk=batch.pk)
        if locked.state != State.DRAFT:
            raise WrongBatchState(state=locked.state)
        rows = list(Item.objects.select_for_update().filter(pk__in=numbers))
        for one in rows:
            if one.file is not None:
                files.destroy(one.file)
        Item.objects.filter(pk__in=[one.pk for one in rows]).delete()
        Batch.objects.filter(pk=batch.pk).update(
            total=F("total") - len(rows),
            size=F("size") - sum(one.size for one in rows),
            checked=F("checked") - sum(one.state != Item.State.ADDED for one in rows),
            refused=F("refused") - sum(one.state == Item.State.REFUSED for one in rows),
        )
    return len(rows)
