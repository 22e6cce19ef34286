"""Background work of the register."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.register import api


@jobs.every("30 4 1 * *")
def forget_expired() -> None:
    """Delete what nobody may ask for any more."""
    api.forget_expired()
