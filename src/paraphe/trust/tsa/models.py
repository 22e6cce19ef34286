"""The one thing that a time-stamping unit must remember: how late it has been."""

from django.db import models


class HighWater(models.Model):
    """The latest time that was stamped, to the second; one row.

    Personal data: none.
    """

    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="high_water_is_one_row")]

    def __str__(self) -> str:
        return self.at.isoformat()
