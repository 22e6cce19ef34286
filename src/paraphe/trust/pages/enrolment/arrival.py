"""How a person comes in: a one-time link from the client program or from an e-mail."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from paraphe.trust.enrolment import api as enrolment
from paraphe.trust.enrolment.errors import LinkExpired
from paraphe.trust.pages.enrolment import access


@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, enrolment_id: UUID, token: str) -> HttpResponse:
    """Use the link and go to the current step.

    A link from an e-mail asks for one click more: mail scanners open every link, and would use it up.
    """
    try:
        kind, language = enrolment.peek_link(enrolment_id, token)
        if kind is enrolment.LinkKind.EMAIL and request.method != "POST":
            with translation.override(language):
                return render(request, "enrolment/resume.html")
        enrolment.use_link(enrolment_id, token)
    except LinkExpired:
        if access.holds(request, enrolment_id):
            return redirect("enrolment-index", enrolment_id=enrolment_id)
        return render(request, "enrolment/link_expired.html", {"platform_url": settings.PLATFORM_URL}, status=410)
    access.hold(request, enrolment_id)
    response = redirect("enrolment-index", enrolment_id=enrolment_id)
    _keep_language(response, language)
    return response


@never_cache
@require_GET
def index(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Lead to the step on which the person has to go on."""
    return access.to_current(access.fetch(request, enrolment_id))


def _keep_language(response: HttpResponse, language: str) -> None:
    """Go on in the language that the person had on the platform."""
    if translation.check_for_language(language):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            secure=settings.SESSION_COOKIE_SECURE,
        )
