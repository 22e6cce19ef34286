"""Who is signed in at Comptexpert in this browser."""

import hashlib
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from paraphe.comptexpert.identity import people
from paraphe.comptexpert.identity.jobs import session_over
from paraphe.comptexpert.identity.models import Account
from paraphe.comptexpert.identity.server import SignedIn, seconds

ACCOUNT_KEY: Final = "account"
AUTH_TIME_KEY: Final = "auth_time"
SID_KEY: Final = "sid"
FRESH_KEY: Final = "fresh"


class AccountRequest(HttpRequest):
    """A request of somebody who is signed in."""

    account: Account


def signed_in(request: HttpRequest) -> SignedIn | None:
    """Return who is signed in, None when nobody is."""
    account = people.account(request.session.get(ACCOUNT_KEY))
    if account is None:
        return None
    return SignedIn(account, request.session[AUTH_TIME_KEY], request.session[SID_KEY])


def remember(request: HttpRequest, account: Account, address: str) -> None:
    """Begin a session of ``account``; ``address`` is the page for which the password was just typed."""
    request.session.flush()
    request.session[ACCOUNT_KEY] = account.pk
    request.session[AUTH_TIME_KEY] = seconds(timezone.now())
    request.session[SID_KEY] = secrets.token_urlsafe(16)
    request.session[FRESH_KEY] = _mark(address)


def forget(request: HttpRequest) -> None:
    """End the session of this browser, here and at the programs that it was used for."""
    present = signed_in(request)
    request.session.flush()
    if present is not None:
        session_over(present.account.subject, present.sid)


def typed_for(request: HttpRequest) -> bool:
    """Tell, once, whether the password was just typed for this very request: then it need not be asked for again."""
    return str(request.session.pop(FRESH_KEY, "")) == _mark(request.get_full_path())


def with_account(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let ``view`` run with ``request.account``; lead anybody else to sign-in."""

    @wraps(view)
    def guarded(request: AccountRequest, **words: Any) -> HttpResponse:
        found = signed_in(request)
        if found is None:
            return to_sign_in(request)
        request.account = found.account
        answer = view(request, **words)
        add_never_cache_headers(answer)
        return answer

    return guarded


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to sign-in, and back to this request afterwards."""
    return redirect(f"{reverse('identity-sign-in')}?{urlencode({'next': request.get_full_path()})}")


def safe_next(request: HttpRequest, value: str | None) -> str:
    """Return ``value`` if it is an address of this site, else the page of the account."""
    hosts = {request.get_host()}
    if value and value.startswith("/") and url_has_allowed_host_and_scheme(value, hosts, request.is_secure()):
        return value
    return reverse("identity-account")


def _mark(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()
