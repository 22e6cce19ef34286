"""Background work of the journal."""

import logging

from paraphe.floor.jobs import api as jobs
from paraphe.trust.journal import api

logger = logging.getLogger(__name__)


@jobs.every("50 3 * * *")
def verify_chain() -> None:
    """Verify the whole journal, and say aloud when it was changed."""
    broken = api.verify()
    if broken is not None:
        logger.critical("The journal of the trust services was changed: entry %d is not what was written.", broken)
