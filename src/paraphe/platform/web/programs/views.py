"""Batches, as programs bring, watch and fetch them."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from paraphe.kernel.errors import DomainError
from paraphe.platform.programs.api import Caller
from paraphe.platform.sealing import api as sealing
from paraphe.platform.web.answers import pdf_answer
from paraphe.platform.web.programs.gate import for_programs

PIECE = 1 << 16
MOST_JSON = 10_000
KEPT_DAYS = 31
WORDS = {"title": str, "purpose": str, "level": str, "kind": str, "reason": str, "retention_days": int}


class BadRequest(DomainError):
    """The body is no JSON object of the words that are known, or a parameter is missing."""

    code = "bad_request"


@for_programs("POST")
def create(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Begin a batch that waits for its release by a person."""
    options = _options(request)
    batch_id = sealing.create(
        actor=caller.actor, person=caller.person, firm=caller.firm, options=options, locale=settings.LANGUAGE_CODE
    )
    return JsonResponse(_batch(sealing.get(caller.person, caller.firm, batch_id)), status=201)


@for_programs("GET")
def show(_request: HttpRequest, caller: Caller, batch_id: uuid.UUID) -> HttpResponse:
    """Say how far a batch is."""
    return JsonResponse(_batch(sealing.get(caller.person, caller.firm, batch_id)))


@for_programs("GET", "PUT")
def files(request: HttpRequest, caller: Caller, batch_id: uuid.UUID) -> HttpResponse:
    """Show a page of the files of a batch, or take one."""
    if request.method == "PUT":
        return _take(request, caller, batch_id)
    asked = {name: request.GET.get(name, "") for name in ("state", "text", "after")}
    found, following = sealing.items(caller.person, caller.firm, batch_id, **asked)
    return JsonResponse({"files": [_file(one) for one in found], "next": following})


@for_programs("GET")
def sealed(_request: HttpRequest, caller: Caller, batch_id: uuid.UUID, item_id: int) -> HttpResponse:
    """Return one sealed file."""
    name, data = sealing.one_file(caller.person, caller.firm, batch_id, item_id)
    return pdf_answer(data, name)


def _take(request: HttpRequest, caller: Caller, batch_id: uuid.UUID) -> HttpResponse:
    path = request.GET.get("path", "")
    if not path:
        raise BadRequest(field="path")
    brought = sealing.Brought(path, _pieces(request))
    [taken] = sealing.add(person=caller.person, firm=caller.firm, batch_id=batch_id, brought=[brought])
    if taken.error is not None:
        raise taken.error
    return JsonResponse({"path": taken.name}, status=201)


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    while piece := request.read(PIECE):
        yield piece


def _options(request: HttpRequest) -> sealing.Options:
    """Return what was asked for. Raises BadRequest; the room looks at the values."""
    try:
        asked: Any = json.loads(request.read(MOST_JSON))
    except (ValueError, RecursionError):
        raise BadRequest() from None
    if not isinstance(asked, dict) or not set(asked) <= set(WORDS):
        raise BadRequest()
    wrong = [name for name, value in asked.items() if type(value) is not WORDS[name]]
    missing = [name for name in ("title", "purpose") if name not in asked]
    if wrong or missing:
        raise BadRequest(field=(wrong + missing)[0])
    return sealing.Options(**{"retention_days": KEPT_DAYS, **asked})


def _batch(found: sealing.BatchView) -> dict[str, object]:
    return {
        "id": str(found.id),
        "page": settings.SITE_URL + reverse("batch", args=[found.id]),
        "title": found.title,
        "state": found.state,
        "problem": found.problem,
        "total": found.total,
        "checked": found.checked,
        "refused": found.refused,
        "released": found.released,
        "sealed": found.sealed,
        "failed": found.failed,
        "seconds_left": found.left,
    }


def _file(found: sealing.ItemView) -> dict[str, object]:
    return {
        "id": found.id,
        "path": found.path,
        "state": found.state,
        "code": found.code,
        "sha256": found.sha256,
        "sealed_sha256": found.result_sha256,
    }
