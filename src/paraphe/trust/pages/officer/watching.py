"""Sign-ins of officers in the journal; the library of accounts tells of good ones by a signal of Django."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from paraphe.floor.secrets import keyed_hash
from paraphe.kernel.actor import Actor
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra


def signed_in(sender: object, request: HttpRequest | None, user: object, **_more: Any) -> None:
    """Write that an officer signed in."""
    if isinstance(user, ra.Officer):
        address = request.META.get("REMOTE_ADDR", "") if request else ""
        journal.write("officer:signed-in", Actor("officer", str(user.pk), address), {"officer": user.pk}, {})


def refused(request: HttpRequest, credentials: Mapping[str, Any]) -> None:
    """Write that a sign-in failed; of what was typed only a keyed hash is kept."""
    typed = str(credentials.get("email") or credentials.get("username") or "").lower()
    address = request.META.get("REMOTE_ADDR", "")
    data = {"typed": keyed_hash(typed, "officer.typed")[:16]}
    journal.write("officer:sign-in-refused", Actor("system", "officer-sign-in", address), {}, data)
