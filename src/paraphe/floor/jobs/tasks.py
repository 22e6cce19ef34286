"""A task of django-tasks that says how often it is repeated."""

from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from django_tasks.base import Task

P = ParamSpec("P")
T = TypeVar("T")

ORDINARY = "default"
EXPRESS = "express"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(Task[P, T]):
    """A function that runs in the background.

    ``attempts`` is how often it is tried in all; ``wait`` the seconds before the second try, doubled before each
    further one up to ``longest_wait``.
    """

    attempts: int = 5
    wait: float = 10.0
    longest_wait: float = 3600.0
