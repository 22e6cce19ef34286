"""Releasing a batch: one authorisation for a number, a purpose, a time and a list, at the trust site.

Somebody with a certificate signs a mandate for exactly this batch; somebody without one types a code under a standing
mandate that names him (decision 18). Above the number that the firm set a first person proposes and another releases.
"""

import hashlib
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.secrets import keyed_hash, same
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.sealing import provider, rules, standing
from paraphe.platform.sealing.batches import note, releasable
from paraphe.platform.sealing.errors import (
    MayNot,
    NoSeal,
    NothingReady,
    ReturnMismatch,
    SecondPersonNeeded,
    WrongBatchState,
)
from paraphe.platform.sealing.models import Batch, Chunk, Item, Release, Seal
from paraphe.platform.sealing.queueing import begin_sealing, enqueue
from paraphe.platform.sealing.seals import RETURN_PURPOSE, in_force
from paraphe.platform.signing import api as signing

#: How long a release may last, and how long somebody may stay at the trust site before it is dropped.
LASTS = timedelta(days=7)
ASKED_FOR = timedelta(days=1)
#: Items that are given to chunks in one transaction.
PLANNED_AT_ONCE = 1000
OPEN = (Release.State.PROPOSED, Release.State.ASKED, Release.State.GIVEN)
State = Batch.State


