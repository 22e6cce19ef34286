"""Files of a batch: brought, listed, taken out; results given."""

import uuid
from typing import Any, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from paraphe.floor.files import api as store
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.sealing import api as sealing
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.answers import not_found, pdf_answer
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.sealing.forms import SplitForm
from paraphe.platform.web.sealing.gate import with_batches
from paraphe.platform.web.sealing.sentences import reason, sentence
from paraphe.platform.web.sealing.views import around

PIECE = 1 << 16


@require_POST
@with_batches
def add(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take files into a draft: some PDFs, or ZIPs. The script of the page sends them in parts and asks for JSON."""
    paths = request.POST.getlist("path")
    left_out: list[tuple[str, str]] = []
    taken = 0
    problem = ""
    brought: list[sealing.Brought] = []
    try:
        for number, file in enumerate(request.FILES.getlist("file")):
            name = paths[number] if number < len(paths) and paths[number] else file.name or ""
            if name.lower().endswith(".zip"):
                sealing.bring_zip(person=request.person, firm=request.firm, batch_id=batch_id, name=name, stream=file)
                taken += 1
            else:
                brought.append(sealing.Brought(name, file.chunks(PIECE)))
        if brought:
            found = sealing.add(person=request.person, firm=request.firm, batch_id=batch_id, brought=brought)
            taken += sum(one.error is None for one in found)
            left_out = [(one.name, sentence(one.error)) for one in found if one.error is not None]
    except (sealing.WrongBatchState, sealing.FileTooLarge, store.StorageFull, store.StorageFailed) as error:
        problem = sentence(error)
    if "application/json" in request.headers.get("Accept", ""):
        told: dict[str, Any] = {"taken": taken, "left_out": left_out[:100], "problem": problem}
        return JsonResponse(told, status=409 if problem else 200)
    if problem:
        messages.error(request, problem)
    for name, words in left_out[:10]:
        messages.warning(request, f"{name} : {words}")
    if taken:
        text = ngettext("%(n)d fichier ajouté.", "%(n)d fichiers ajoutés.", taken) % {"n": taken}
        messages.success(request, text)
    return redirect("batch", batch_id=batch_id)


@require_POST
@with_batches
def split(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take a PDF of many documents, to be split into the batch."""
    form = SplitForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        upload: UploadedFile[bytes] = given["document"]
        try:
            sealing.bring_to_split(
                person=request.person,
                firm=request.firm,
                batch_id=batch_id,
                name=upload.name or "document.pdf",
                stream=upload,
                pages=given["pages"] if given["rule"] == "pages" else None,
                text=given["text"],
            )
        except (sealing.WrongBatchState, sealing.FileTooLarge, sealing.BadOptions) as error:
            form.add_error("document", sentence(error))
        else:
            messages.success(request, _("Le PDF est reçu : il est découpé en ce moment."))
            return redirect("batch", batch_id=batch_id)
    context = {**around(request, batch_id), "split_form": form, "split_open": True}
    return render(request, "web_sealing/batch.html", context, status=422)


@require_POST
@with_batches
def remove(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take files out of a draft."""
    which = request.POST.get("which", "")
    typed = request.POST.get("item", "")
    number = int(typed) if typed.isdecimal() and len(typed) < 16 else 0
    if which not in ("one", "refused", "duplicate"):
        return redirect("batch", batch_id=batch_id)
    try:
        count = sealing.remove_items(
            person=request.person, firm=request.firm, batch_id=batch_id, which=which, item_id=number
        )
    except sealing.WrongBatchState as error:
        messages.error(request, sentence(error))
    else:
        text = ngettext("%(n)d fichier retiré.", "%(n)d fichiers retirés.", count) % {"n": count}
        messages.success(request, text)
    return redirect("batch", batch_id=batch_id)


@require_GET
@with_batches
def listing(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Show the files of a batch, page by page, with the reason of each that is not sealed."""
    chosen = {name: request.GET.get(name, "")[:400] for name in ("etat", "texte", "apres")}
    rows, after = sealing.items(
        request.person, request.firm, batch_id, state=chosen["etat"], text=chosen["texte"], after=chosen["apres"]
    )
    batch = sealing.get(request.person, request.firm, batch_id)
    context = {
        "firm": request.firm,
        "batch": batch,
        "rows": [(one, reason(one.code) if one.code else "") for one in rows],
        "after": after,
        "chosen": chosen,
    }
    return render(request, "web_sealing/files.html", context)


@require_GET
@with_batches
def archive(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Give everything that is sealed as a ZIP, made while it is sent."""
    batch = sealing.get(request.person, request.firm, batch_id)
    pieces = sealing.archive(actor=actor_of(request), person=request.person, firm=request.firm, batch_id=batch_id)
    answer = StreamingHttpResponse(pieces, content_type="application/zip")
    answer["Content-Disposition"] = content_disposition_header(True, f"{batch.title}.zip") or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return cast(HttpResponse, answer)


@require_GET
@with_batches
def manifest(request: FirmRequest, batch_id: uuid.UUID, kind: str) -> HttpResponse:
    """Give the manifest, as PDF or as CSV."""
    if kind not in ("pdf", "csv"):
        return not_found(request)
    data = sealing.manifest_file(request.person, request.firm, batch_id, kind)
    if kind == "pdf":
        return pdf_answer(data, f"bordereau-{str(batch_id)[:8]}.pdf")
    answer = HttpResponse(data, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="bordereau-{str(batch_id)[:8]}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_GET
@with_batches
def one(request: FirmRequest, batch_id: uuid.UUID, item_id: int) -> HttpResponse:
    """Give one sealed file."""
    try:
        name, data = sealing.one_file(request.person, request.firm, batch_id, item_id)
    except (NotFound, OverflowError):
        return not_found(request)
    except DomainError as error:
        messages.error(request, sentence(error))
        return redirect("batch", batch_id=batch_id)
    return pdf_answer(data, name)
