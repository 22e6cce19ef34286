"""Background work of the authorities."""

import logging
from datetime import timedelta

from paraphe.floor.jobs import api as jobs
from paraphe.trust.ca import api

WARN_BEFORE = timedelta(days=60)
logger = logging.getLogger(__name__)


@jobs.every("20 2 * * *")
def renew_services() -> None:
    """Renew the certificates of our services in time; a job that meets no signer is tried again."""
    api.renew_services()


@jobs.every("25 2 * * *")
def watch_root_crl() -> None:
    """Say aloud that the root's folder must be brought for the yearly ceremony: nobody else can renew this list."""
    if api.root_crl_ends_within(WARN_BEFORE):
        logger.warning("The root's revocation list ends soon: run 'paraphe manage trust renew_root_crl'.")
