"""Background work of the verification room."""

import logging
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from paraphe.floor.jobs import api as jobs
from paraphe.trustlists.api import Store, known_signers
from paraphe.wire.guard import Guard

SECONDS_A_LIST = 60.0
MAX_LIST_BYTES = 60_000_000
log = logging.getLogger(__name__)


@jobs.every("40 2 * * *")
@jobs.job()
def update_trusted_lists() -> None:
    """Bring the European trusted lists up to date, where the operator wants them; what is wrong stays as it was."""
    if not settings.TRUSTED_LISTS:
        return
    guard = Guard(total_seconds=SECONDS_A_LIST, max_bytes=MAX_LIST_BYTES)
    found = Store(Path(settings.TRUSTED_LISTS)).update(guard.get, known_signers(), timezone.now())
    for territory, code in found.failed:
        log.warning("trusted list of %s: %s", territory, code)
