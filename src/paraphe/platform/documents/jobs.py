"""Background work of the documents room."""

from paraphe.floor.jobs import api as jobs
from paraphe.platform.documents import deadlines, keeping, signature, uploads


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
    deadlines.delete_due()


@jobs.every("20 7 * * *")
@jobs.job()
def warn_of_deletion() -> None:
    """Write to those whose documents go within a week."""
    keeping.warn_due()


@jobs.every("25 * * * *")
@jobs.job()
def sweep_uploads() -> None:
    """Go on with uploads that were complete, forget those that nobody goes on with."""
    uploads.sweep()
