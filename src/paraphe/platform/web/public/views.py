"""The public pages. They know whether somebody is signed in, only to lead him to his own space."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from paraphe.platform.web.account.access import person_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what the platform is, and let people sign in."""
    return _page(request, "home")


@require_safe
def assistance(request: HttpRequest) -> HttpResponse:
    """Help: first sign-in, photograph of the identity document, certificate, codes, whom to ask."""
    return _page(
        request,
        "help",
        support=settings.SUPPORT_EMAIL,
        max_megabytes=settings.MAX_PDF_BYTES // 1_000_000,
        days=settings.DOCUMENT_DAYS,
    )


@require_safe
def confidence(request: HttpRequest) -> HttpResponse:
    """Say honestly what the certificates are worth, and what they are not."""
    return _page(request, "confidence", days=settings.DOCUMENT_DAYS)


def _page(request: HttpRequest, name: str, **variables: object) -> HttpResponse:
    person = person_of(request)
    if person is not None:
        request.person = person  # type: ignore[attr-defined]
    answer = render(request, f"platform_public/{name}.html", variables)
    patch_vary_headers(answer, ["Cookie"])
    return answer
