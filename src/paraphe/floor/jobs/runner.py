"""Runs one claimed job and judges how it ended."""

import logging
import time
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string

from paraphe.floor.jobs.errors import GiveUp
from paraphe.floor.jobs.queue import Again, Claimed, Dead, Done, Outcome
from paraphe.floor.jobs.rules import describe, pause_before
from paraphe.floor.jobs.tasks import JobTask

logger = logging.getLogger("paraphe.jobs")

__all__ = ["describe", "execute"]


def execute(claimed: Claimed) -> Outcome:
    """Run the job and return what is to be written down. Never raises but for an interrupt from the keyboard."""
    started = time.monotonic()
    wait, longest = 60.0, 3600.0
    try:
        task: JobTask[..., Any] = import_string(claimed.path)
        wait, longest = task.wait, task.longest_wait
        task.call(*claimed.args, **claimed.kwargs)
    except GiveUp as error:
        logger.error("job %s %s given up: %s", claimed.path, claimed.id, error)
        return Dead(str(error)[:1000])
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, it is this job's failure
        return _failed(claimed, error, wait, longest)
    logger.info("job %s %s done in %.2f s", claimed.path, claimed.id, time.monotonic() - started)
    return Done()


def _failed(claimed: Claimed, error: BaseException, wait: float, longest: float) -> Outcome:
    account = describe(error)
    if claimed.attempt >= claimed.max_attempts:
        logger.error("job %s %s is dead after %d attempts: %s", claimed.path, claimed.id, claimed.attempt, account)
        return Dead(account)
    pause = pause_before(claimed.attempt, wait, longest)
    logger.warning("job %s %s failed, again in %.0f s: %s", claimed.path, claimed.id, pause, account)
    return Again(timezone.now() + timedelta(seconds=pause), account)
