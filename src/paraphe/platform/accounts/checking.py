"""The daily check: whoever is no longer what he was loses his rights without signing in again."""

import logging
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from paraphe.platform.accounts.actions import confirm
from paraphe.platform.accounts.directory import Directory
from paraphe.platform.accounts.errors import ClaimsIncomplete, ClaimsUnreadable, DirectoryUnreadable
from paraphe.platform.accounts.models import Person

logger = logging.getLogger(__name__)

#: Whoever was confirmed later than this is not asked about again today.
FRESH: Final = timedelta(hours=20)
#: How many are asked about by one job; the next one goes on.
AT_ONCE: Final = 200


def check_people(*, after: int = 0) -> int:
    """Ask the directory about the next people that have rights; return the number of the last, 0 when all are done.

    Somebody whose entry cannot be read keeps what he has until the next day, and his mandates until
    ``PARAPHE_MEMBERSHIP_DAYS``. Raises ProviderUnreachable, DirectoryUnreadable when the directory does not answer.
    """
    if not settings.OIDC_DIRECTORY:
        return 0
    due = Person.objects.filter(
        pk__gt=after, iss=settings.OIDC_ISSUER, confirmed_at__lt=timezone.now() - FRESH, memberships__ended_at=None
    )
    due = due.filter(memberships__isnull=False).distinct().order_by("pk")
    people = list(due[:AT_ONCE])
    if not people:
        return 0
    with Directory() as directory:
        for person in people:
            _check(directory, person)
    return people[-1].pk


def _check(directory: Directory, person: Person) -> None:
    try:
        confirm(person, directory.claims_of(person.iss, person.sub))
    except (ClaimsIncomplete, ClaimsUnreadable) as error:
        logger.warning("the directory's entry of person %s cannot be read: %s", person.pk, error)
    except DirectoryUnreadable as error:
        if error.params.get("reason") not in ("another_user", "no_name_or_extension"):
            raise
        logger.warning("the directory's entry of person %s cannot be read: %s", person.pk, error)
