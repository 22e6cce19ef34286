"""Long work that verbs ask for: freezing and completing, as jobs."""

import uuid

from paraphe.floor.jobs import api as jobs
from paraphe.kernel.errors import DomainError
from paraphe.platform.envelopes import completion, freezing

#: What a collection waits for that stopped for a reason that nobody foresaw.
UNEXPECTED = "unexpected"


def go_on(envelope_id: uuid.UUID) -> None:
    """Go on with a launch or a completion that stopped; what it waits for is written on the collection.

    What nobody expected is too, before it is raised: the collections behind it have their turn all the same.
    """
    try:
        freezing.freeze(envelope_id)
        completion.complete(envelope_id)
    except DomainError as error:
        completion.stuck(envelope_id, error.code)
    except Exception:
        completion.stuck(envelope_id, UNEXPECTED)
        raise


@jobs.job(attempts=3)
def freeze_documents(envelope_id: str) -> None:
    """Place every field, then let the collection run."""
    freezing.freeze(uuid.UUID(envelope_id))


@jobs.job(attempts=3)
def complete_envelope(envelope_id: str) -> None:
    """Archive what everybody signed, then end the collection."""
    completion.complete(uuid.UUID(envelope_id))
