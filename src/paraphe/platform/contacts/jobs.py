"""Background work of the contacts room."""

from paraphe.floor.jobs import api as jobs
from paraphe.platform.contacts import importing


@jobs.every("25 * * * *")
@jobs.job()
def forget_old_imports() -> None:
    """Forget imports that nobody confirmed."""
    while importing.forget_old():
        continue
