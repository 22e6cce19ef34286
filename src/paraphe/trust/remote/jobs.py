"""Background work of remote signing."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.remote import api


@jobs.every("41 * * * *")
def destroy_old_authorisations() -> None:
    """Destroy titles, digests and signatures that nobody will ask for again."""
    api.destroy_old()


@jobs.every("*/10 * * * *")
def destroy_spent_keys() -> None:
    """Destroy keys of one occasion that are not needed any more; without a signer, try again."""
    api.destroy_spent_keys()


@jobs.every("25 3 * * *")
def renew_evidence_seals() -> None:
    """Make the successors of seals for evidence that end soon."""
    api.renew_evidence_seals()


@jobs.every("10 7 * * *")
def remind_holders() -> None:
    """Tell holders whose certificates end in 90, 30 or 7 days."""
    api.remind()
