"""Long work that verbs ask for: freezing and completing, as jobs."""

import uuid

from paraphe.floor.jobs import api as jobs
from paraphe.platform.envelopes import completion, freezing


@jobs.job(attempts=3)
def freeze_documents(envelope_id: str) -> None:
    """Place every field, then let the collection run."""
    freezing.freeze(uuid.UUID(envelope_id))


@jobs.job(attempts=3)
def complete_envelope(envelope_id: str) -> None:
    """Archive what everybody signed, then end the collection."""
    completion.complete(uuid.UUID(envelope_id))
