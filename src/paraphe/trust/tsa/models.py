"""What a time-stamping unit must remember: how late it has been, and how its clocks stood to each other."""

from datetime import UTC, datetime

from django.db import models


class HighWater(models.Model):
    """The latest time that was stamped, in microseconds since 1970; one row.

    Personal data: none.
    """

    #: A number, read thousands of times a second by every database alike.
    at_us = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="high_water_is_one_row")]

    def __str__(self) -> str:
        return self.at.isoformat()

    @property
    def at(self) -> datetime:
        """Return the latest time that was stamped."""
        return datetime.fromtimestamp(self.at_us / 1_000_000, UTC)


class MachineClock(models.Model):
    """The clock of one machine since it started: how far the time of day is ahead of the time since the start.

    Only a step of the clock changes that distance. ``reason`` tells why the clock is not sound, empty while it is.
    Personal data: none. Machines that were started again leave their row behind; it is deleted after thirty days.
    """

    boot = models.CharField(max_length=40, unique=True)
    ahead_us = models.BigIntegerField()
    reason = models.CharField(max_length=20, blank=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.boot} {self.reason}".strip()
