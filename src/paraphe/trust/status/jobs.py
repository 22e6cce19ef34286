"""Background work of status."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.status import lists


@jobs.every("10 1 * * *")
def renew_lists() -> None:
    """Make the revocation lists anew that are a day old or behind the register; without a signer, try again."""
    lists.renew_crls()
