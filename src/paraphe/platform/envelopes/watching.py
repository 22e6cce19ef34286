"""What stands still, for operators: no titles, no names of people."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from paraphe.platform.envelopes.models import Envelope


@dataclass(frozen=True)
class Stuck:
    """A collection that waits for something: since when, and the code of what."""

    id: uuid.UUID
    firm_name: str
    state: str
    code: str
    since: datetime


def stuck(limit: int = 100) -> list[Stuck]:
    """Return collections that wait for something, the longest first."""
    rows = Envelope.objects.exclude(stuck_code="").exclude(stuck_at=None).select_related("firm").order_by("stuck_at")
    return [
        Stuck(row.pk, row.firm.name, row.state, row.stuck_code, row.stuck_at) for row in rows[:limit] if row.stuck_at
    ]
