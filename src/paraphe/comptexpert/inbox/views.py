"""Where letters arrive, and the pages that show them."""

import json
from typing import Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import strip_tags
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from paraphe.comptexpert.inbox import api as inbox
from paraphe.floor.design.errors import not_found
from paraphe.floor.secrets import same
from paraphe.kernel.errors import NotFound

LARGEST_BODY: Final = 1_500_000
PER_PAGE: Final = 50


@csrf_exempt
@require_POST
def deliver(request: HttpRequest) -> HttpResponse:
    """Take in a letter from a site that knows the secret of the post office."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    secret = settings.INBOX_SECRET_FILE.read_text(encoding="ascii").strip()
    if kind.lower() != "bearer" or not same(token.strip(), secret):
        answer = JsonResponse({"error": "unauthorized"}, status=401)
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        return JsonResponse({"error": "too_large"}, status=413)
    try:
        sender_key = request.headers.get("Idempotency-Key", "")[:100] or None
        letter = inbox.deliver(json.loads(request.body), sender_key)
    except inbox.LetterRefused as error:
        return JsonResponse({"error": error.code, "field": error.params["field"]}, status=422)
    except (ValueError, RecursionError):
        return JsonResponse({"error": "not_json"}, status=400)
    return JsonResponse({"id": letter.pk}, status=201)


@never_cache
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """List the letters, newest first; the page asks again every few seconds and is told when nothing is new."""
    recipient = request.GET.get("to", "")[:254]
    page = Paginator(inbox.letters(recipient), PER_PAGE).get_page(request.GET.get("page"))
    newest = str(page.object_list[0].pk) if page.object_list else "0"
    if getattr(request, "htmx", False) and request.GET.get("seen") == newest:
        return HttpResponse(status=204)
    return render(
        request,
        "inbox/list.html",
        {"page": page, "newest": newest, "recipient": recipient, "recipients": inbox.recipients()},
    )


@never_cache
@require_GET
def show(request: HttpRequest, number: int) -> HttpResponse:
    """Show one letter as text with links: what it holds as HTML is never let into the page."""
    try:
        letter = inbox.letter(number)
    except NotFound as error:
        return not_found(request, error)
    text = letter.text or strip_tags(letter.html)
    return render(request, "inbox/letter.html", {"letter": letter, "text": text})
