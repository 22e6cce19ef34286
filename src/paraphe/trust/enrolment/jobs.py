"""Background work of enrolments."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.enrolment import api


@jobs.every("* * * * *")
def sweep_enrolments() -> None:
    """Go on with what stopped in between."""
    api.sweep()
