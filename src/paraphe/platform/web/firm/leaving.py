"""The way out: take everything away, then close the firm."""

import uuid
from typing import cast

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.floor.jobs import api as jobs
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.firms import api as firms
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.firm.forms import LeaveForm
from paraphe.platform.web.firm.gate import for_accountants
from paraphe.platform.web.jobs import make_firm_export


@require_http_methods(["GET", "POST"])
@for_accountants
def leave(request: FirmRequest) -> HttpResponse:
    """Say what leaving means, offer the export, and close the firm whose SIREN is typed."""
    if not enrolment.is_open(request.firm):
        return redirect("firm-membership")
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            firms.close(
                actor=actor_of(request),
                person=request.person,
                firm=request.firm,
                typed_siren=form.cleaned_data["siren"],
            )
        except firms.SirenMismatch:
            form.add_error("siren", _("Ce n'est pas le SIREN de ce cabinet : rien n'a été fermé."))
        except firms.FirmClosed:
            return redirect("firm-membership")
        else:
            messages.success(request, _("Le cabinet est fermé."))
            return redirect("firm-membership")
    return render(
        request,
        "platform_web/firm/leave.html",
        {"form": form, "firm": request.firm, "exports": firms.exports(request.person, request.firm)},
        status=422 if form.errors else 200,
    )


@require_POST
@for_accountants
def begin_export(request: FirmRequest) -> HttpResponse:
    """Have everything packed."""
    view, new = firms.ask_export(actor=actor_of(request), person=request.person, firm=request.firm)
    if new:
        jobs.enqueue(make_firm_export, str(view.id))
    return redirect("firm-export", export_id=view.id)


@require_GET
@for_accountants
def export(request: FirmRequest, export_id: uuid.UUID) -> HttpResponse:
    """Show how far the packing is; at the end, the file."""
    view = firms.export(request.person, request.firm, export_id)
    return render(request, "platform_web/firm/export.html", {"export": view, "firm": request.firm})


@require_GET
@for_accountants
def download(request: FirmRequest, export_id: uuid.UUID) -> HttpResponse:
    """Give the packed file, piece by piece."""
    file = firms.open_export(request.person, request.firm, export_id)
    name = f"{request.firm.siren}.zip"
    answer = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    # A streamed answer is no HttpResponse for the type checker; everything around treats it as one.
    return cast("HttpResponse", answer)
