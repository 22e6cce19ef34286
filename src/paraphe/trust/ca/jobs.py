"""Background work of the authorities."""

from paraphe.floor.jobs import api as jobs
from paraphe.trust.ca import api


@jobs.every("20 2 * * *")
def renew_services() -> None:
    """Renew the certificates of our services in time; a job that meets no signer is tried again."""
    api.renew_services()
