"""Who asks: the person of the session, and the firm for which he acts."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts

PERSON_KEY: Final = "person"
SESSION_KEY: Final = "session"
FIRM_KEY: Final = "firm"


class PersonRequest(HttpRequest):
    """A request of a person who is signed in."""

    person: accounts.Person
    session_id: uuid.UUID
    htmx: HtmxDetails


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let ``view`` run with ``request.person``; lead anybody else to sign-in, and back here afterwards.

    Pages of a signed-in person are kept by no cache: the back button after a sign-out shows nothing.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **words: Any) -> HttpResponse:
        found = person_of(request)
        if found is None:
            return _to_sign_in(request)
        request.person = found  # type: ignore[attr-defined]
        request.session_id = session_id_of(request)  # type: ignore[attr-defined]
        answer = view(request, *args, **words)
        if not answer.has_header("Cache-Control"):
            add_never_cache_headers(answer)
        patch_vary_headers(answer, ["Cookie"])
        return answer

    return guarded


def enter(request: HttpRequest, person: accounts.Person, *, provider_session: str = "") -> None:
    """Begin a session of ``person`` in this browser, under a new number."""
    request.session.flush()
    request.session[PERSON_KEY] = person.pk
    opened = accounts.open_session(
        person, address=address_of(request), agent=agent_of(request), provider_session=provider_session
    )
    request.session[SESSION_KEY] = str(opened)


def session_id_of(request: HttpRequest) -> uuid.UUID | None:
    """Return the number of the session in this browser, None where there is none."""
    number = request.session.get(SESSION_KEY)
    return uuid.UUID(number) if number else None


def person_of(request: HttpRequest) -> accounts.Person | None:
    """Return the person who is signed in, None when nobody is: also when the session was ended from elsewhere."""
    number = request.session.get(PERSON_KEY)
    if number is None:
        return None
    try:
        found = accounts.seen(session_id_of(request) or uuid.UUID(int=0))
    except NotFound:
        request.session.flush()
        return None
    return found if found.pk == number else None


def current_firm(request: PersonRequest) -> accounts.Firm | None:
    """Return the firm for which the person acts: the one he chose, or the only one; None when he must choose."""
    firms = accounts.firms_of(request.person)
    if len(firms) == 1:
        return firms[0]
    return next((firm for firm in firms if firm.pk == request.session.get(FIRM_KEY)), None)


def actor_of(request: PersonRequest) -> Actor:
    """Return who acts, for the evidence."""
    return Actor("person", str(request.person.pk), address_of(request), agent_of(request))


def address_of(request: HttpRequest) -> str:
    """Return the network address of the browser."""
    return str(request.META.get("REMOTE_ADDR", ""))


def agent_of(request: HttpRequest) -> str:
    """Return what the browser says it is."""
    return request.headers.get("User-Agent", "")[:300]


def in_language(answer: HttpResponse, language: str) -> HttpResponse:
    """Let the browser go on in ``language``, where one was chosen."""
    if language:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return answer


def safe_next(request: HttpRequest, value: str | None) -> str:
    """Return ``value`` if it is an address of this site that can be shown, else nothing."""
    if not value or len(value) > 500 or not value.startswith("/"):
        return ""
    safe = url_has_allowed_host_and_scheme(value, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return value if safe else ""


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to sign-in. What was being sent is not repeated afterwards; the page it was sent from is shown again."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    htmx = getattr(request, "htmx", None)
    if htmx:
        back = htmx.current_url_abs_path or ""
    address = reverse("sign-in") + (f"?{urlencode({'next': back})}" if safe_next(request, back) else "")
    return HttpResponseClientRedirect(address) if htmx else redirect(address)
