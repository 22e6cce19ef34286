"""What stands still in the signing room, and what its providers cannot do at this moment: for operators and senders."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from paraphe.platform.signing import csc
from paraphe.platform.signing.errors import TrustRefused, TrustUnavailable
from paraphe.platform.signing.models import ServiceTrouble, SigningRequest
from paraphe.platform.signing.trust_client import trust

#: What was seen longer ago says nothing any more: nobody looks.
TELLING: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Unfinished:
    """A request that its holder authorised and that is not finished; ``waits_for``: the code of what is in the way."""

    id: uuid.UUID
    state: str
    waits_for: str
    since: datetime


@dataclass(frozen=True)
class Trouble:
    """A part of a provider that does not work: ``provider`` (no answer), ``codes``, ``keys``, ``timestamps``."""

    part: str
    since: datetime


def unfinished(before: datetime, limit: int = 100) -> list[Unfinished]:
    """Return the requests that somebody authorised before then and that are not finished, the longest first."""
    states = (SigningRequest.State.AUTHORISED, SigningRequest.State.SIGNED)
    rows = SigningRequest.objects.filter(state__in=states, changed_at__lt=before).order_by("changed_at")
    return [Unfinished(row.pk, row.state, row.waits_for, row.changed_at) for row in rows[:limit]]


def troubles() -> list[Trouble]:
    """Return what does not work at the trust site, as it was seen in the last minutes."""
    rows = ServiceTrouble.objects.filter(seen_at__gt=timezone.now() - TELLING).order_by("since")
    return [Trouble(row.part, row.since) for row in rows]


def codes_delayed() -> bool:
    """Tell whether codes do not reach signers at this moment: they do not leave, or the trust site does not answer."""
    return any(one.part in ("codes", "provider") for one in troubles())


def look() -> None:
    """Ask each provider how it is, and write down what does not work, since when."""
    for provider in ("", "advanced") if settings.ADVANCED_TRUST_URL else ("",):
        _note(provider, _asked(provider))


def _asked(provider: str) -> dict[str, datetime | None]:
    """Return the parts that do not work, with since when where it is told."""
    client = trust(provider)
    try:
        told = client.get_json("/enrolment/v1/service", token=client.token("enrolment"))
    except TrustUnavailable:
        return {"provider": None}
    except TrustRefused:
        # Another provider need not have such an address; it answers, and that is what is known of it.
        return {}
    found: dict[str, datetime | None] = {}
    since = csc.at(told, "codes", "delayed_since")
    if isinstance(since, str):
        found["codes"] = parse_datetime(since)
    for part in ("keys", "timestamps"):
        if csc.at(told, part, "available") is False:
            found[part] = None
    return found


def _note(provider: str, found: dict[str, datetime | None]) -> None:
    now = timezone.now()
    with transaction.atomic():
        ServiceTrouble.objects.filter(provider=provider).exclude(part__in=found).delete()
        for part, since in found.items():
            begun = since if since is not None and timezone.is_aware(since) else now
            row, made = ServiceTrouble.objects.get_or_create(
                provider=provider, part=part, defaults={"since": begun, "seen_at": now}
            )
            if not made:
                ServiceTrouble.objects.filter(pk=row.pk).update(seen_at=now)
