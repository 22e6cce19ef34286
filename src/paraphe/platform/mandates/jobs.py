"""Background work of mandates."""

from paraphe.floor.jobs import api as jobs
from paraphe.platform.mandates import actions


@jobs.every("* * * * *")
@jobs.job()
def settle_signed_mandates() -> None:
    """Put signed mandates in force that no browser came back for; drop old drafts."""
    actions.settle_recent()
