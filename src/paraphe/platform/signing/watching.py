"""What stands still in the signing room, for operators."""

import uuid
from datetime import datetime

from paraphe.platform.signing.models import SigningRequest


def unfinished(before: datetime, limit: int = 100) -> list[tuple[uuid.UUID, str, datetime]]:
    """Return requests that somebody authorised before then and that are not finished: number, state, since when."""
    states = (SigningRequest.State.AUTHORISED, SigningRequest.State.SIGNED)
    rows = SigningRequest.objects.filter(state__in=states, changed_at__lt=before).order_by("changed_at")
    return list(rows.values_list("pk", "state", "changed_at")[:limit])
