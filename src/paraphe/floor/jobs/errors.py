"""Errors of background work."""

from paraphe.kernel.errors import DomainError, NotFound


class GiveUp(DomainError):
    """A handler raises it when repeating cannot help: the job is dead at once. ``reason`` says why, without secrets."""

    code = "job_given_up"


class BadPeriod(DomainError):
    """The period is not five fields of cron: a fault of the program, found at start."""

    code = "bad_period"


class LetterUnknown(NotFound):
    """There is no such dead letter, or it was revived already."""
