"""The gate of a ceremony: the browser that came by a link that still lives. Nobody signs in here."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language

from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.account.access import address_of, agent_of
from paraphe.platform.web.answers import not_found

ceremony = envelopes.ceremony
SESSION_KEY: Final = "ceremonies"
VERIFIED_KEY: Final = "ceremonies-verified"
MOST_HELD = 20


class GuestRequest(HttpRequest):
    """A request of somebody who is in a ceremony: his pass, and who he is for the evidence."""

    guest: envelopes.ceremony.Pass
    actor: Actor


View = Callable[..., HttpResponse]


def hold(request: HttpRequest, who: envelopes.ceremony.Pass) -> None:
    """Let the session of this browser hold a ceremony, under a new session number."""
    held = {key: link for key, link in request.session.get(SESSION_KEY, {}).items() if key != str(who.recipient)}
    request.session.cycle_key()
    request.session[SESSION_KEY] = dict([*held.items(), (str(who.recipient), who.link)][-MOST_HELD:])


def passes(request: HttpRequest) -> list[envelopes.ceremony.Pass]:
    """Return every ceremony that this browser holds."""
    held = request.session.get(SESSION_KEY, {})
    return [ceremony.Pass(uuid.UUID(key), str(link)) for key, link in held.items()]


def in_ceremony(view: View) -> View:
    """Let ``view`` run with ``request.guest``; anybody else reads that his link opens nothing (any more)."""

    @wraps(view)
    def inside(request: GuestRequest, recipient_id: uuid.UUID, **words: Any) -> HttpResponse:
        who = next((one for one in passes(request) if one.recipient == recipient_id), None)
        if who is None:
            return dead_link(request)
        request.guest, request.actor = who, actor_of(request, who)
        try:
            answer = view(request, **words)
        except envelopes.LinkDead:
            return dead_link(request)
        except NotFound:
            return not_found(request)
        if not answer.has_header("Cache-Control"):
            add_never_cache_headers(answer)
        return answer

    return inside


def after_code(view: View) -> View:
    """Let ``view`` give something away only after the code where one is asked; inside ``in_ceremony``."""

    @wraps(view)
    def given(request: GuestRequest, **words: Any) -> HttpResponse:
        asked = ceremony.look(request.guest)
        if asked.code_to_download and str(asked.recipient) not in request.session.get(VERIFIED_KEY, []):
            return redirect("ceremony-code", recipient_id=asked.recipient)
        return view(request, **words)

    return given


def verify(request: GuestRequest) -> None:
    """Note that this browser brought the code."""
    held = request.session.get(VERIFIED_KEY, [])
    request.session[VERIFIED_KEY] = [*held, str(request.guest.recipient)][-MOST_HELD:]


def actor_of(request: HttpRequest, who: envelopes.ceremony.Pass) -> Actor:
    """Return who acts, for the evidence."""
    return Actor("recipient", str(who.recipient), address_of(request), agent_of(request))


def dead_link(request: HttpRequest) -> HttpResponse:
    """Say that a link opens nothing (any more), the same whatever the reason, and what to do."""
    answer = render(request, "ceremony/dead_link.html", status=404)
    add_never_cache_headers(answer)
    return answer


def language_of(_request: HttpRequest) -> str:
    """Return the language in which the recipient is reading."""
    return "en" if (get_language() or "fr").startswith("en") else "fr"
