"""Background work of the time-stamping unit."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.tsa import clock


@jobs.every("* * * * *")
def watch_clock() -> None:
    """Look at the clock every minute: what happens to it while nobody asks stands in the journal too."""
    clock.watch()
