"""Background work of the credit room."""

from paraphe.floor.jobs import api as jobs
from paraphe.platform.credit import warning


@jobs.every("*/10 * * * *")
@jobs.job()
def warn_of_low_credit() -> None:
    """Write to firms whose credit fell under the warning."""
    warning.warn_low()