def propose(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> None:
    """Ask a second person to release; the list is fixed from now on. Again changes nothing.

    Raises NotFound, MayNot, NoSeal, NothingReady, WrongBatchState.
    """
    batch, _seal = _to_release(person, firm, batch_id)
    with transaction.atomic():
        present = _present(batch)
        if present is not None:
            return
        count, digest = _fix(batch)
        _create(batch, count, digest, state=Release.State.PROPOSED, two_persons=True, proposed_by=person)
        note(batch, actor, "batch:proposed", count=count, list_sha256=digest)


def begin(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID, state: str) -> str:
    """Return the address at which ``person`` releases a batch; ``state`` comes back with the browser.

    Raises NotFound, MayNot, NoSeal, NothingReady, WrongBatchState, SecondPersonNeeded, NoWayToRelease, CreditTooLow,
    TrustUnavailable, TrustRefused; nothing is begun then.
    """
    batch, seal = _to_release(person, firm, batch_id)
    release = _asked_by(person, batch)
    try:
        _pay_and_count(actor, person, batch, release)
        asked = _ask(person, batch, seal, release, state)
    except DomainError:
        drop(release, actor)
        raise
    with transaction.atomic():
        Release.objects.filter(pk=release.pk, state=Release.State.ASKED).update(
            trust_id=asked.id, token=asked.token, state_hash=keyed_hash(state, RETURN_PURPOSE)
        )
    return asked.url


def returned(*, person: accounts.Person, request: str, state: str) -> Release:
    """Take the browser back from the trust site and read whether the release is given. Raises ReturnMismatch."""
    rows = Release.objects.select_related("batch")
    row = rows.filter(trust_id=request, released_by=person).first() if request else None
    if row is None or not row.state_hash or not same(row.state_hash, keyed_hash(state, RETURN_PURPOSE)):
        raise ReturnMismatch()
    refresh(row)
    row.refresh_from_db()
    return row


def refresh(release: Release) -> None:
    """Read at the trust site how far a release is; once it is given the sealing begins. Raises TrustUnavailable."""
    if release.state != Release.State.ASKED or not release.trust_id:
        return
    if release.way == Release.Way.DEED:
        given = provider.deed_state(release.trust_id).status == "done"
    else:
        given = provider.release_status(release.trust_id) == "given"
    if given:
        _give(release)


def withdraw(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> None:
    """Take back a proposal, or a release that was not given yet: the batch is a draft again. Raises WrongBatchState."""
    batch = releasable(person, firm, batch_id)
    release = batch.releases.filter(state__in=[Release.State.PROPOSED, Release.State.ASKED]).first()
    if release is None:
        raise WrongBatchState(state=batch.state)
    drop(release, actor)


def drop(release: Release, actor: Actor) -> None:
    """End a release of which nothing came, and give back what was kept for it. Again changes nothing."""
    if release.trust_id:
        with suppress(signing.TrustUnavailable, signing.TrustRefused):
            _end_at_trust(release)
    with transaction.atomic():
        rows = Release.objects.filter(pk=release.pk, state__in=[Release.State.PROPOSED, Release.State.ASKED])
        if not rows.update(state=Release.State.DROPPED, ended_at=timezone.now(), token=None):
            return
        Batch.objects.filter(pk=release.batch_id, state=State.RELEASING).update(state=State.DRAFT)
        with suppress(NotFound):
            credit.release(key_of(release), actor=actor)
        accounts.give_back(str(release.pk))
        note(release.batch, actor, "batch:not-released")


def stop(release: Release, problem: str) -> None:
    """End a release before its batch is done: the batch waits for another one. Again changes nothing."""
    with transaction.atomic():
        running = [State.SEALING, State.PAUSED]
        rows = Batch.objects.filter(pk=release.batch_id, state__in=running)
        if rows.update(state=State.PAUSED, problem=problem):
            note(release.batch, SYSTEM, "batch:paused", problem=problem)
    end(release)


def sealed_under(release: Release) -> int:
    """Return how many documents were sealed under a release: those between it and the next one."""
    later = release.batch.releases.filter(created_at__gt=release.created_at, given_at__isnull=False)
    following = later.order_by("created_at").first()
    total = (
        following.sealed_before
        if following
        else Batch.objects.values_list("sealed", flat=True).get(pk=release.batch_id)
    )
    return max(0, total - release.sealed_before)


def end(release: Release) -> None:
    """End a given release: debit what was sealed, give back the rest, here and at the trust site. Again the same."""
    sealed = sealed_under(release)
    with suppress(signing.TrustUnavailable, signing.TrustRefused):
        _end_at_trust(release)
    with suppress(NotFound):
        credit.settle(key_of(release), done=min(sealed, release.count))
    if not sealed:
        accounts.give_back(str(release.pk))
    Release.objects.filter(pk=release.pk, state=Release.State.GIVEN).update(
        state=Release.State.OVER, ended_at=timezone.now(), token=None
    )


def plan(release_id: uuid.UUID) -> None:
    """Give every item that is ready to a chunk; again goes on where it stopped."""
    release = Release.objects.filter(pk=release_id, state=Release.State.GIVEN).first()
    if release is None:
        return
    _take_back(release)
    waiting = Item.objects.filter(batch_id=release.batch_id, state=Item.State.READY, chunk=None).order_by("pk")
    last = 0
    while rows := list(waiting.filter(pk__gt=last).values_list("pk", "size")[:PLANNED_AT_ONCE]):
        last = rows[-1][0]
        with transaction.atomic():
            for numbers in rules.in_chunks(rows):
                chunk = Chunk.objects.create(batch_id=release.batch_id, release=release)
                if not Item.objects.filter(pk__in=numbers, chunk=None).update(chunk=chunk):
                    chunk.delete()
    begin_sealing(release.batch_id)


def _take_back(release: Release) -> None:
    """Take items back from chunks of releases that are over and whose signatures were never given."""
    unsigned = [Chunk.State.OPEN, Chunk.State.PREPARED]
    for chunk in Chunk.objects.filter(batch_id=release.batch_id, state__in=unsigned).exclude(release=release):
        with transaction.atomic():
            if not Chunk.objects.filter(pk=chunk.pk, state__in=unsigned).update(claim=None):
                continue
            chunk.items.update(chunk=None)
            if chunk.prepared_file is not None:
                files.destroy(chunk.prepared_file)
            chunk.delete()


def key_of(release: Release) -> str:
    """Return the key under which the credit of a release is reserved."""
    return f"seal:{release.pk}"


def sweep() -> None:
    """Read what no browser came back for; drop what waits too long at the trust site; end what was given too long."""
    now = timezone.now()
    for release in Release.objects.filter(state=Release.State.ASKED).select_related("batch"):
        with suppress(DomainError):
            refresh(release)
        if release.created_at < now - ASKED_FOR:
            drop(release, SYSTEM)
    for release in Release.objects.filter(state=Release.State.GIVEN, ends_at__lt=now).select_related("batch"):
        stop(release, "release_refused")


def settle_stale() -> None:
    """Give back credit of releases that are not there any more."""
    for reservation in credit.stale(timezone.now() - timedelta(days=8)):
        if reservation.act == "seal":
            number = reservation.key.removeprefix("seal:")
            release = Release.objects.select_related("batch").filter(pk=number).first()
            if release is None or release.state == Release.State.DROPPED:
                credit.release(reservation.key)
            elif release.state == Release.State.OVER:
                credit.settle(reservation.key, done=min(sealed_under(release), release.count))


def _to_release(person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> tuple[Batch, Seal]:
    batch = releasable(person, firm, batch_id)
    seal = in_force(firm)
    if seal is None:
        raise NoSeal()
    draft = batch.state in (State.DRAFT, State.RELEASING)
    again = batch.state == State.PAUSED and not batch.releases.filter(state=Release.State.GIVEN).exists()
    if not (draft or again):
        raise WrongBatchState(state=batch.state)
    if batch.checked < batch.total or batch.parcels.filter(state="waiting").exists():
        raise NothingReady()
    if not Item.objects.filter(batch=batch, state=Item.State.READY).exists():
        raise NothingReady()
    return batch, seal


def _present(batch: Batch) -> Release | None:
    return batch.releases.filter(state__in=OPEN).first()


def _fix(batch: Batch) -> tuple[int, str]:
    """Fix the list of a batch and return its number and digest, in the caller's transaction. Raises NothingReady."""
    Batch.objects.filter(pk=batch.pk, state=State.DRAFT).update(state=State.RELEASING)
    digest, count = hashlib.sha256(), 0
    ready = Item.objects.filter(batch=batch, state=Item.State.READY).order_by("path")
    for path, sha256 in ready.values_list("path", "sha256").iterator(chunk_size=2000):
        digest.update(rules.list_line(sha256, path))
        count += 1
    if not count:
        raise NothingReady()
    Batch.objects.filter(pk=batch.pk).update(list_sha256=digest.hexdigest())
    return count, digest.hexdigest()


def _asked_by(person: accounts.Person, batch: Batch) -> Release:
    """Return the release that ``person`` takes to the trust site. Raises SecondPersonNeeded, WrongBatchState."""
    present = _present(batch)
    if present is not None and present.state == Release.State.ASKED:
        # He, or somebody else, left the trust site: it is begun anew.
        proposed_by = present.proposed_by
        drop(present, SYSTEM)
        with transaction.atomic():
            count, digest = _fix(batch)
            if present.two_persons and proposed_by is not None:
                present = _create(
                    batch, count, digest, state=Release.State.PROPOSED, two_persons=True, proposed_by=proposed_by
                )
            else:
                present = None
    if present is not None and present.state == Release.State.GIVEN:
        raise WrongBatchState(state=batch.state)
    above = firms.options(batch.firm).two_persons_above
    with transaction.atomic():
        if present is None:
            count, digest = _fix(batch)
            if rules.second_needed(above, count):
                raise SecondPersonNeeded(above=above)
            return _create(batch, count, digest, state=Release.State.ASKED, released_by=person)
        if present.proposed_by_id == person.pk:
            raise SecondPersonNeeded(above=above)
        rows = Release.objects.filter(pk=present.pk, state=Release.State.PROPOSED)
        if not rows.update(state=Release.State.ASKED, released_by=person, created_at=timezone.now()):
            raise WrongBatchState(state=batch.state)
    present.refresh_from_db()
    return present


def _create(batch: Batch, count: int, digest: str, **values: object) -> Release:
    try:
        with transaction.atomic():
            return Release.objects.create(
                batch=batch, count=count, list_sha256=digest, created_at=timezone.now(), sealed_before=batch.sealed,
                **values,
            )  # fmt: skip
    except IntegrityError:  # two tabs at the same moment
        raise WrongBatchState(state=batch.state) from None


def _pay_and_count(actor: Actor, person: accounts.Person, batch: Batch, release: Release) -> None:
    kinds = [batch.kind] * release.count
    try:
        by = accounts.authority(person, batch.firm, "seal", kinds=kinds)
        accounts.count(person, batch.firm, "seal", by=by, kinds=kinds, key=str(release.pk))
    except accounts.NotAllowed as error:
        raise MayNot(right="seal") from error
    credit.reserve(firm=batch.firm, act="seal", count=release.count, key=key_of(release), actor=actor)
    if by.mandate is not None:
        Release.objects.filter(pk=release.pk).update(grant=by.mandate)
        subjects = {
            "mandate": str(by.mandate), "person": str(person.pk), "batch": str(batch.pk), "firm": str(batch.firm_id)
        }  # fmt: skip
        evidence.record("mandate:used", actor=actor, subjects=subjects, data={"count": release.count})


def _ask(person: accounts.Person, batch: Batch, seal: Seal, release: Release, state: str) -> provider.Asked:
    """Ask the trust site for the authorisation; the manifest is one seal more."""
    count = release.count + 1
    try:
        responsible = signing.holder_of(person.pk).credential_id
    except signing.NoCredential:
        mandate = standing.for_release(person, batch.firm, count)
        Release.objects.filter(pk=release.pk).update(way=Release.Way.CODE, standing=mandate)
        return provider.ask_release(
            deed=mandate.deed_id, reference=f"release:{release.pk}", state=state, count=count,
            releaser=standing.reference_of(person.pk), purpose=batch.purpose, list_sha256=release.list_sha256,
        )  # fmt: skip
    Release.objects.filter(pk=release.pk).update(way=Release.Way.DEED)
    return provider.ask_mandate(
        reference=f"release:{release.pk}", responsible=responsible, state=state, seal=seal.credential_id,
        purpose=batch.purpose, count=count, ends_at=timezone.now() + LASTS, list_sha256=release.list_sha256,
    )  # fmt: skip


def _give(release: Release) -> None:
    now = timezone.now()
    seal = in_force(release.batch.firm)
    with transaction.atomic():
        rows = Release.objects.filter(pk=release.pk, state=Release.State.ASKED)
        if not rows.update(state=Release.State.GIVEN, given_at=now, ends_at=now + LASTS, state_hash=""):
            return
        Batch.objects.filter(pk=release.batch_id, state__in=[State.RELEASING, State.PAUSED]).update(
            state=State.SEALING, problem="", seal=seal, released_at=now, released=F("sealed") + release.count,
            run_since=now, run_from=F("sealed"), moved_at=now,
        )  # fmt: skip
        enqueue("plan_release", release.pk)
        note(
            release.batch, Actor("person", str(release.released_by_id)), "batch:released", count=release.count,
            list_sha256=release.list_sha256, way=release.way, trust=release.trust_id,
        )  # fmt: skip


def _end_at_trust(release: Release) -> None:
    if release.way == Release.Way.DEED:
        provider.end_mandate(release.trust_id)
    elif release.way == Release.Way.CODE:
        provider.end_release(release.trust_id)


def releases_of(batch: Batch) -> Sequence[Release]:
    """Return the releases of a batch, newest first."""
    return list(batch.releases.select_related("proposed_by", "released_by", "standing").order_by("-created_at"))
