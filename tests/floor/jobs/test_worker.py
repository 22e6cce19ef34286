import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from paraphe.floor.jobs import api as jobs
from paraphe.floor.jobs import worker
from paraphe.floor.jobs.backend import row_backend
from tests.floor.jobs import sample
from tests.support.jobs import all_due_now

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = 1.5
#: A process on a busy machine needs its time to start.
START_SECONDS = 60.0


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def lines(notes: Path) -> list[str]:
    return notes.read_text().split() if notes.exists() else []


def wait_until(ready: Callable[[], object], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


@contextmanager
def working(*, workers: int = 1, concurrency: int = 1) -> Iterator[None]:
    """Have workers work in threads of this process."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=worker.run, args=(stop,), kwargs={"concurrency": concurrency, "lease_seconds": LEASE})
        for _ in range(workers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(6)
        assert not any(thread.is_alive() for thread in threads)


#: A worker as a process of its own, on the database of this test. Not a fork of this one: threads that earlier tests
#: left behind may hold a lock at that moment, and the child would wait for it for ever.
WORKER = """
import signal, sys, threading
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from paraphe.floor.jobs import worker
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
worker.run(stop, lease_seconds=float(sys.argv[2]))
"""


def program(text: str, *words: str) -> "subprocess.Popen[bytes]":
    """Start ``text`` as a program under the settings of these tests."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.support.settings.floor",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    return subprocess.Popen([sys.executable, "-c", text, *words], env=environment, stderr=subprocess.PIPE)


@contextmanager
def another_worker() -> Iterator["subprocess.Popen[bytes]"]:
    """Start a worker as a process; it does not outlive the test."""
    worker_program = program(WORKER, str(connection.settings_dict["NAME"]), str(LEASE))
    try:
        yield worker_program
    finally:
        worker_program.kill()
        worker_program.communicate()


def end(worker_program: "subprocess.Popen[bytes]", number: int) -> float:
    """Send a signal to a worker and return how many seconds it took to end."""
    began = time.monotonic()
    worker_program.send_signal(number)
    worker_program.wait(START_SECONDS)
    return time.monotonic() - began


def test_several_workers_run_each_job_once(notes: Path) -> None:
    for number in range(30):
        jobs.enqueue(sample.write, str(notes), text=str(number))
    with working(workers=2, concurrency=2):
        wait_until(lambda: len(lines(notes)) >= 30)
    assert sorted(lines(notes), key=int) == [str(number) for number in range(30)]


def test_a_code_does_not_wait_behind_a_long_job(notes: Path) -> None:
    jobs.enqueue(sample.sleep, str(notes), 2)
    with working():
        wait_until(lambda: lines(notes) == ["begun"])
        jobs.enqueue(sample.write_at_once, str(notes))
        wait_until(lambda: lines(notes) == ["begun", "express"], seconds=1.5)


def test_a_job_longer_than_its_lease_is_not_run_twice(notes: Path) -> None:
    jobs.enqueue(sample.sleep, str(notes), 2 * LEASE)
    with working(workers=2):
        wait_until(lambda: "ended" in lines(notes))
    assert lines(notes) == ["begun", "ended"]


def test_a_killed_workers_job_is_done_by_another(notes: Path) -> None:
    jobs.enqueue(sample.slow_once, str(notes))
    with another_worker() as victim:
        wait_until(lambda: lines(notes) == ["begun"], START_SECONDS)
        end(victim, signal.SIGKILL)
    with working():
        wait_until(lambda: "ended" in lines(notes))
    assert lines(notes) == ["begun", "begun", "ended"]
    assert worker.drain() == 0
    assert jobs.dead_letters() == []


def test_a_job_that_kills_each_worker_is_given_up(notes: Path) -> None:
    jobs.enqueue(sample.kill_own_worker, str(notes))
    for times in (1, 2):
        with another_worker() as victim:
            assert victim.wait(START_SECONDS) == -signal.SIGKILL
        assert lines(notes) == ["begun"] * times
    with working():
        wait_until(jobs.dead_letters)
    assert lines(notes) == ["begun", "begun"]


def test_a_worker_told_to_stop_gives_back_what_it_cannot_end(notes: Path) -> None:
    jobs.enqueue(sample.slow_once, str(notes))
    with another_worker() as stopped:
        wait_until(lambda: lines(notes) == ["begun"], START_SECONDS)
        assert end(stopped, signal.SIGTERM) < 5
    all_due_now()
    assert worker.drain() == 1
    assert lines(notes) == ["begun", "begun", "ended"]


def test_an_idle_worker_stops_at_once(notes: Path) -> None:
    jobs.enqueue(sample.write, str(notes))
    with another_worker() as idle:
        wait_until(lambda: lines(notes) == ["done"], START_SECONDS)
        time.sleep(0.5)
        assert end(idle, signal.SIGTERM) < 1.5


class Failing:
    """A queue whose database is away for the first calls of each kind."""

    def __init__(self, queue: Any, times: int) -> None:
        self._queue = queue
        self._left = {"open": times, "claim": times, "settle": times, "beat": times}

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._queue, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            if self._left.get(name, 0) > 0:
                self._left[name] -= 1
                raise OperationalError("the server closed the connection unexpectedly")
            return real(*args, **kwargs)

        return call


def test_an_outage_is_waited_out_and_done_work_not_done_again(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = row_backend()
    real = backend.queue
    monkeypatch.setattr(backend, "queue", lambda seconds: Failing(real(seconds), 2))
    jobs.enqueue(sample.write, str(notes))
    with working():
        wait_until(lambda: lines(notes))
        jobs.enqueue(sample.write, str(notes))
        wait_until(lambda: len(lines(notes)) == 2)
    monkeypatch.undo()
    all_due_now()
    assert worker.drain() == 0
    assert lines(notes) == ["done", "done"]


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_cut_connections_are_made_again(notes: Path) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s"
    jobs.enqueue(sample.write, str(notes), text="before")
    with working():
        wait_until(lambda: lines(notes) == ["before"])
        with connection.cursor() as cursor:
            cursor.execute(cut, [connection.settings_dict["NAME"]])
        jobs.enqueue(sample.write, str(notes), text="after")
        wait_until(lambda: lines(notes) == ["before", "after"])


PROGRAM = """
import signal, sys, threading
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from paraphe.floor.jobs import api, worker
from tests.floor.jobs import sample
api.enqueue(sample.sleep, sys.argv[1], 60)
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
worker.run(stop)
"""


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a program with a database of its own")
def test_a_whole_program_ends_within_five_seconds_though_a_job_still_runs(notes: Path) -> None:
    whole = program(PROGRAM, str(notes))
    wait_until(lambda: lines(notes) == ["begun"], START_SECONDS)
    began = time.monotonic()
    whole.terminate()
    _, said = whole.communicate(timeout=10)
    assert (whole.returncode, said) == (0, b"")
    assert time.monotonic() - began < 5
