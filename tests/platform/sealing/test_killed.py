"""Workers that are killed anywhere lose nothing and seal nothing twice; another one goes on."""

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.files.models import StoredFile
from paraphe.pki.errors import TimestampUnavailable
from paraphe.platform.sealing import engine, releasing
from paraphe.platform.sealing.models import Batch, Chunk, Item
from paraphe.platform.signing import api as signing
from tests.platform.sealing.hands import a_batch, done, fill, payslips, released, with_seal
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """What kill -9 does: nothing after it runs, not even what catches errors."""


@pytest.fixture
def batch(trust: SmallTrust, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """Return a batch of twelve in three chunks, released and planned; nobody seals yet."""
    monkeypatch.setattr("paraphe.platform.sealing.rules.CHUNK_ITEMS", 4)
    monkeypatch.setattr(releasing, "begin_sealing", lambda _batch: None)
    who, firm = with_seal(trust)
    number = a_batch(who, firm, level="B-LT")
    fill(who, firm, number, payslips(12))
    released(who, firm, number, trust)
    return done(number)


def lapse() -> None:
    """Let a minute pass: the lease of who was killed is over."""
    Chunk.objects.exclude(state="done").update(leased_until=timezone.now() - timedelta(seconds=1))


def work_off(batch: Batch) -> Batch:
    """Let a worker do everything that is left."""
    for _turn in range(30):
        if engine.work(batch.pk) is None:
            break
    return done(batch.pk)


def killing(function: Any, *, after: bool, time: int = 1) -> Any:
    """Return ``function``, in which the process is killed the ``time``-th time, before or after it did its work."""
    calls = []

    def killed(*words: Any, **names: Any) -> Any:
        calls.append(1)
        if len(calls) != time:
            return function(*words, **names)
        if after:
            function(*words, **names)
        raise Killed

    return killed


@pytest.mark.parametrize(
    ("place", "name", "after"),
    [
        (files, "store", True),
        (signing, "activation_by_mandate", True),
        (signing, "sign_hash", False),
        (signing, "sign_hash", True),
        (engine, "_completed", True),
        (engine, "_record", True),
        (engine, "_end", False),
    ],
    ids=["prepared", "authorised", "before signing", "signed", "timestamped", "recorded", "not ended"],
)
def test_whoever_is_killed_another_goes_on(
    batch: Batch, trust: SmallTrust, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, after: bool
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(place, name, killing(getattr(place, name), after=after))
        with pytest.raises(Killed):
            work_off(batch)
    lapse()
    row = work_off(batch)
    assert (row.state, row.sealed, row.failed) == ("done", 12, 0)
    assert max(Counter(trust.seals.signed_digests).values()) == 1
    assert len(trust.seals.signed_digests) == 13, "the number of the mandate was enough"
    results = Item.objects.filter(batch=batch).values_list("result", flat=True)
    assert len(set(results)) == 12
    kept = StoredFile.objects.filter(purpose__in=["sealing.item", "sealing.result", "sealing.prepared"]).count()
    assert kept == 13, "one file for each and the manifest, none without an owner"


def test_two_workers_at_once_share_a_batch(batch: Batch, trust: SmallTrust) -> None:
    problems: list[BaseException] = []

    def worker() -> None:
        try:
            while (pause := engine.work(batch.pk)) is not None and not pause:
                continue
        except BaseException as error:
            problems.append(error)
            raise
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _number in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not problems
    row = work_off(batch)
    assert (row.state, row.sealed) == ("done", 12)
    assert len(trust.seals.signed_digests) == 13


def test_a_worker_whose_lease_lapsed_throws_his_results_away(batch: Batch, trust: SmallTrust) -> None:
    original, once = engine._record, list[int]()

    def late(row: Batch, results: Any) -> None:
        if not once:
            once.append(1)
            lapse()
            engine.work(batch.pk)  # another worker takes the chunk over and ends it
        original(row, results)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_record", late)
        engine.work(batch.pk)
    row = work_off(batch)
    assert (row.sealed, row.failed) == (12, 0)
    assert len(trust.seals.signed_digests) == 13
    assert StoredFile.objects.filter(purpose="sealing.result").count() == 13


def test_no_timestamps_for_a_while_costs_nothing(batch: Batch, trust: SmallTrust) -> None:
    original, calls = signing.HttpTimestampSource.timestamp, []

    def sometimes(self: Any, digest: bytes) -> bytes:
        calls.append(1)
        if len(calls) % 3 == 0:
            raise TimestampUnavailable(reason="down")
        return original(self, digest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing.HttpTimestampSource, "timestamp", sometimes)
        assert engine.work(batch.pk) == engine.PAUSE
        assert Batch.objects.get(pk=batch.pk).problem == "timestamp_unavailable"
    lapse()
    row = work_off(batch)
    assert (row.sealed, row.failed, row.problem) == (12, 0, "")
    assert len(trust.seals.signed_digests) == 13


def test_revocation_information_is_asked_for_once_for_all(batch: Batch, trust: SmallTrust) -> None:
    trust.asked.clear()
    work_off(batch)
    revocation = [path for path in trust.asked if path.startswith(("/ocsp/", "/crl/"))]
    assert len(revocation) == len(set(revocation)) or max(Counter(revocation).values()) <= 2
    assert len([path for path in trust.asked if path.endswith("signHash")]) == 4, "three chunks and the manifest"
