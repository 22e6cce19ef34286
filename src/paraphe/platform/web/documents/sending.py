"""Files sent in parts by the script of the page: answers are JSON, with the sentence that people read."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Final
from urllib.parse import unquote

from django.http import HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.documents import api as documents
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.documents.sentences import sentence, sentence_of, sentence_of_size, warnings_of

STATUS: Final = {
    "wrong_offset": 409,
    "too_busy": 429,
    "file_too_large": 413,
    "may_not": 403,
    "firm_closed": 403,
    "storage_full": 507,
    "storage_failed": 503,
}
MOST_DIGITS: Final = 15


def in_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let ``view`` answer what it refuses as JSON: ``code``, ``reason``, and ``offset`` where one goes on from it."""

    @wraps(view)
    def answered(request: FirmRequest, **words: uuid.UUID) -> HttpResponse:
        try:
            return view(request, **words)
        except NotFound:
            return _refused("not_found", _("Cet envoi n'existe plus. Déposez le fichier de nouveau."), 404)
        except UnreadablePostError:
            return _refused("interrupted", _("L'envoi a été interrompu."), 400)
        except documents.WrongOffset as error:
            answer = {"code": error.code, "offset": error.params["offset"]}
            return JsonResponse(answer, status=STATUS[error.code])
        except documents.TooBusy as error:
            found = _refused(error.code, _("Trop de fichiers à la fois : celui-ci attend un instant."), 429)
            found["Retry-After"] = str(error.params["seconds"])
            return found
        except DomainError as error:
            return _refused(error.code, sentence(error), STATUS.get(error.code, 422))

    return answered


@require_POST
@in_private_space
@in_json
def begin(request: FirmRequest) -> HttpResponse:
    """Begin to take a file, named in the headers; its first part may come with it. The same key goes on with it."""
    size, key = _number(request, "Upload-Length"), _key(request)
    if size is None or key is None:
        return _refused("bad_request", _("Cette demande d'envoi est incomplète."), 400)
    view = documents.begin(
        person=request.person,
        firm=request.firm,
        key=key,
        filename=unquote(request.headers.get("Upload-Name", ""))[:500],
        size=size,
    )
    # The file may be known already: its first bytes are then not wanted again.
    if view.state == "receiving" and view.offset == 0 and _number(request, "Content-Length"):
        view = _receive(request, view.id, 0)
    return _told(request, view, status=201)


@require_POST
@in_private_space
@in_json
def together(request: FirmRequest) -> HttpResponse:
    """Take several small files at once, each with its key; answer what became of each, in their order."""
    given, keys = request.FILES.getlist("file"), [_uuid(one) for one in request.POST.getlist("key")]
    if not given or len(given) != len(keys) or None in keys or len(given) > documents.MOST_TOGETHER:
        return _refused("bad_request", _("Cette demande d'envoi est incomplète."), 400)
    brought = [
        # One octet more than allowed is as wrong as a thousand.
        documents.Brought(key, (one.name or "")[:500], one.read(documents.MOST_OCTETS_TOGETHER + 1))
        for key, one in zip(keys, given, strict=True)
        if key is not None
    ]
    views = documents.add_many(actor=actor_of(request), person=request.person, firm=request.firm, brought=brought)
    notes = documents.warnings_of_many(request.person, request.firm, [one.document_id for one in views])
    results = [_answer(view, warnings_of(notes.get(view.document_id, ()))) for view in views]
    return JsonResponse({"results": results}, status=201)


@require_http_methods(["GET", "PATCH", "DELETE"])
@in_private_space
@in_json
def one(request: FirmRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Say how far a file came, take its next part, or forget it."""
    if request.method == "DELETE":
        documents.abandon(person=request.person, firm=request.firm, upload_id=upload_id)
        return HttpResponse(status=204)
    if request.method == "GET":
        return _told(request, documents.progress(request.person, request.firm, upload_id))
    offset = _number(request, "Upload-Offset")
    if offset is None:
        return _refused("bad_request", _("Cette demande d'envoi est incomplète."), 400)
    return _told(request, _receive(request, upload_id, offset))


def _receive(request: FirmRequest, upload_id: uuid.UUID, offset: int) -> documents.UploadView:
    length = _number(request, "Content-Length") or 0

    def read(most: int) -> bytes:
        if length > most:
            # Not even looked at: one byte more than allowed is as wrong as a thousand.
            return b"\0" * most
        data = request.read(length)
        if len(data) != length:
            raise UnreadablePostError("cut")
        return bytes(data)

    return documents.receive(
        actor=actor_of(request),
        person=request.person,
        firm=request.firm,
        upload_id=upload_id,
        offset=offset,
        read=read,
    )


def _told(request: FirmRequest, view: documents.UploadView, status: int = 200) -> HttpResponse:
    return JsonResponse(_answer(view, _notes(request, view)), status=status)


def _answer(view: documents.UploadView, notes: list[str]) -> dict[str, object]:
    """Return what the browser reads of an upload; ``notes`` are sentences about a file that was accepted."""
    reason = ""
    if view.state == "refused":
        reason = sentence_of_size(view.limit) if view.refusal == "file_too_large" else sentence_of(view.refusal)
    return {
        "state": view.state,
        "offset": view.offset,
        "part": documents.PART,
        "address": reverse("upload", args=[view.id]),
        "reason": reason,
        "known": view.known,
        "notes": notes,
        "document": reverse("document", args=[view.document_id]) if view.document_id else "",
        "sign": reverse("document-sign", args=[view.document_id]) if view.document_id else "",
    }


def _notes(request: FirmRequest, view: documents.UploadView) -> list[str]:
    """Return what people read of a file that was accepted: that it is signed already, say."""
    if view.document_id is None:
        return []
    try:
        return warnings_of(documents.get(request.person, request.firm, view.document_id).warnings)
    except NotFound:
        return []


def _refused(code: str, reason: str, status: int) -> HttpResponse:
    return JsonResponse({"code": code, "reason": reason}, status=status)


def _number(request: FirmRequest, header: str) -> int | None:
    value = str(request.headers.get(header, ""))
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS else None


def _key(request: FirmRequest) -> uuid.UUID | None:
    return _uuid(request.headers.get("Upload-Key", ""))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
