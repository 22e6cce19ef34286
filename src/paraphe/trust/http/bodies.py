"""Small binary requests: read within bounds, answered with the right type. Nothing here depends on cookies."""

import hashlib
from datetime import datetime, timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

MAX_BODY = 65_536
"""No honest OCSP or timestamp request comes near; whatever is longer is not read."""


def body(request: HttpRequest) -> bytes:
    """Return the body, or nothing when it is longer than MAX_BODY or breaks off: no parser accepts nothing."""
    try:
        data = request.read(MAX_BODY + 1)
    except (UnreadablePostError, OSError):
        return b""
    return data if len(data) <= MAX_BODY else b""


def is_of_type(request: HttpRequest, content_type: str) -> bool:
    """Tell whether the request says that its body is of ``content_type``."""
    return (request.content_type or "").lower() == content_type


def binary(data: bytes, content_type: str, *, cache: str = "no-store") -> HttpResponse:
    """Return an answer of this type; ``cache`` is its Cache-Control."""
    answer = HttpResponse(data, content_type=content_type)
    answer["Cache-Control"] = cache
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def cacheable(
    request: HttpRequest, data: bytes, content_type: str, *, since: datetime, until: datetime, kept: timedelta
) -> HttpResponse:
    """Return an answer that caches may keep for ``kept``, and never beyond ``until`` (RFC 5019 §6.2).

    Who has it already is told so only (RFC 9110 §13).
    """
    left = min(kept, until - timezone.now())
    answer = binary(data, content_type, cache=f"public, max-age={max(0, int(left.total_seconds()))}, no-transform")
    answer["ETag"] = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    answer["Last-Modified"] = http_date(since.timestamp())
    answer["Expires"] = http_date((timezone.now() + left).timestamp())
    found = get_conditional_response(request, answer["ETag"], int(since.timestamp()), answer)
    return cast(HttpResponse, found)


def plain(status: int, sentence: str) -> HttpResponse:
    """Return a refusal for programs: one line of text."""
    return HttpResponse(sentence + "\n", status=status, content_type="text/plain; charset=utf-8")
