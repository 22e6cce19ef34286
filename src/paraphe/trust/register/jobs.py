"""Background work of the register."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.register import api


@jobs.every("30 4 1 * *")
def forget_expired() -> None:
    """Delete what nobody may ask for any more."""
    api.forget_expired()


@jobs.every("40 4 * * *")
def forget_answers() -> None:
    """Delete OCSP answers that nobody can be given any more."""
    api.forget_answers()
