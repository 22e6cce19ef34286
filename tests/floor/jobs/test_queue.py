import io
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from paraphe.floor.jobs import api as jobs
from paraphe.floor.jobs import worker
from paraphe.floor.jobs.backend import row_backend
from paraphe.floor.jobs.queue import Again, Claimed, Dead, Done, Queue
from tests.floor.jobs import sample
from tests.support.jobs import all_due_now, waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def lines(notes: Path) -> list[str]:
    return notes.read_text().split() if notes.exists() else []


def new_queue(seconds: float = 30.0) -> Queue:
    queue = row_backend().queue(seconds)
    queue.open()
    return queue


def claim(queue: Queue, *, express: bool = False) -> Claimed:
    claimed = queue.claim(express=express)
    assert claimed is not None
    return claimed


def test_a_job_runs_once_with_its_arguments(notes: Path) -> None:
    jobs.enqueue(sample.write, str(notes), text="signed")
    assert worker.drain() == 1
    assert worker.drain() == 0
    assert lines(notes) == ["signed"]


def test_no_job_before_its_commit_and_none_after_a_rollback(notes: Path) -> None:
    with transaction.atomic():
        jobs.enqueue(sample.write, str(notes))
        transaction.set_rollback(True)
    assert worker.drain() == 0
    with transaction.atomic():
        jobs.enqueue(sample.write, str(notes))
    assert worker.drain() == 1


def test_arguments_that_are_not_json_are_refused() -> None:
    with pytest.raises(TypeError):
        jobs.enqueue(sample.write, object())


def test_a_later_job_waits(notes: Path) -> None:
    jobs.enqueue(sample.write, str(notes), after=timedelta(hours=1))
    assert worker.drain() == 0
    all_due_now()
    assert worker.drain() == 1


def test_a_failing_job_is_tried_again_later_then_dead_and_visible_without_its_message(notes: Path) -> None:
    jobs.enqueue(sample.fail, str(notes))
    for tries in (1, 2, 3):
        assert worker.drain() == 1
        assert len(lines(notes)) == tries
        assert worker.drain() == 0, "it waits before the next try"
        all_due_now()
    assert worker.drain() == 0
    [letter] = jobs.dead_letters()
    assert (letter.path, letter.attempts) == ("tests.floor.jobs.sample.fail", 3)
    assert letter.error.startswith("builtins.ValueError < floor/jobs/sample.py:")
    assert "Alice" not in letter.error


def test_a_dead_job_can_be_revived_once(notes: Path) -> None:
    jobs.enqueue(sample.give_up, str(notes))
    worker.drain()
    [letter] = jobs.dead_letters()
    assert "the number does not exist" in letter.error
    jobs.revive(letter.id)
    with pytest.raises(jobs.LetterUnknown):
        jobs.revive(letter.id)
    worker.drain()
    assert lines(notes) == ["tried", "tried"]


def test_a_job_that_no_longer_exists_is_tried_again_not_lost(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.enqueue(sample.write, str(notes))
    with monkeypatch.context() as patch:
        patch.delattr(sample, "write")
        assert worker.drain() == 1
    all_due_now()
    assert worker.drain() == 1
    assert lines(notes) == ["done"]


def test_two_workers_never_hold_the_same_job(notes: Path) -> None:
    one, other = new_queue(), new_queue()
    jobs.enqueue(sample.write, str(notes))
    assert one.claim(express=False) is not None
    assert other.claim(express=False) is None


def test_express_jobs_come_first_and_their_lane_takes_no_others(notes: Path) -> None:
    queue = new_queue()
    jobs.enqueue(sample.write, str(notes))
    jobs.enqueue(sample.write_at_once, str(notes))
    first = claim(queue)
    assert first.path.endswith("write_at_once")
    assert queue.claim(express=True) is None
    assert claim(queue).path.endswith("sample.write")


def test_a_silent_workers_job_goes_to_another_and_its_late_outcome_is_dropped(notes: Path) -> None:
    jobs.enqueue(sample.write, str(notes))
    silent, alive = new_queue(0.2), new_queue(0.2)
    lost = claim(silent)
    assert lost.attempt == 1
    assert alive.claim(express=False) is None
    time.sleep(0.3)
    alive.beat([])
    taken = claim(alive)
    assert (taken.id, taken.attempt) == (lost.id, 2)
    assert not silent.settle(lost, Done())
    assert not silent.settle(lost, Again(timezone.now(), "late"))
    assert not silent.settle(lost, Dead("late"))
    assert jobs.dead_letters() == []
    assert alive.settle(taken, Done())


def test_a_worker_that_beats_keeps_its_job(notes: Path) -> None:
    jobs.enqueue(sample.write, str(notes))
    mine, other = new_queue(0.0), new_queue(30.0)
    held = claim(mine)
    keeper = row_backend().queue(30.0)
    keeper.__dict__.update({k: v for k, v in mine.__dict__.items() if k == "_worker"})
    keeper.beat([held])
    other.beat([])
    assert other.claim(express=False) is None
    assert mine.settle(held, Done())


def test_a_job_that_kills_its_workers_is_given_up(notes: Path) -> None:
    jobs.enqueue(sample.kill_own_worker, str(notes))
    for _ in range(2):
        assert new_queue(0.0).claim(express=False) is not None
        new_queue(0.0).beat([])
    assert new_queue(0.0).claim(express=False) is None
    [letter] = jobs.dead_letters()
    assert (letter.attempts >= 2, letter.error) == (True, "the worker died or was stopped at each attempt")


def test_ended_jobs_are_purged_and_waiting_ones_kept(notes: Path) -> None:
    jobs.enqueue(sample.write, str(notes))
    worker.drain()
    jobs.enqueue(sample.write, str(notes))
    row_backend().purge(0)
    assert waiting() == ["tests.floor.jobs.sample.write"]
    assert worker.drain() == 1


def manage(*words: str) -> str:
    output = io.StringIO()
    call_command("jobs", *words, stdout=output)
    return output.getvalue()


def test_an_operator_sees_dead_letters_and_revives_one(notes: Path) -> None:
    assert manage() == "No job was given up.\n"
    jobs.enqueue(sample.give_up, str(notes))
    worker.drain()
    [letter] = jobs.dead_letters()
    assert f"{letter.id}  " in manage()
    assert "tests.floor.jobs.sample.give_up" in manage()
    manage("--revive", str(letter.id))
    assert waiting() == ["tests.floor.jobs.sample.give_up"]
    with pytest.raises(CommandError):
        manage("--revive", str(letter.id))
