"""The worker: lanes that claim and run jobs, a tender that keeps claims alive and the clock of periodic jobs.

The same on both queues. Threads are daemons: when the process is told to stop, a job that does not end within the grace
is given back and left behind with the process; when the process is killed, its claims lapse and another takes over.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import close_old_connections, connections
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from paraphe.floor.jobs import periods, runner
from paraphe.floor.jobs.backend import row_backend
from paraphe.floor.jobs.queue import Again, Claimed, Outcome, Queue

logger = logging.getLogger("paraphe.jobs")

LEASE_SECONDS = 30.0
POLL_SECONDS = 0.25
CLOCK_SECONDS = 5.0
GRACE_SECONDS = 3.0
LONGEST_OUTAGE_PAUSE = 5.0


def run(stop: threading.Event, *, concurrency: int = 1, lease_seconds: float = LEASE_SECONDS) -> None:
    """Work until ``stop`` is set, then return within five seconds, whatever jobs are running.

    ``concurrency`` lanes take any job; one more takes express jobs only. Outages of the database are waited out.
    """
    # Only the worker needs them all; a web server imports those that it enqueues.
    autodiscover_modules("jobs")
    worker = _Worker(stop, row_backend().queue(lease_seconds), lease_seconds)
    worker.run(concurrency)


def drain(limit: int = 1000) -> int:
    """Run due jobs one after another, here, until none is left, and return how many ran. For tests and first start."""
    queue: Queue = row_backend().queue(LEASE_SECONDS)
    queue.open()
    count = 0
    try:
        while count < limit and (claimed := queue.claim(express=False)):
            queue.settle(claimed, runner.execute(claimed))
            count += 1
    finally:
        queue.close()
    return count


class _Worker:
    def __init__(self, stop: threading.Event, queue: Queue, lease_seconds: float) -> None:
        self._stop = stop
        self._queue = queue
        self._lease_seconds = lease_seconds
        self._running: dict[str, Claimed] = {}
        self._lock = threading.Lock()

    def run(self, concurrency: int) -> None:
        self._persist("registering this worker", self._queue.open)
        ended = threading.Event()
        lanes = [self._thread(f"lane-{number + 1}", self._lane, False) for number in range(concurrency)]
        lanes.append(self._thread("lane-express", self._lane, True))
        self._thread("tender", self._repeat, ended, self._lease_seconds / 3, self._beat)
        self._thread("clock", self._repeat, self._stop, CLOCK_SECONDS, periods.tick)
        self._stop.wait()
        deadline = time.monotonic() + GRACE_SECONDS
        for lane in lanes:
            lane.join(max(0.0, deadline - time.monotonic()))
        ended.set()
        self._leave()

    def _leave(self) -> None:
        """Give back what still runs, for others to start after this process is gone, and say goodbye."""
        with self._lock:
            left = list(self._running.values())
        try:
            for claimed in left:
                self._queue.settle(claimed, Again(timezone.now() + timedelta(seconds=5), "worker stopped"))
            self._queue.close()
        except Exception as error:  # noqa: BLE001 - claims lapse by themselves, see LEASE_SECONDS
            logger.warning("could not say goodbye to the queue: %s", runner.describe(error))
        finally:
            connections.close_all()

    def _thread(self, name: str, work: Callable[..., None], *args: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=args, name=name, daemon=True)
        thread.start()
        return thread

    def _lane(self, express: bool) -> None:
        outage = 0.0
        while not self._stop.is_set():
            try:
                close_old_connections()
                claimed = self._queue.claim(express=express)
                outage = 0.0
            except Exception as error:  # noqa: BLE001 - a lane outlives every outage
                outage = self._wait_out("claiming a job", error, outage)
                continue
            if claimed is None:
                self._stop.wait(POLL_SECONDS)
                continue
            self._work(claimed)
        connections.close_all()

    def _work(self, claimed: Claimed) -> None:
        with self._lock:
            self._running[claimed.id] = claimed
        try:
            outcome = runner.execute(claimed)
            self._settle(claimed, outcome)
        finally:
            with self._lock:
                self._running.pop(claimed.id, None)

    def _settle(self, claimed: Claimed, outcome: Outcome) -> None:
        def settle() -> None:
            if not self._queue.settle(claimed, outcome):
                logger.warning("job %s %s: the claim was lost, its outcome is dropped", claimed.path, claimed.id)

        self._persist(f"writing the outcome of {claimed.path}", settle)

    def _persist(self, what: str, act: Callable[[], None]) -> None:
        """Do ``act``, again and again through an outage of the database, until it is done or the worker stops."""
        outage = 0.0
        while True:
            try:
                return act()
            except Exception as error:  # noqa: BLE001 - an outage must not turn done work into work to be done
                outage = self._wait_out(what, error, outage)
                if self._stop.is_set():
                    return None

    def _wait_out(self, what: str, error: Exception, outage: float) -> float:
        """Drop the connection, pause, and return the length of the next pause."""
        if not outage:
            logger.error("%s failed, trying again: %s", what, runner.describe(error))
        connections.close_all()
        self._stop.wait(outage or POLL_SECONDS)
        return min(max(POLL_SECONDS, outage * 2), LONGEST_OUTAGE_PAUSE)

    def _repeat(self, until: threading.Event, seconds: float, act: Callable[[], object]) -> None:
        while True:
            try:
                close_old_connections()
                act()
            except Exception as error:  # noqa: BLE001 - the next round comes
                logger.error("%s failed: %s", act.__qualname__, runner.describe(error))
                connections.close_all()
            if until.wait(seconds):
                break
        connections.close_all()

    def _beat(self) -> None:
        with self._lock:
            running = list(self._running.values())
        self._queue.beat(running)
