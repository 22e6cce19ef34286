"""Background work of proofs."""

import uuid

from paraphe.floor.jobs import api as jobs
from paraphe.platform.proof import anchoring, sealing


@jobs.job(attempts=12, wait=20.0, longest_wait=1800.0)
def seal(proof_id: str) -> None:
    """Seal one proof; again later when the trust site or its clock do not answer."""
    sealing.advance(uuid.UUID(proof_id))


@jobs.every("7 * * * *", attempts=6)
def anchor_heads() -> None:
    """Timestamp the heads of firms in which something happened since the last time."""
    anchoring.anchor_heads()


@jobs.every("*/15 * * * *")
def take_up_proofs() -> None:
    """Go on with proofs that nobody is at: their job was given up, or killed."""
    for number in sealing.left_alone():
        jobs.enqueue(seal, str(number))
