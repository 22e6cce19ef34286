"""The gate of the operator's page: a person named by the operator, who signed in a short while ago."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from paraphe.platform.accounts import api as accounts
from paraphe.platform.web.account.access import PersonRequest, signed_in
from paraphe.platform.web.answers import not_found

#: Whoever finds an open browser an hour later does not find this page.
FRESH: Final = timedelta(minutes=30)
View = Callable[..., HttpResponse]


def for_operators(view: View) -> View:
    """Let ``view`` run for an operator; to everybody else, signed in or not, it is not there."""

    @wraps(view)
    def checked(request: PersonRequest, *args: Any, **words: Any) -> HttpResponse:
        if not is_operator(request.person):
            return not_found(request)
        session = next((one for one in accounts.sessions_of(request.person) if one.id == request.session_id), None)
        if session is None or session.opened_at < timezone.now() - FRESH:
            return render(request, "operator/again.html", {"next": request.get_full_path()}, status=403)
        return view(request, *args, **words)

    guarded = signed_in(checked)

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **words: Any) -> HttpResponse:
        # Where nobody is named, nobody is even led to sign-in.
        return guarded(request, *args, **words) if settings.OPERATORS else not_found(request)

    return gate


def is_operator(person: accounts.Person) -> bool:
    """Tell whether the operator named this person, by his number at the OpenID provider."""
    return person.iss == settings.OIDC_ISSUER and person.sub in settings.OPERATORS
