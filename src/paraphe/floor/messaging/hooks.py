"""Addresses that mail servers and SMS carriers call: they prove themselves by the token of the site.

By ``Authorization: Bearer``, or at the end of the address for carriers that can do no better. Without a token set up,
there is nothing here.
"""

import json
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from paraphe.floor.messaging import dsn
from paraphe.floor.messaging.arrivals import take_bounce, take_receipt
from paraphe.floor.secrets import same

#: What generic gateways call the end of an SMS.
DELIVERED: Final = frozenset({"delivered", "delivrd", "success", "ok"})
UNDELIVERED: Final = frozenset({"failed", "undelivered", "undeliverable", "undeliv", "rejected", "rejectd", "expired"})
#: OVHcloud, "premium tracking technical": 4 delivered; 1 to 3 on the way, 6 cannot be told; the rest failed.
OVH_DELIVERED: Final = 4
OVH_OPEN: Final = frozenset({1, 2, 3, 6})
LARGEST_RECEIPT: Final = 20_000


@csrf_exempt
@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """Take a delivery status notification, as the mail server received it; ``X-Returned-To`` says at which address."""
    _expect_token(request, "")
    take_bounce(_body(request, dsn.LARGEST), request.headers.get("X-Returned-To", "")[:320])
    return HttpResponse(status=204)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def sms(request: HttpRequest, token: str = "") -> HttpResponse:
    """Take a receipt: JSON ``{"id", "status"}`` of a generic gateway, or the parameters with which OVHcloud calls."""
    _expect_token(request, token)
    if request.method == "GET":
        _ovh(request.GET.get("id", ""), request.GET.get("ptt", ""))
    else:
        _generic(_body(request, LARGEST_RECEIPT))
    return HttpResponse(status=204)


def _ovh(reference: str, ptt: str) -> None:
    code = int(ptt) if ptt.isascii() and ptt.isdecimal() and len(ptt) < 6 else 0
    if code and code not in OVH_OPEN:
        take_receipt(reference, delivered=code == OVH_DELIVERED, code=f"ptt {code}")


def _generic(body: bytes) -> None:
    try:
        told: Any = json.loads(body)
        reference, status = str(told["id"]), str(told["status"]).strip().lower()
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    if status in DELIVERED | UNDELIVERED:
        take_receipt(reference, delivered=status in DELIVERED, code=status)


def _body(request: HttpRequest, limit: int) -> bytes:
    """Return the body, or nothing of one that is too large or ends in the middle."""
    try:
        data = request.read(limit + 1)
    except (UnreadablePostError, OSError):
        return b""
    return data if len(data) <= limit else b""


def _expect_token(request: HttpRequest, given: str) -> None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    token = value.strip() if scheme.lower() == "bearer" else given
    expected = _token()
    if not expected or not same(token.encode(), expected.encode()):
        raise Http404


def _token() -> str:
    if not settings.HOOK_TOKEN_FILE:
        return ""
    try:
        return Path(settings.HOOK_TOKEN_FILE).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


urlpatterns: list[URLPattern | URLResolver] = [
    path("hooks/mail/", mail, name="hook-mail"),
    path("hooks/sms/", sms, name="hook-sms"),
    path("hooks/sms/<str:token>/", sms, name="hook-sms-token"),
]
