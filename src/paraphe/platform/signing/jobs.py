"""Background work of the signing room."""

from contextlib import suppress
from uuid import UUID

from paraphe.floor.jobs import api as jobs
from paraphe.platform.signing import finishing, watching
from paraphe.platform.signing.errors import TrustUnavailable
from paraphe.platform.signing.invited import follow_identities, forget_invited


@jobs.job()
def finish_request(request_id: str) -> None:
    """Finish the documents of an authorised request."""
    finishing.complete(UUID(request_id))


@jobs.every("* * * * *")
@jobs.job()
def sweep_signing_requests() -> None:
    """Go on with requests that stopped in the middle; end those that were abandoned."""
    finishing.sweep()


@jobs.every("* * * * *")
@jobs.job()
def follow_requests_for_certificates() -> None:
    """Read how far the certificates of invited people are; who is away is asked again in a minute."""
    with suppress(TrustUnavailable):
        follow_identities()


@jobs.every("* * * * *")
@jobs.job(attempts=1)
def look_at_providers() -> None:
    """Ask trust service providers what they cannot do at this moment."""
    watching.look()


@jobs.every("40 3 * * *")
@jobs.job()
def forget_invited_holders() -> None:
    """Forget invited people whose certificate ended, and requests for one of which nothing came."""
    forget_invited()
