"""Background work of the signing room."""

from uuid import UUID

from paraphe.floor.jobs import api as jobs
from paraphe.platform.signing import finishing


@jobs.job()
def finish_request(request_id: str) -> None:
    """Finish the documents of an authorised request."""
    finishing.complete(UUID(request_id))


@jobs.every("* * * * *")
@jobs.job()
def sweep_signing_requests() -> None:
    """Go on with requests that stopped in the middle; end those that were abandoned."""
    finishing.sweep()
