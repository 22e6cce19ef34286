from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks import default_task_backend

from paraphe.floor.jobs import api as jobs
from paraphe.floor.jobs import worker
from paraphe.floor.jobs.queue import Again, Dead, Done
from tests.floor.jobs import sample
from tests.support.jobs import all_due_now, waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def notes(tmp_path):
    return tmp_path / "notes"


def lines(notes):
    return notes.read_text().split() if notes.exists() else []


def new_queue(seconds=30.0):
    queue = default_task_backend.queue(seconds)
    queue.open()
    return queue


def test_a_job_runs_once_with_its_arguments(notes):
    jobs.enqueue(sample.write, str(notes), text="signed")
    assert worker.drain() == 1
    assert worker.drain() == 0
    assert lines(notes) == ["signed"]


def test_no_job_before_its_commit_and_none_after_a_rollback(notes):
    with transaction.atomic():
        jobs.enqueue(sample.write, str(notes))
        transaction.set_rollback(True)
    assert worker.drain() == 0
    with transaction.atomic():
        jobs.enqueue(sample.write, str(notes))
    assert worker.drain() == 1


def test_arguments_that_are_not_json_are_refused():
    with pytest.raises(TypeError):
        jobs.enqueue(sample.write, object())


def test_a_later_job_waits(notes):
    jobs.enqueue(sample.write, str(notes), after=timedelta(hours=1))
    assert worker.drain() == 0
    all_due_now()
    assert worker.drain() == 1


def test_a_failing_job_is_tried_again_later_then_dead_and_visible_without_its_message(notes):
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


def test_a_dead_job_can_be_revived_once(notes):
    jobs.enqueue(sample.give_up, str(notes))
    worker.drain()
    [letter] = jobs.dead_letters()
    assert "the number does not exist" in letter.error
    jobs.revive(letter.id)
    with pytest.raises(jobs.LetterUnknown):
        jobs.revive(letter.id)
    worker.drain()
    assert lines(notes) == ["tried", "tried"]


def test_a_job_that_no_longer_exists_is_tried_again_not_lost(notes, monkeypatch):
    jobs.enqueue(sample.write, str(notes))
    with monkeypatch.context() as patch:
        patch.delattr(sample, "write")
        assert worker.drain() == 1
    all_due_now()
    assert worker.drain() == 1
    assert lines(notes) == ["done"]


def test_two_workers_never_hold_the_same_job(notes):
    one, other = new_queue(), new_queue()
    jobs.enqueue(sample.write, str(notes))
    assert one.claim(express=False) is not None
    assert other.claim(express=False) is None


def test_express_jobs_come_first_and_their_lane_takes_no_others(notes):
    queue = new_queue()
    jobs.enqueue(sample.write, str(notes))
    jobs.enqueue(sample.write_at_once, str(notes))
    first = queue.claim(express=False)
    assert first.path.endswith("write_at_once")
    assert queue.claim(express=True) is None
    assert queue.claim(express=False).path.endswith("sample.write")


def test_a_silent_workers_job_goes_to_another_and_its_late_outcome_is_dropped(notes):
    jobs.enqueue(sample.write, str(notes))
    silent, alive = new_queue(0.0), new_queue(0.0)
    lost = silent.claim(express=False)
    assert lost.attempt == 1
    alive.beat([])
    taken = alive.claim(express=False)
    assert (taken.id, taken.attempt) == (lost.id, 2)
    assert not silent.settle(lost, Done())
    assert not silent.settle(lost, Again(timezone.now(), "late"))
    assert not silent.settle(lost, Dead("late"))
    assert jobs.dead_letters() == []
    assert alive.settle(taken, Done())


def test_a_worker_that_beats_keeps_its_job(notes):
    jobs.enqueue(sample.write, str(notes))
    mine, other = new_queue(0.0), new_queue(30.0)
    held = mine.claim(express=False)
    keeper = default_task_backend.queue(30.0)
    keeper.__dict__.update({k: v for k, v in mine.__dict__.items() if k == "_worker"})
    keeper.beat([held])
    other.beat([])
    assert other.claim(express=False) is None
    assert mine.settle(held, Done())


def test_a_job_that_kills_its_workers_is_given_up(notes):
    jobs.enqueue(sample.kill_own_worker, str(notes))
    for _ in range(2):
        assert new_queue(0.0).claim(express=False) is not None
        new_queue(0.0).beat([])
    assert new_queue(0.0).claim(express=False) is None
    [letter] = jobs.dead_letters()
    assert (letter.attempts >= 2, letter.error) == (True, "the worker died or was stopped at each attempt")


def test_ended_jobs_are_purged_and_waiting_ones_kept(notes):
    jobs.enqueue(sample.write, str(notes))
    worker.drain()
    jobs.enqueue(sample.write, str(notes))
    default_task_backend.purge(0)
    assert waiting() == ["tests.floor.jobs.sample.write"]
    assert worker.drain() == 1
