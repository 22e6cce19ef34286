"""Pages for who cannot go on: why, and what to do."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from paraphe.kernel.errors import DomainError
from paraphe.platform.web.ceremony import sentences
from paraphe.platform.web.ceremony.gate import GuestRequest, dead_link, passes
from paraphe.platform.web.ceremony.steps import Shown, context_of
from paraphe.platform.web.trust_links import holder_address

#: Seconds after which a page asks again where a service has to come back first.
LATER = 20


def cannot(request: GuestRequest, view: Shown, error: DomainError, step: str = "sign") -> HttpResponse:
    """Say why the recipient cannot sign now."""
    context = {
        **context_of(request, view, step),
        "words": sentences.cannot(error),
        "code": error.code,
        "fields": error.params.get("fields", ()) if error.code == "signer_differs" else (),
        "holder_address": holder_address(view.email) if error.code == "certificate_suspended" else "",
        "again": error.code in sentences.PASSING,
    }
    answer = render(request, "ceremony/cannot.html", context, status=503 if context["again"] else 409)
    if context["again"] and step == "sign":
        answer["Refresh"] = str(LATER)
    return answer


def foreign(request: HttpRequest) -> HttpResponse:
    """Answer who came back with something that no ceremony of this browser waits for."""
    held = passes(request)
    if not held:
        return dead_link(request)
    last: uuid.UUID = held[-1].recipient
    return render(request, "ceremony/foreign.html", {"recipient": last}, status=409)
