"""Who may see the pages of an enrolment, and which of them now.

A one-time link binds the session to the enrolment; whoever has no such session gets the same answer as for an
enrolment that does not exist. A page that is not the current step leads to the one that is: nothing is skipped,
nothing is replayed, a second tab and the back button do no harm.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from paraphe.kernel.errors import NotFound
from paraphe.trust.enrolment import api as enrolment
from paraphe.trust.enrolment.errors import StepClosed

SESSION_KEY = "enrolments"
_MOST_HELD = 10
View = Callable[..., HttpResponse]


def hold(request: HttpRequest, enrolment_id: UUID) -> None:
    """Bind the session of the browser to an enrolment."""
    held = [known for known in request.session.get(SESSION_KEY, []) if known != str(enrolment_id)]
    request.session.cycle_key()
    request.session[SESSION_KEY] = [*held, str(enrolment_id)][-_MOST_HELD:]


def holds(request: HttpRequest, enrolment_id: UUID) -> bool:
    """Tell whether the session is bound to this enrolment."""
    return str(enrolment_id) in request.session.get(SESSION_KEY, [])


def fetch(request: HttpRequest, enrolment_id: UUID) -> enrolment.Enrolment:
    """Return the enrolment if the session holds it. Raises Http404 otherwise."""
    if not holds(request, enrolment_id):
        raise Http404
    try:
        return enrolment.load(enrolment_id, watched=True)
    except NotFound:
        raise Http404 from None


def step_url(found: enrolment.Enrolment, step: str) -> str:
    """Return the address of a step of an enrolment."""
    return reverse(f"enrolment-{step}", args=[found.id])


def to_current(found: enrolment.Enrolment) -> HttpResponseRedirect:
    """Lead to the step on which the person has to go on."""
    current, _open = enrolment.steps(found)
    return HttpResponseRedirect(step_url(found, current))


def step(*names: enrolment.Step) -> Callable[[View], View]:
    """Make ``view`` a page of these steps: it gets the enrolment when one of them may be shown now."""

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, enrolment_id: UUID, **kwargs: Any) -> HttpResponse:
            found = fetch(request, enrolment_id)
            _current, may_be_shown = enrolment.steps(found)
            if not may_be_shown.intersection(names):
                return to_current(found)
            try:
                return view(request, found, **kwargs)
            except StepClosed:
                return to_current(enrolment.load(enrolment_id))

        return guarded

    return decorate


def redirect_to(found: enrolment.Enrolment) -> HttpResponse:
    """Lead to the current step after something was done."""
    return redirect(to_current(enrolment.load(found.id)).url)


def return_url(found: enrolment.Enrolment) -> str:
    """Return the address of the client program with the request and the client's own state."""
    parts = urlsplit(found.return_uri)
    query = urlencode({"request": str(found.id), "state": found.client_state})
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))


def journey(found: enrolment.Enrolment, here: int) -> list[tuple[str, str]]:
    """Return the stages of the whole way with their states, for the steps at the top of the page."""
    stages = [
        _("Pièce d'identité"),
        _("Photographies"),
        _("Vérification"),
        _("Accord de souscription"),
        _("Code de validation"),
    ]
    return [
        (label, "done" if place < here else "current" if place == here else "todo")
        for place, label in enumerate(stages)
    ]
