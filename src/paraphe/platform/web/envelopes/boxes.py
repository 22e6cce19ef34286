"""Placing boxes: the numbers of the form are the truth, the script makes them draggable."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from paraphe.kernel.errors import NotFound
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.envelopes.gate import in_envelopes
from paraphe.platform.web.envelopes.sentences import sentence
from paraphe.platform.web.envelopes.steps import draft_of, number_in, step_page, where
from paraphe.platform.web.envelopes.words import BROUGHT, FIELDS

NUMBERS = ("x", "y", "width", "height")
VIEW_WIDTH = 900
MANY_SIGNERS = 30


@require_http_methods(["GET", "POST"])
@in_envelopes
def boxes(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Show the pages of one document with its boxes; keep them as they stand."""
    envelope = draft_of(request, envelope_id)
    to_sign = [one for one in envelope.documents if one.to_sign]
    document = _chosen(to_sign, request.POST.get("document") or request.GET.get("document", ""))
    error, stale, state = "", False, envelopes.state_of(document.fields) if document else ""
    if request.method == "POST" and document is not None:
        try:
            state = _kept(request, envelope_id, document)
        except (envelopes.BadField, envelopes.TooMany) as refused:
            error = sentence(refused)
        except envelopes.ChangedMeanwhile as changed:
            error, stale = sentence(changed), True
        status = 409 if stale else 422 if error else 200
        if request.headers.get("X-Paraphe-Script"):
            return JsonResponse({"error": error, "state": state}, status=status)
        if not error:
            return redirect(_after(request, envelope_id, document))
    signers = [one for one in envelope.recipients if one.role == "signer"]
    context = {
        "document": document,
        "state": state,
        "tabs": to_sign,
        "signers": signers,
        "rows": _rows(document, signers) if document else (),
        "pages": pages_of(envelope, document) if document else (),
        "brought": brought_by(document) if document else (),
        "kinds": [(kind, word, *envelopes.SIZES[kind], *envelopes.SMALLEST[kind]) for kind, word in FIELDS.items()],
        "error": error,
        "stale": stale,
    }
    return step_page(request, envelope, "boxes", context, status=409 if stale else 422 if error else 200)


