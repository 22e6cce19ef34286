"""Who may see the officers' pages."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from paraphe.kernel.actor import Actor
from paraphe.trust.ra import api as ra

View = Callable[..., HttpResponse]


IDLE, LONGEST = timedelta(minutes=20), timedelta(hours=10)
#: Seconds after which a decision asks again who decides.
PROOF_HOLDS = 600
_SINCE, _SEEN = "officer-since", "officer-seen"


def role_required(*roles: ra.Role) -> Callable[[View], View]:
    """Let officers with one of these roles in; others get the answer of a page that is not there."""

    def decorate(view: View) -> View:
        @officer_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not ra.has_role(officer_of(request), *roles):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def deciding(*roles: ra.Role) -> Callable[[View], View]:
    """Let officers with one of these roles decide, who proved again within ten minutes that it is they."""

    def decorate(view: View) -> View:
        @role_required(*roles)
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            proofs = get_authentication_records(request, officer_of(request))
            if request.method == "POST" and time.time() - max((one["at"] for one in proofs), default=0) > PROOF_HOLDS:
                # The middleware of the library keeps the form, asks, and goes on with it.
                raise ReauthenticationRequired
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def officer_required(view: View) -> View:
    """Let signed-in officers in, with a second factor where the operator demands one; nothing of it is cached.

    A session ends after 20 minutes of silence and ten hours of work.
    """

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        officer = officer_of(request)
        if _is_over(request):
            logout(request)
            messages.info(request, _("Votre session est terminée : identifiez-vous de nouveau."))
            return redirect("account_login")
        if settings.OFFICER_MFA_REQUIRED and not is_mfa_enabled(officer):
            messages.warning(
                request, _("Activez d'abord un second facteur : il est exigé des agents d'enregistrement.")
            )
            return redirect("mfa_index")
        return view(request, *args, **kwargs)

    return guarded


def _is_over(request: HttpRequest) -> bool:
    """Tell whether the session is too old, and note that it was used now."""
    now = timezone.now()
    since, seen = request.session.get(_SINCE), request.session.get(_SEEN)
    if since and now - datetime.fromisoformat(since) > LONGEST:
        return True
    if seen and now - datetime.fromisoformat(seen) > IDLE:
        return True
    request.session[_SINCE], request.session[_SEEN] = since or now.isoformat(), now.isoformat()
    return False


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
