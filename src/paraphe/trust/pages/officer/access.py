"""Who may see the officers' pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from paraphe.kernel.actor import Actor
from paraphe.trust.ra import api as ra

View = Callable[..., HttpResponse]


def officer_required(view: View) -> View:
    """Let signed-in officers in, with a second factor where the operator demands one; nothing of it is cached."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        officer = officer_of(request)
        if settings.OFFICER_MFA_REQUIRED and not is_mfa_enabled(officer):
            messages.warning(
                request, _("Activez d'abord un second facteur : il est exigé des agents d'enregistrement.")
            )
            return redirect("mfa_index")
        return view(request, *args, **kwargs)

    return guarded


def officer_of(request: HttpRequest) -> ra.Officer:
    """Return the officer who is signed in. Only behind ``officer_required``."""
    officer = request.user
    if not isinstance(officer, ra.Officer):
        raise TypeError("this page is not behind officer_required")
    return officer


def actor_of(request: HttpRequest) -> Actor:
    """Return the officer as the journal names him, with where the request came from."""
    return Actor(
        kind="officer",
        id=str(officer_of(request).pk),
        address=request.META.get("REMOTE_ADDR", ""),
        agent=request.headers.get("User-Agent", "")[:200],
    )
