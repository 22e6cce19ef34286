"""The endpoints of OpenID Connect."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.oauth2 import OAuth2Error
from authlib.oidc.core.errors import LoginRequiredError
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.comptexpert.identity import keyfile, people
from paraphe.comptexpert.identity.server import SignedIn, metadata, protector, provider, seconds
from paraphe.comptexpert.identity.views.browser import forget, signed_in, to_sign_in, typed_for


@require_GET
def discovery(request: HttpRequest) -> HttpResponse:
    """Say where everything is."""
    return JsonResponse(metadata())


@require_GET
def jwks(request: HttpRequest) -> HttpResponse:
    """Give the public key."""
    return JsonResponse(keyfile.public_key_set(), content_type="application/jwk-set+json")


@never_cache
@require_GET
def authorize(request: HttpRequest) -> HttpResponse:
    """Send the browser back with a code, after sign-in where one is needed (OpenID Connect Core 1.0, 3.1.2)."""
    present = signed_in(request)
    try:
        grant = provider().get_consent_grant(request, end_user=present)
        fresh = typed_for(request)
        if present is None or (_asks_again(request, present) and not fresh):
            if "none" in request.GET.get("prompt", "").split():
                raise LoginRequiredError(redirect_uri=grant.validate_authorization_request())
            return _in_language(request, to_sign_in(request))
    except OAuth2Error as error:
        return _refusal(request, error)
    return _named(provider().create_authorization_response(request, grant_user=present, grant=grant))


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Give tokens for a code (RFC 6749, 4.1.3; RFC 7636, 4.5)."""
    try:
        answer: HttpResponse = provider().create_token_response(request)
    except ValueError:  # a header or a form that is not UTF-8
        answer = JsonResponse({"error": "invalid_request"}, status=400)
    answer["Cache-Control"] = "no-store"
    return answer


@csrf_exempt
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """Tell what the access token allows to know (OpenID Connect Core 1.0, 5.3)."""
    try:
        row = protector().acquire_token(request, "openid").row
    except OAuth2Error as error:
        answer = JsonResponse(dict(error.get_body()), status=error.status_code)
        for name, value in error.get_headers():
            answer[name] = value
        return answer
    answer = JsonResponse({"sub": row.account.subject, **people.claims(row.account, row.scope)})
    answer["Cache-Control"] = "no-store"
    return answer


@csrf_exempt
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """End the session at the wish of a program; ask the person when the program proves nothing.

    OpenID Connect RP-Initiated Logout 1.0, 2 and 6. A foreign page cannot sign anybody out without his consent.
    """
    try:
        asked = provider().validate_endpoint_request("end_session", request)
    except (OAuth2Error, ValueError):
        return render(request, "comptexpert/logout_refused.html", status=400)
    present = signed_in(request)
    mine = present is not None and (asked.id_token_claims or {}).get("sub") == present.account.subject
    if present is not None and not mine:
        return render(request, "comptexpert/logout.html", {"account": present.account})
    forget(request)
    if asked.redirect_uri:
        return HttpResponseRedirect(asked.redirect_uri)
    return redirect("identity-signed-out")


def _asks_again(request: HttpRequest, present: SignedIn) -> bool:
    """Tell whether the program wants the password typed again (``prompt``, ``max_age``)."""
    if {"login", "select_account"} & set(request.GET.get("prompt", "").split()):
        return True
    oldest = request.GET.get("max_age", "")
    return oldest.isdecimal() and seconds(timezone.now()) - present.auth_time > int(oldest[:9])


def _refusal(request: HttpRequest, error: Any) -> HttpResponse:
    """Tell the program what was wrong, or the person when the program or its address is unknown."""
    if not getattr(error, "redirect_uri", None):
        return render(request, "comptexpert/request_refused.html", {"code": error.error}, status=400)
    return _named(provider().handle_error_response(request, error))


def _named(answer: HttpResponse) -> HttpResponse:
    """Add who answers to the address (RFC 9207)."""
    if answer.has_header("Location"):
        parts = urlsplit(answer["Location"])
        words = [*parse_qsl(parts.query, keep_blank_values=True), ("iss", settings.SITE_URL)]
        answer["Location"] = parts._replace(query=urlencode(words)).geturl()
    return answer


def _in_language(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Go on in the language of the program (``ui_locales``), unless the person chose one here."""
    for asked in request.GET.get("ui_locales", "").split():
        language = asked.split("-")[0].lower()
        if language in dict(settings.LANGUAGES) and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
            break
    return answer
