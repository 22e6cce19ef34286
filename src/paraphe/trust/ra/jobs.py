"""Background work of the registration authority."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.ra import api


@jobs.every("17 3 * * *")
def destroy_due_images() -> None:
    """Destroy photographs of identity documents whose day has come."""
    api.destroy_due_images()
