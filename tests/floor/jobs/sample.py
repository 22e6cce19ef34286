"""Jobs for the tests of the queue. They write what happened into a file, so that a killed worker's deeds are seen."""

import os
import signal
import time
from pathlib import Path

from paraphe.floor.jobs import api as jobs


def note(path: str, text: str) -> None:
    with Path(path).open("a") as file:
        file.write(text + "\n")


@jobs.job()
def write(path: str, text: str = "done") -> None:
    note(path, text)


@jobs.job(attempts=3, wait=60)
def fail(path: str) -> None:
    note(path, "tried")
    raise ValueError("Alice Martin, 06 12 34 56 78")


@jobs.job()
def give_up(path: str) -> None:
    note(path, "tried")
    raise jobs.GiveUp(reason="the number does not exist")


@jobs.job(express=True)
def write_at_once(path: str, text: str = "express") -> None:
    note(path, text)


@jobs.job()
def sleep(path: str, seconds: float) -> None:
    note(path, "begun")
    time.sleep(seconds)
    note(path, "ended")


@jobs.job(attempts=2, wait=0)
def kill_own_worker(path: str) -> None:
    note(path, "begun")
    os.kill(os.getpid(), signal.SIGKILL)


@jobs.job()
def slow_once(path: str) -> None:
    """Takes for ever the first time, and no time after that."""
    first = not Path(path).exists()
    note(path, "begun")
    if first:
        time.sleep(60)
    note(path, "ended")


@jobs.every("* * * * *")
def each_minute() -> None:
    """Only its being enqueued is looked at."""
