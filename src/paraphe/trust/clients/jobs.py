"""Background work of the clients."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.clients import api, attempts


@jobs.every("23 3 * * *")
def destroy_old_tokens() -> None:
    """Destroy the rows of tokens that expired."""
    api.destroy_old_tokens()


@jobs.every("28 3 * * *")
def destroy_old_attempts() -> None:
    """Destroy the counts of wrong secrets."""
    attempts.destroy_old()
