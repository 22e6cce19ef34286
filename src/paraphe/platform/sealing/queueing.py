"""The jobs of this room as the verbs ask for them: the jobs call the verbs, so only this module looks at them late."""

import uuid
from datetime import timedelta
from typing import Literal

from paraphe.floor.jobs import api as jobs

Work = Literal[
    "inspect_items", "unpack_parcel", "plan_release", "seal_part", "close_batch", "empty_batch", "send_deliveries"
]

#: How many chunks of one batch can be worked on at once: more than workers, so that none waits for another.
TOKENS = 4


def enqueue(work: Work, number: uuid.UUID, after: timedelta | None = None) -> None:
    """Write a job in the caller's transaction."""
    from paraphe.platform.sealing import jobs as works

    jobs.enqueue(getattr(works, work), str(number), after=after)


def begin_sealing(batch_id: uuid.UUID) -> None:
    """Have a batch sealed, by as many workers as there are."""
    for _token in range(TOKENS):
        enqueue("seal_part", batch_id)
