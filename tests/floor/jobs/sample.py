"""Jobs for the tests of the queue. They write what happened into a file, so that a killed worker's deeds are seen."""

import os
import signal
import time
from pathlib import Path

from paraphe.floor.jobs import api as jobs


def note(path, text):
    with Path(path).open("a") as file:
        file.write(text + "\n")


@jobs.job()
def write(path, text="done"):
    note(path, text)


@jobs.job(attempts=3, wait=60)
def fail(path):
    note(path, "tried")
    raise ValueError("Alice Martin, 06 12 34 56 78")


@jobs.job()
def give_up(path):
    note(path, "tried")
    raise jobs.GiveUp(reason="the number does not exist")


@jobs.job(express=True)
def write_at_once(path, text="express"):
    note(path, text)


@jobs.job()
def sleep(path, seconds):
    note(path, "begun")
    time.sleep(seconds)
    note(path, "ended")


@jobs.job(attempts=2, wait=0)
def kill_own_worker(path):
    note(path, "begun")
    os.kill(os.getpid(), signal.SIGKILL)


@jobs.job()
def slow_once(path):
    """Takes for ever the first time, and no time after that."""
    first = not Path(path).exists()
    note(path, "begun")
    if first:
        time.sleep(60)
    note(path, "ended")


@jobs.every("* * * * *")
def each_minute():
    """Only its being enqueued is looked at."""
