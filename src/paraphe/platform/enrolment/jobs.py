"""Background work of the registration."""

from paraphe.floor.jobs import api as jobs
from paraphe.platform.enrolment import sweeping


@jobs.every("* * * * *")
@jobs.job()
def sweep_enrolments() -> None:
    """Go on with registrations whose browser did not come back."""
    sweeping.sweep()
