"""The end of a batch: the manifest made and sealed, what was reserved settled, the notice; and what goes on its day."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from paraphe.floor.files import api as files
from paraphe.floor.messaging import api as messaging
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.sealing import batches, engine, manifest, releasing
from paraphe.platform.sealing.batches import note
from paraphe.platform.sealing.errors import WrongBatchState
from paraphe.platform.sealing.models import Batch, Chunk, Item, Release
from paraphe.platform.sealing.queueing import begin_sealing, enqueue

PURPOSE = "sealing.manifest"
WARNED_DAYS = 7
#: A batch on which nothing moved for so long has lost its workers: the sweep gives it new ones.
STILL = timedelta(seconds=90)
State = Batch.State


def close(batch_id: uuid.UUID) -> None:
    """Go on with the end of a batch, as far as it goes now; again changes nothing."""
    batch = Batch.objects.select_related("firm", "seal", "created_by").filter(pk=batch_id, state=State.CLOSING).first()
    if batch is None:
        return
    held = Chunk.objects.filter(batch=batch, manifest=False, leased_until__gt=timezone.now())
    if held.exclude(state=Chunk.State.DONE).exclude(claim=None).exists():
        # Somebody is at work: what he has nearly done counts.
        enqueue("close_batch", batch_id, after=timedelta(seconds=5))
        return
    if batch.manifest_pdf is None:
        _make_manifest(batch)
        return
    if batch.chunks.filter(manifest=True).exclude(state=Chunk.State.DONE).exists():
        begin_sealing(batch_id)
        return
    _end(batch)


def retry(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> int:
    """Make what failed ready again: under the release while it holds, else the batch waits for another; how many.

    Raises NotFound, MayNot, WrongBatchState.
    """
    batch = batches.releasable(person, firm, batch_id)
    if batch.state not in (State.SEALING, State.PAUSED, State.DONE, State.CANCELLED) or batch.emptied_at:
        raise WrongBatchState(state=batch.state)
    with transaction.atomic():
        locked = Batch.objects.select_for_update().get(pk=batch.pk)
        ended = locked.state in (State.DONE, State.CANCELLED)
        count = Item.objects.filter(batch=batch, state=Item.State.FAILED).update(
            state=Item.State.READY, code="", chunk=None
        )
        left = Item.objects.filter(batch=batch, state=Item.State.READY).exists()
        Batch.objects.filter(pk=batch.pk).update(failed=F("failed") - count)
        if ended and left:
            _reopen(locked)
        elif count:
            release = batch.releases.filter(state=Release.State.GIVEN).first()
            if release is not None:
                enqueue("plan_release", release.pk)
        note(batch, actor, "batch:retried", count=count)
    return count


def sweep() -> None:
    """Give batches that stand still new workers, and go on with those that are closing."""
    before = timezone.now() - STILL
    for batch in Batch.objects.filter(state=State.SEALING, moved_at__lt=before):
        release = batch.releases.filter(state=Release.State.GIVEN).first()
        rows = Batch.objects.filter(pk=batch.pk, state=State.SEALING, moved_at=batch.moved_at)
        if release is not None and rows.update(moved_at=timezone.now()):
            enqueue("plan_release", release.pk)
            engine.close_when_done(batch.pk)
    for number in Batch.objects.filter(state=State.CLOSING, moved_at__lt=before).values_list("pk", flat=True):
        close(number)
    waiting = Batch.objects.filter(state=State.DRAFT, items__state=Item.State.ADDED, inspecting_until__lt=before)
    for number in waiting.values_list("pk", flat=True).distinct():
        Batch.objects.filter(pk=number).update(inspecting_until=timezone.now() + timedelta(seconds=60))
        enqueue("inspect_items", number)


def delete_due() -> int:
    """Destroy the files of batches whose day has come; warn of those whose day comes; return how many were emptied."""
    today = timezone.localdate()
    old_drafts = Batch.objects.filter(state__in=[State.DRAFT, State.RELEASING], delete_on__lte=today)
    for batch in old_drafts[:100]:
        for release in batch.releases.filter(state__in=["proposed", "asked"]):
            releasing.drop(release, SYSTEM)
        Batch.objects.filter(pk=batch.pk, state=State.DRAFT).update(state=State.CANCELLED, ended_at=timezone.now())
    due = Batch.objects.filter(state__in=[State.DONE, State.CANCELLED], emptied_at=None, delete_on__lte=today)
    emptied = 0
    for batch in due[:100]:
        if documents.is_held(batch.firm_id, batch.created_by_id, batch.title):
            # Under legal hold: looked at again in a week.
            Batch.objects.filter(pk=batch.pk).update(delete_on=today + timedelta(days=WARNED_DAYS))
            continue
        batches.empty(batch.pk)
        emptied += 1
    coming = Batch.objects.filter(
        state=State.DONE, emptied_at=None, warned_at=None, delete_on__lte=today + timedelta(days=WARNED_DAYS)
    )
    for batch in coming.select_related("created_by", "firm")[:200]:
        if batch.retention_days > WARNED_DAYS and Batch.objects.filter(pk=batch.pk, warned_at=None).update(
            warned_at=timezone.now()
        ):
            _write(batch, batch.created_by, "batch_deleted_soon", "deleted_soon")
    return emptied


def _make_manifest(batch: Batch) -> None:
    now = timezone.now()
    table = manifest.as_csv(batch)
    document = manifest.as_pdf(batch, table, now)
    release = batch.releases.filter(state=Release.State.GIVEN).first()
    with transaction.atomic():
        kept, shown = files.store(table, purpose=PURPOSE), files.store(document, purpose=PURPOSE)
        rows = Batch.objects.filter(pk=batch.pk, state=State.CLOSING, manifest_pdf=None)
        if not rows.update(manifest_csv=kept.id, manifest_pdf=shown.id, moved_at=now):
            files.destroy(kept.id)
            files.destroy(shown.id)
            return
        if release is not None and batch.sealed:
            Chunk.objects.create(batch=batch, release=release, manifest=True)
        enqueue("close_batch", batch.pk)


def _end(batch: Batch) -> None:
    for release in batch.releases.filter(state=Release.State.GIVEN):
        releasing.end(release)
    cancelled = batch.problem == "cancelled"
    with transaction.atomic():
        rows = Batch.objects.filter(pk=batch.pk, state=State.CLOSING)
        if not rows.update(
            state=State.CANCELLED if cancelled else State.DONE, problem="", ended_at=timezone.now(), run_since=None
        ):
            return
        for person in {batch.created_by, *(one.released_by for one in batch.releases.all() if one.released_by)}:
            _write(batch, person, "batch_done", "sealed")
        manifest_sha256 = files.find(batch.manifest_pdf).sha256 if batch.manifest_pdf else ""
        note(
            batch, SYSTEM, "batch:done", sealed=batch.sealed, failed=batch.failed, cancelled=cancelled,
            manifest=manifest_sha256, manifest_sealed=batch.manifest_sealed,
        )  # fmt: skip


def _reopen(batch: Batch) -> None:
    """Let an ended batch wait for another release, in the caller's transaction; its manifest is made anew."""
    for file in (batch.manifest_csv, batch.manifest_pdf):
        if file is not None:
            files.destroy(file)
    batch.chunks.filter(manifest=True).delete()
    Batch.objects.filter(pk=batch.pk).update(
        state=State.PAUSED, problem="release_again", manifest_csv=None, manifest_pdf=None, manifest_sealed=False,
        ended_at=None,
    )  # fmt: skip


def _write(batch: Batch, person: accounts.Person, template: str, kind: accounts.Notice) -> None:
    if not accounts.wants(person, kind):
        return
    try:
        with translation.override(batch.language):
            messaging.send_template(
                to=person.email,
                template=f"platform_sealing/mail/{template}",
                context={
                    "person": person,
                    "firm": batch.firm,
                    "batch": batch,
                    "problems": batch.failed + batch.refused,
                    "address": f"{settings.SITE_URL}/cachets/lots/{batch.pk}/",
                },
                key=f"{template}:{batch.pk}:{person.pk}:{batch.releases.count()}",
                language=batch.language,
            )
    except messaging.AddressRefused:
        # One bad address keeps nothing from ending.
        return
