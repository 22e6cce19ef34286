"""Background work of the firms room."""

from paraphe.floor.jobs import api as jobs
from paraphe.platform.firms import exports


@jobs.every("35 3 * * *")
@jobs.job()
def remove_old_exports() -> None:
    """Destroy exports on their day."""
    while exports.remove_old_exports():
        continue
