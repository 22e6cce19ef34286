"""Background work of seals."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.seals import api


@jobs.every("* * * * *")
def sweep_seals() -> None:
    """Go on with what stopped in between."""
    api.sweep()
