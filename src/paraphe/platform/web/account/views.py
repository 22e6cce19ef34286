"""Sign-in by the OpenID provider, sign-out, choice of the firm, and the page for who has no access."""

import logging
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import DomainError
from paraphe.platform.accounts import api as accounts
from paraphe.platform.web.account.access import (
    FIRM_KEY,
    PersonRequest,
    address_of,
    agent_of,
    current_firm,
    enter,
    in_language,
    person_of,
    safe_next,
    session_id_of,
    signed_in,
)

logger = logging.getLogger(__name__)

PROOF_KEY: Final = "proof"
ID_TOKEN_KEY: Final = "id_token"  # noqa: S105
PROOF_CLAIMS: Final = ("acr", "amr", "auth_time", "sid")
STATUS: Final = {
    accounts.ProviderUnreachable.code: 503,
    accounts.SignInDenied.code: 403,
    accounts.SignInStale.code: 409,
    accounts.SignInUnproved.code: 403,
    accounts.ClaimsIncomplete.code: 403,
    accounts.ClaimsUnreadable.code: 403,
}


@never_cache
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """Explain how one signs in, with one button."""
    target = safe_next(request, request.GET.get("next"))
    if person_of(request) is not None:
        return redirect(target or _entrance())
    return render(request, "platform_web/account/sign_in.html", {"next": target})


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    target = safe_next(request, request.POST.get("next"))
    try:
        return accounts.begin_sign_in(
            request,
            callback=settings.SITE_URL + reverse("oidc-callback"),
            target=target,
            locale=get_language() or "fr",
        )
    except accounts.ProviderUnreachable as error:
        return _problem(request, error, target)


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Take the browser back from the provider and begin a session of the person."""
    try:
        found = accounts.finish_sign_in(request)
        person = accounts.sign_in(found.claims, address=address_of(request), agent=agent_of(request))
    except accounts.SignInStale as error:
        # A second tab, the back button, a replayed address: who is signed in already stays who he is.
        return redirect(_entrance()) if person_of(request) else _problem(request, error)
    except DomainError as error:
        if error.code not in STATUS:
            raise
        return _problem(request, error)
    enter(request, person, provider_session=str(found.claims.get("sid") or ""))
    request.session[PROOF_KEY] = {name: found.claims[name] for name in PROOF_CLAIMS if name in found.claims}
    request.session[ID_TOKEN_KEY] = found.id_token
    return in_language(redirect(safe_next(request, found.target) or _entrance()), person.language)


@csrf_exempt
@never_cache
@require_POST
def provider_sign_out(request: HttpRequest) -> HttpResponse:
    """End the sessions that the provider says are over (OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8)."""
    try:
        told = accounts.logged_out(request.POST.get("logout_token", ""))
    except (accounts.SignInUnproved, accounts.ProviderUnreachable) as error:
        logger.warning("logout token refused: %s", error)
        return JsonResponse({"error": "invalid_request"}, status=400)
    accounts.end_at_provider(iss=told["iss"], sub=told["sub"], provider_session=told["sid"], jti=told["jti"])
    return HttpResponse(status=204)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here, then at the provider."""
    person = person_of(request)
    id_token = request.session.get(ID_TOKEN_KEY, "")
    if person is not None:
        session = session_id_of(request)
        accounts.sign_out(person, session=session, address=address_of(request), agent=agent_of(request))
    request.session.flush()
    address = accounts.sign_out_address(id_token=id_token, back=f"{settings.SITE_URL}/") if id_token else ""
    messages.success(request, _("Vous êtes déconnecté."))
    return redirect(address or "/")


@require_http_methods(["GET", "POST"])
@signed_in
def choose_firm(request: PersonRequest) -> HttpResponse:
    """Let a person with several firms say for which he acts."""
    firms = accounts.firms_of(request.person)
    if not firms:
        return redirect("no-access")
    target = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    chosen = next((firm for firm in firms if str(firm.pk) == request.POST.get("firm")), None)
    if request.method == "POST" and chosen is not None:
        request.session[FIRM_KEY] = chosen.pk
        return redirect(target or _entrance())
    return render(
        request,
        "platform_web/account/choose_firm.html",
        {
            "firms": [(firm, _in_order(accounts.rights(request.person, firm))) for firm in firms],
            "current": current_firm(request),
            "next": target,
            "missing": request.method == "POST",
        },
        status=422 if request.method == "POST" else 200,
    )


@require_GET
@signed_in
def no_access(request: PersonRequest) -> HttpResponse:
    """Tell a person without access why, and whom to ask."""
    obstacle = accounts.obstacle(request.person)
    if not obstacle:
        return redirect(_entrance())
    return render(
        request,
        "platform_web/account/no_access.html",
        {
            "obstacle": obstacle,
            "memberships": accounts.memberships_of(request.person),
        },
        status=403,
    )


def _in_order(rights: frozenset[accounts.Right]) -> list[accounts.Right]:
    return [right for right in accounts.RIGHTS if right in rights]


def _entrance() -> str:
    """Return where a signed-in person begins: the registration, which leads on when it is done."""
    return resolve_url("private-space")


def _problem(request: HttpRequest, error: DomainError, target: str = "") -> HttpResponse:
    logger.warning("sign-in refused: %s", error)
    return render(
        request,
        "platform_web/account/problem.html",
        {
            "code": error.code,
            "claim": error.params.get("missing") or error.params.get("claim"),
            "next": target,
        },
        status=STATUS[error.code],
    )
