"""Who may see a holder's pages: the browser whose session received a right code, for a quarter of an hour of silence.

A holder with a stronger factor who has not shown it in this session may see his certificates and revoke or suspend
them, because that must be possible on the day on which everything is lost; he may change nothing else.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.cache import never_cache

from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.trust.holders import api as holders
from paraphe.trust.remote import api as remote

SESSION_KEY = "holder"
IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=1)
#: Pages that a program may lead a holder to.
TARGETS = ("holder-home", "holder-factors", "holder-certificate", "holder-revoke")
_TARGET = "holder-target"
View = Callable[..., HttpResponse]


def enter(request: HttpRequest, found: Sequence[holders.Holder]) -> None:
    """Bind the session, under a new number, to the holders whose telephone was proved."""
    request.session.cycle_key()
    now = timezone.now().isoformat()
    names = [str(holder.pk) for holder in found]
    request.session[SESSION_KEY] = {"ids": names, "id": names[0] if len(names) == 1 else "", "since": now, "at": now}


def remember_target(request: HttpRequest) -> None:
    """Remember the page of the holder that a program leads him to; any other address is ignored."""
    try:
        found = resolve(request.GET.get("next", ""))
    except Resolver404:
        return
    if found.url_name in TARGETS:
        request.session[_TARGET] = request.GET["next"]


def target(request: HttpRequest) -> str:
    """Return, once, where the holder was going; else his first page."""
    return str(request.session.pop(_TARGET, "") or resolve_url("holder-home"))


def choose(request: HttpRequest, holder_id: str) -> None:
    """Go on as one of the holders who share the telephone. Raises Http404 for any other."""
    kept = request.session.get(SESSION_KEY, {})
    if holder_id not in kept.get("ids", []):
        raise Http404
    request.session[SESSION_KEY] = {**kept, "id": holder_id, "strong": False}


def leave(request: HttpRequest) -> None:
    """Forget the holder in this browser."""
    request.session.pop(SESSION_KEY, None)
    request.session.cycle_key()


def choices(request: HttpRequest) -> list[holders.Holder]:
    """Return the holders between whom the session may choose; none when nobody is signed in."""
    kept = _kept(request)
    return [holders.load(UUID(identifier)) for identifier in kept["ids"]] if kept else []


def strengthen(request: HttpRequest) -> None:
    """Remember that the holder showed a stronger factor in this session."""
    request.session.cycle_key()
    request.session[SESSION_KEY] = {**request.session[SESSION_KEY], "strong": True}


def is_strong(request: HttpRequest, holder: holders.Holder) -> bool:
    """Tell whether the session proved as much as this holder can prove."""
    return not holders.of(holder) or bool(request.session.get(SESSION_KEY, {}).get("strong"))


def holder_required(view: View) -> View:
    """Give the view the holder who is signed in; lead everybody else to the sign-in. Nothing of it is cached."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept = _kept(request)
        if kept is None:
            return redirect("holder-enter")
        if not kept["id"]:
            return redirect("holder-who")
        try:
            holder = holders.load(UUID(kept["id"]))
        except NotFound:
            leave(request)
            return redirect("holder-enter")
        request.session[SESSION_KEY] = {**kept, "at": timezone.now().isoformat()}
        return view(request, holder, *args, **kwargs)

    return guarded


def strong_required(view: View) -> View:
    """Ask for the stronger factor first, where the holder has one."""

    @holder_required
    @wraps(view)
    def guarded(request: HttpRequest, holder: holders.Holder, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_strong(request, holder):
            return redirect("holder-prove")
        return view(request, holder, *args, **kwargs)

    return guarded


def credential_of(holder: holders.Holder, credential_id: UUID) -> remote.Credential:
    """Return one of the holder's credentials. Raises Http404."""
    try:
        return remote.of_holder_one(holder, credential_id)
    except NotFound:
        raise Http404 from None


def actor_of(request: HttpRequest, holder: holders.Holder) -> Actor:
    """Return the holder as the journal names him, with where the request came from."""
    return Actor(
        kind="person",
        id=str(holder.pk),
        address=request.META.get("REMOTE_ADDR", ""),
        agent=request.headers.get("User-Agent", "")[:200],
    )


def _kept(request: HttpRequest) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = request.session.get(SESSION_KEY)
    if not kept:
        return None
    now = timezone.now()
    silent, old = now - datetime.fromisoformat(kept["at"]), now - datetime.fromisoformat(kept["since"])
    return kept if silent < IDLE and old < LONGEST else None
