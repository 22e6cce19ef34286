"""A mandate as a verifier sees it: everybody who holds a document signed under it has its address."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from paraphe.kernel.errors import NotFound
from paraphe.platform.mandates import api as mandates
from paraphe.platform.web.account.access import person_of
from paraphe.platform.web.answers import not_found, pdf_answer


@never_cache
@require_GET
def show(request: HttpRequest, mandate_id: uuid.UUID) -> HttpResponse:
    """Show who gave whom which right, and whether the mandate still holds."""
    person = person_of(request)
    if person is not None:
        request.person = person  # type: ignore[attr-defined]
    try:
        found = mandates.shown(mandate_id)
    except NotFound:
        return not_found(request)
    answer = render(request, "platform_web/delegations/public.html", {"mandate": found})
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_GET
def deed(request: HttpRequest, mandate_id: uuid.UUID) -> HttpResponse:
    """Give the signed deed."""
    try:
        data = mandates.shown_deed(mandate_id)
    except NotFound:
        return not_found(request)
    answer = pdf_answer(data, f"mandat-{str(mandate_id)[:8]}.pdf", inline=True)
    answer["X-Robots-Tag"] = "noindex"
    return answer
