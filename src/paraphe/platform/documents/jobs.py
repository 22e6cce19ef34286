"""Background work of the documents room."""

from paraphe.floor.jobs import api as jobs
from paraphe.platform.documents import actions, signature


@jobs.every("* * * * *")
@jobs.job()
def settle_signed_documents() -> None:
    """Take signed results that no browser came back for."""
    signature.settle_recent()


@jobs.every("40 * * * *")
@jobs.job()
def settle_stale_reservations() -> None:
    """Give back credit that was reserved for signatures nobody finished."""
    signature.settle_stale()


@jobs.every("15 3 * * *")
@jobs.job()
def delete_due_documents() -> None:
    """Delete documents on their day."""
    while actions.delete_due():
        continue
