"""What the worker asks of a queue, whichever tables are behind it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils import timezone

from paraphe.floor.jobs.models import DeadLetter


@dataclass(frozen=True)
class Claimed:
    """A job that this worker alone may run now. ``attempt`` counts from 1; ``token`` proves the claim."""

    id: str
    path: str
    args: list[Any]
    kwargs: dict[str, Any]
    attempt: int
    max_attempts: int
    token: str


@dataclass(frozen=True)
class Done:
    """The job succeeded."""


@dataclass(frozen=True)
class Again:
    """The job is to be tried again, not before ``at``."""

    at: datetime
    error: str


@dataclass(frozen=True)
class Dead:
    """The job is given up."""

    error: str


Outcome = Done | Again | Dead


class Queue(Protocol):
    """One worker's view of the waiting jobs. Each method is a short transaction of its own."""

    def open(self) -> None:
        """Make this worker known."""
        ...

    def claim(self, *, express: bool) -> Claimed | None:
        """Take the next due job, of the express lane only or of any; None when there is none."""
        ...

    def settle(self, claimed: Claimed, outcome: Outcome) -> bool:
        """Write the outcome down; False when the claim was lost meanwhile, and nothing was written."""
        ...

    def beat(self, running: Collection[Claimed]) -> None:
        """Say that this worker is alive and still runs these jobs; take back the jobs of workers that are not."""
        ...

    def close(self) -> None:
        """Forget this worker."""
        ...


def bury(claimed: Claimed, error: str) -> None:
    """Write a dead letter, in the caller's transaction."""
    DeadLetter.objects.create(
        job_id=claimed.id,
        path=claimed.path,
        args=claimed.args,
        kwargs=claimed.kwargs,
        attempts=claimed.attempt,
        error=error,
        died_at=timezone.now(),
    )
