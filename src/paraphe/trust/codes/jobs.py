"""Background work of the codes."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.codes import api


@jobs.every("11 * * * *")
def destroy_old_challenges() -> None:
    """Erase numbers that are not needed any more, and challenges whose day has come."""
    api.destroy_old()
