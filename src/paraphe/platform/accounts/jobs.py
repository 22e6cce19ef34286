"""Background work of accounts."""

from paraphe.floor.jobs import api as jobs
from paraphe.platform.accounts import checking, exports, sessions


@jobs.every("10 4 * * *")
@jobs.job()
def check_memberships() -> None:
    """Ask the provider's directory once a day about everybody who has rights."""
    jobs.enqueue(check_more, 0)


@jobs.job(attempts=8, wait=60)
def check_more(after: int) -> None:
    """Ask about the next people, and leave the others to the next job."""
    last = checking.check_people(after=after)
    if last:
        jobs.enqueue(check_more, last)


@jobs.every("40 3 * * *")
@jobs.job()
def remove_old_person_exports() -> None:
    """Destroy exports on their day, forget sessions that were over long ago."""
    while exports.remove_old_exports():
        continue
    sessions.forget_old_sessions()