@require_POST
@in_envelopes
def by_text(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Put a box under a text of the document, where it stands last or wherever it stands."""
    document_id, recipient_id = (number_in(request.POST.get(name, "")) for name in ("document", "recipient"))
    if document_id is None or recipient_id is None:
        raise NotFound(kind="document")
    try:
        count = envelopes.place_under_text(
            **where(request, envelope_id),
            document_id=document_id,
            recipient_id=recipient_id,
            kind=request.POST.get("kind", ""),  # type: ignore[arg-type] # the room refuses what is none
            text=request.POST.get("text", ""),
            everywhere=request.POST.get("where") == "all",
        )
    except (envelopes.BadField, envelopes.TextMissing, envelopes.TooMany, envelopes.PdfRefused) as error:
        messages.error(request, sentence(error))
    else:
        _tell_added(request, count)
    return redirect(_address(envelope_id, document_id))


@require_POST
@in_envelopes
def copy(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Put the boxes that are named, or else all of a document, into every other document to sign."""
    document_id = number_in(request.POST.get("document", ""))
    if document_id is None:
        raise NotFound(kind="document")
    here = {**where(request, envelope_id), "document_id": document_id}
    error, count = "", 0
    try:
        count = envelopes.copy_to_others(**here, fields=_fields(request.POST) or None)
    except (envelopes.BadField, envelopes.TooMany) as refused:
        error = sentence(refused)
    if request.headers.get("X-Paraphe-Script"):
        kept = {str(one.id): len(one.fields) for one in draft_of(request, envelope_id).documents}
        return JsonResponse({"error": error, "count": count, "kept": kept}, status=422 if error else 200)
    if error:
        messages.error(request, error)
    else:
        _tell_added(request, count)
    return redirect(_address(envelope_id, document_id))


@require_POST
@in_envelopes
def by_default(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Give every signer who has none a signature, at the foot of the last page or in the document's own fields."""
    envelope = draft_of(request, envelope_id)
    chosen = number_in(request.POST.get("document", ""))
    targets = [one for one in envelope.documents if one.to_sign and chosen in (None, one.id)]
    for one in targets:
        envelopes.place_by_default(**where(request, envelope_id), document_id=one.id)
    return redirect(_address(envelope_id, chosen))


def _rows(
    document: envelopes.DocumentView, signers: Sequence[envelopes.RecipientView]
) -> list[tuple[envelopes.FieldView, Sequence[envelopes.RecipientView]]]:
    """Return each box with those it can be given to: of many signers only its own, the page would hold their square."""
    own = {one.id: (one,) for one in signers}
    many = len(signers) > MANY_SIGNERS
    return [(one, own.get(one.recipient_id, ()) if many else signers) for one in document.fields]


def pages_of(
    envelope: envelopes.EnvelopeView, document: envelopes.DocumentView, seen_by: uuid.UUID | None = None
) -> list[dict[str, object]]:
    """Return what a page of the editor needs: address, size in points, its boxes with their colours, its own fields.

    ``seen_by``: the page as this signer will leave it.
    """
    colours = {one.id: one for one in envelope.recipients}
    name, who = ("envelope-preview-page", [seen_by]) if seen_by else ("envelope-page", [])
    return [
        {
            "number": number + 1,
            "url": reverse(name, args=[envelope.id, *who, document.id, number + 1, VIEW_WIDTH]),
            "width": width,
            "height": height,
            "fields": [
                {"field": one, "recipient": colours[one.recipient_id], "word": FIELDS[one.kind]}
                for one in document.fields
                if one.page == number and one.width and one.recipient_id in colours
            ],
            "brought": [one for one in document.open_fields if one.page == number],
        }
        for number, (width, height) in enumerate(document.pages)
    ]


def brought_by(document: envelopes.DocumentView) -> list[tuple[str, str]]:
    """Return the fields that a document brought: their names, and the same in words with what and where they are."""
    seen = {one.name for one in document.open_fields}
    told = [
        (one.name, _("{name} ({kind}, page {page})").format(
            name=one.label or one.name, kind=BROUGHT[one.kind], page=one.page + 1
        ))
        for one in document.open_fields
    ]  # fmt: skip
    return told + [(name, name) for name in document.empty_fields if name not in seen]


def _kept(request: FirmRequest, envelope_id: uuid.UUID, document: envelopes.DocumentView) -> str:
    """Keep the boxes as they were sent, unless others were kept since they were shown; return their state."""
    turn = request.POST.get("turn", "")
    # A page that does not say what it showed may show anything.
    shown = envelopes.Shown(
        state=request.POST.get("state", ""),
        writer="".join(one for one in request.POST.get("writer", "")[:40] if one.isascii() and one.isalnum()),
        turn=int(turn) if turn.isascii() and turn.isdecimal() and len(turn) < 9 else 0,
    )
    fields = _fields(request.POST)
    return envelopes.place(**where(request, envelope_id), document_id=document.id, fields=fields, shown=shown)


def _tell_added(request: FirmRequest, count: int) -> None:
    if not count:
        messages.info(request, _("Les cases y étaient déjà : rien n'a été ajouté."))
        return
    text = ngettext("Une case est ajoutée.", "{count} cases sont ajoutées.", count)
    messages.success(request, text.format(count=count))


def _after(request: FirmRequest, envelope_id: uuid.UUID, document: envelopes.DocumentView) -> str:
    if request.POST.get("next") == "1":
        return reverse("envelope-message", args=[envelope_id])
    other = number_in(request.POST.get("go", ""))
    messages.success(request, _("Les cases sont enregistrées."))
    return _address(envelope_id, other or document.id)


def _address(envelope_id: uuid.UUID, document_id: uuid.UUID | None) -> str:
    address = reverse("envelope-boxes", args=[envelope_id])
    return f"{address}?document={document_id}" if document_id else address


def _chosen(to_sign: list[envelopes.DocumentView], asked: str) -> envelopes.DocumentView | None:
    number = number_in(asked) if asked else None
    return next((one for one in to_sign if one.id == number), to_sign[0] if to_sign else None)


def _fields(posted: QueryDict) -> list[envelopes.FieldData]:
    """Return the rows of the form that are not to be taken away. Raises BadField for what is no number."""
    names = ("recipient", "kind", "page", *NUMBERS, "required", "label", "existing", "remove")
    columns = {name: posted.getlist(name) for name in names}
    count = len(columns["kind"])
    if any(len(column) != count for column in columns.values()):
        raise envelopes.BadField(reason="size")
    rows = [{name: columns[name][place] for name in names} for place in range(count)]
    return [_field(row) for row in rows if row["kind"] and not row["remove"]]


def _field(row: Mapping[str, str]) -> envelopes.FieldData:
    try:
        numbers: dict[str, Any] = {name: float(row[name].replace(",", ".") or 0) for name in NUMBERS}
        page = int(row["page"] or 1) - 1
    except ValueError:
        raise envelopes.BadField(reason="size") from None
    recipient = number_in(row["recipient"])
    if recipient is None:
        raise envelopes.BadField(reason="recipient")
    return envelopes.FieldData(
        recipient=recipient,
        kind=row["kind"],  # type: ignore[arg-type] # the room refuses what is none
        page=page,
        required=row["required"] == "1",
        label=row["label"],
        existing=row["existing"],
        **numbers,
    )
