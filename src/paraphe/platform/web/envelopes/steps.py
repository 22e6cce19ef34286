"""What the steps of a draft share: the way that leads through them, the draft itself, numbers in what was sent."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.firms import api as firms
from paraphe.platform.web.documents.gate import FirmRequest

STEPS = ("documents", "people", "boxes", "message", "check")


def step_context(envelope: envelopes.EnvelopeView, name: str) -> dict[str, object]:
    """Return what every step of the draft shows: the way, with what is done."""
    labels = {
        "documents": _("Documents"),
        "people": _("Rôles") if envelope.state == "template" else _("Signataires"),
        "boxes": _("Cases"),
        "message": _("Message et options"),
        "check": _("Vérification") if envelope.state == "template" else _("Lancement"),
    }
    current = STEPS.index(name)
    way = [
        {
            "label": labels[step],
            "url": reverse(f"envelope-{step}", args=[envelope.id]),
            "state": "current" if place == current else "done" if place < current else "todo",
        }
        for place, step in enumerate(STEPS)
    ]
    following = way[current + 1]["url"] if current + 1 < len(way) else ""
    return {"envelope": envelope, "way": way, "following": following, "is_template": envelope.state == "template"}


def step_page(
    request: FirmRequest,
    envelope: envelopes.EnvelopeView,
    name: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    template: str = "",
) -> HttpResponse:
    """Return the page of a step; ``template`` where it has another than its own."""
    context = {**step_context(envelope, name), **context}
    return render(request, f"web_envelopes/draft/{template or name}.html", context, status=status)


def draft_of(request: FirmRequest, envelope_id: uuid.UUID, *, to_change: bool = True) -> envelopes.EnvelopeView:
    """Return a draft or template; ``to_change`` what the page is for, unless it only shows or launches it.

    Raises NotFound; WrongState for what is launched, MayNot for who does not prepare, FirmClosed: no page opens on
    which everything would be refused.
    """
    envelope = envelopes.get(request.person, request.firm, envelope_id)
    if not envelope.editable:
        raise envelopes.WrongState(state=envelope.state)
    if firms.is_closed(request.firm):
        raise firms.FirmClosed()
    if to_change and "prepare" not in accounts.rights(request.person, request.firm):
        raise envelopes.MayNot(right="prepare")
    return envelope


def where(request: FirmRequest, envelope_id: uuid.UUID) -> dict[str, Any]:
    """Return who asks, for which firm and collection, as the verbs of the room take it."""
    return {"person": request.person, "firm": request.firm, "envelope_id": envelope_id}


def steps_in(typed: Iterable[str]) -> list[list[uuid.UUID]]:
    """Return steps as they were named; what is no number is left out, and the room refuses the rest."""
    return [[one for one in map(number_in, step.split(",")) if one] for step in typed]


def number_in(text: str) -> uuid.UUID | None:
    """Return the number that ``text`` is, None when it is none."""
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None
