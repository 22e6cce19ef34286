"""Background work of the signing room."""

from paraphe.floor.jobs import api as jobs
from paraphe.platform.signing import actions


@jobs.every("* * * * *")
@jobs.job()
def sweep_signing_requests() -> None:
    """Go on with requests that stopped in the middle; end those that were abandoned."""
    actions.sweep()
