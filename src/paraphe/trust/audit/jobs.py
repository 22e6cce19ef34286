"""Background work of the audit: each night, aloud when something is wrong."""

import logging

from paraphe.floor.jobs import api as jobs
from paraphe.trust.audit import api

logger = logging.getLogger(__name__)


@jobs.every("50 3 * * *")
def verify_journal() -> None:
    """Verify the whole journal with its anchors, and say aloud when it was changed."""
    report = api.verify_journal()
    if not report.ok:
        logger.critical("The journal of the trust services was changed: entry %d, %s.", report.broken, report.reason)
    if report.unanchored is not None:
        logger.error("The journal was not timestamped for days, from entry %d on.", report.unanchored)


@jobs.every("58 23 * * *")
def anchor_journal() -> None:
    """Timestamp the head of the journal; without a signer, try again."""
    api.anchor_journal()


@jobs.every("30 4 * * *")
def check_certificates() -> None:
    """Compare everything that was issued with the journal."""
    report = api.check_certificates()
    if not report.ok:
        logger.critical("%d findings in %d certificates.", report.wrong, report.checked)
    for serial, why in report.findings[:20]:
        logger.critical("Certificate %s does not agree with the journal: %s.", serial, why)
