"""Background work of sealing."""

from datetime import timedelta
from uuid import UUID

from paraphe.floor.jobs import api as jobs
from paraphe.platform.sealing import batches, closing, delivering, engine, intake, parcels, releasing, seals, standing
from paraphe.platform.sealing.queueing import enqueue


@jobs.job()
def inspect_items(batch_id: str) -> None:
    """Look at the files that were added to a draft."""
    intake.inspect(UUID(batch_id))


@jobs.job()
def unpack_parcel(parcel_id: str) -> None:
    """Unpack a ZIP, or split a PDF."""
    parcels.unpack(UUID(parcel_id))


@jobs.job()
def plan_release(release_id: str) -> None:
    """Give the items of a released batch to chunks, and begin."""
    releasing.plan(UUID(release_id))


@jobs.job()
def seal_part(batch_id: str) -> None:
    """Seal one chunk, then ask for the next turn: other work comes in between."""
    pause = engine.work(UUID(batch_id))
    if pause is not None:
        enqueue("seal_part", UUID(batch_id), after=pause if pause > timedelta(0) else None)


@jobs.job()
def close_batch(batch_id: str) -> None:
    """Make the manifest of a batch, have it sealed, end the batch."""
    closing.close(UUID(batch_id))


@jobs.job()
def empty_batch(batch_id: str) -> None:
    """Destroy the files of a batch."""
    batches.empty(UUID(batch_id))


@jobs.job()
def send_deliveries(batch_id: str) -> None:
    """Write the e-mails of a delivery, some at a time."""
    if delivering.send_waiting(UUID(batch_id)):
        enqueue("send_deliveries", UUID(batch_id))


@jobs.every("* * * * *")
@jobs.job()
def sweep_sealing() -> None:
    """Go on with what stopped, and read what no browser came back for."""
    seals.sweep()
    releasing.sweep()
    closing.sweep()


@jobs.every("*/10 * * * *")
@jobs.job()
def sweep_standing_mandates() -> None:
    """Read how far standing mandates are, and end what is over."""
    standing.sweep()
    releasing.settle_stale()


@jobs.every("25 3 * * *")
@jobs.job()
def delete_due_batches() -> None:
    """Destroy the files of batches on their day, and warn before."""
    while closing.delete_due() == 100:
        continue
