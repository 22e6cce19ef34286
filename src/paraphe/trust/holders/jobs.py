"""Background work of holders."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.holders import api


@jobs.every("40 3 * * *")
def destroy_old_proofs() -> None:
    """Destroy what factors proved 40 days ago; the journal keeps the lines."""
    api.destroy_old()
