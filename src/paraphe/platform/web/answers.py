"""Answers that several journeys give."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from paraphe.kernel.errors import DomainError
from paraphe.platform.signing import api as signing


def pdf_answer(data: bytes, filename: str, *, inline: bool = False) -> HttpResponse:
    """Return a PDF, to be saved or (``inline``) opened; never kept by caches in between."""
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(not inline, filename) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def not_found(request: HttpRequest) -> HttpResponse:
    """Answer alike for what is not there and for what is not for the one who asks."""
    from paraphe.floor.design.errors import not_found as page

    return page(request, LookupError())


def trust_problem(request: HttpRequest, error: DomainError, *, back: str) -> HttpResponse:
    """Say that the trust site could not be reached or refused, that nothing is lost, and what to do."""
    unavailable = isinstance(error, signing.TrustUnavailable)
    missing = isinstance(error, signing.NoCredential)
    return render(
        request,
        "platform_web/trust_problem.html",
        {
            "title": _("Le site du tiers de confiance ne répond pas") if unavailable else _("Demande refusée"),
            "unavailable": unavailable,
            "missing_credential": missing,
            "expired_at": _expired_at(request) if missing else None,
            "back": resolve_url(back),
        },
        status=503 if unavailable else 409,
    )


def _expired_at(request: HttpRequest) -> datetime | None:
    """Return when the certificate of the person who asks ended; None when it did not, or he has none."""
    person = getattr(request, "person", None)
    try:
        end = signing.holder_of(person.pk).not_after if person is not None else None
    except signing.NoCredential:
        return None
    return end if end is not None and end <= timezone.now() else None
