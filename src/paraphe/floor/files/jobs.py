"""Background work of the store of files."""

from paraphe.floor.files import api
from paraphe.floor.jobs import api as jobs


@jobs.every("50 3 * * *")
def sweep_orphans() -> None:
    """Remove bytes that no row knows."""
    api.sweep()
