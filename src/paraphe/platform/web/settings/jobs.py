"""Background work of one's own account."""

import uuid

from paraphe.floor.jobs import api as jobs
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.web.settings.gathering import everything_about


@jobs.job(attempts=3)
def make_person_export(export_id: str) -> None:
    """Pack everything held about a person."""
    try:
        accounts.make_export(uuid.UUID(export_id), everything_about)
    except NotFound as error:
        raise jobs.GiveUp(reason=error.code) from None
