"""Background work of messaging."""

from uuid import UUID

from paraphe.floor.jobs import api as jobs
from paraphe.floor.messaging import delivery


@jobs.job(attempts=delivery.MAX_ATTEMPTS + 4, wait=30.0, longest_wait=3600.0)
def deliver(message_id: str) -> None:
    """Send one message; again later when the carrier is not to be reached."""
    delivery.deliver(UUID(message_id))


@jobs.job(attempts=60, wait=1.0, longest_wait=8.0, express=True)
def deliver_urgent(message_id: str) -> None:
    """Send one message at once, and at most once; while the carrier is away, as soon as it is back."""
    delivery.deliver(UUID(message_id))


@jobs.every("*/10 * * * *")
def tidy_outbox() -> None:
    """Give up what was left behind and forget what is old."""
    delivery.tidy()
