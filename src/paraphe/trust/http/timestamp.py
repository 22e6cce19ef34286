"""Timestamps over HTTP, RFC 3161 §3.4: every refusal is a TimeStampResp with its failInfo, never a bare error."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from paraphe.trust.http import bodies
from paraphe.trust.tsa import api as tsa

QUERY = "application/timestamp-query"
REPLY = "application/timestamp-reply"


@csrf_exempt
@require_POST
def timestamp(request: HttpRequest) -> HttpResponse:
    """Answer one TimeStampReq."""
    if not bodies.is_of_type(request, QUERY):
        return bodies.plain(415, f"The body must be of type {QUERY}.")
    return bodies.binary(tsa.answer(bodies.body(request)), REPLY)


urlpatterns = [path("tsa", timestamp, name="tsa")]
