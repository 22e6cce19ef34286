"""Wrong secrets are counted per address, and per client program from an address; who had too many has to wait.

Never per client alone: a stranger who guesses must not shut the program out that knows its secret. The counts are rows,
so that all processes and machines see the same.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from paraphe.floor.secrets import keyed_hash
from paraphe.trust.clients.errors import TooManyAttempts
from paraphe.trust.clients.models import FailedAttempts

WINDOW = timedelta(minutes=15)
PER_CLIENT_AND_ADDRESS = 10
PER_ADDRESS = 50
_PURPOSE = "clients.attempts"


def check(client_id: str, address: str) -> None:
    """Let through who did not fail too often of late. Raises TooManyAttempts with the seconds to wait."""
    limits, now = _limits(client_id, address), timezone.now()
    for row in FailedAttempts.objects.filter(key__in=limits, since__gt=now - WINDOW):
        if row.count >= limits[row.key]:
            raise TooManyAttempts(seconds=int((row.since + WINDOW - now).total_seconds()) + 1)


def count(client_id: str, address: str) -> bool:
    """Count one failure; return whether it is the one after which this caller has to wait."""
    now, reached = timezone.now(), False
    for key, limit in sorted(_limits(client_id, address).items()):
        with transaction.atomic():
            row, made = FailedAttempts.objects.select_for_update().get_or_create(key=key, defaults={"since": now})
            if not made and row.since <= now - WINDOW:
                FailedAttempts.objects.filter(key=key).update(count=1, since=now)
            elif not made:
                FailedAttempts.objects.filter(key=key).update(count=F("count") + 1)
                reached = reached or row.count + 1 == limit
    return reached


def destroy_old() -> int:
    """Destroy the counts that are not looked at any more, and return how many there were."""
    number, _each = FailedAttempts.objects.filter(since__lte=timezone.now() - WINDOW).delete()
    return number


def _limits(client_id: str, address: str) -> dict[str, int]:
    return {
        keyed_hash(f"{address}\n{client_id}", _PURPOSE): PER_CLIENT_AND_ADDRESS,
        keyed_hash(address, _PURPOSE): PER_ADDRESS,
    }
