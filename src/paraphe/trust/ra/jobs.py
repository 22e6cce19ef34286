"""Background work of the registration authority."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.ra import api
from paraphe.trust.ra.reading import read_document

__all__ = ["destroy_due_images", "give_unread_to_officers", "read_document"]


@jobs.every("17 3 * * *")
def destroy_due_images() -> None:
    """Destroy photographs of identity documents whose day has come."""
    api.destroy_due_images()


@jobs.every("*/2 * * * *")
def give_unread_to_officers() -> None:
    """Hand to the officers what nobody has read in time."""
    api.give_to_officers()
