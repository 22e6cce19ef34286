"""Everything held about oneself, to take away."""

import uuid
from typing import cast

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from paraphe.floor.jobs import api as jobs
from paraphe.platform.accounts import api as accounts
from paraphe.platform.web.account.access import PersonRequest, actor_of
from paraphe.platform.web.settings.gate import for_oneself
from paraphe.platform.web.settings.jobs import make_person_export


@require_POST
@for_oneself
def begin(request: PersonRequest) -> HttpResponse:
    """Have everything packed."""
    view, new = accounts.ask_export(actor=actor_of(request), person=request.person)
    if new:
        jobs.enqueue(make_person_export, str(view.id))
    return redirect("account-export", export_id=view.id)


@require_GET
@for_oneself
def show(request: PersonRequest, export_id: uuid.UUID) -> HttpResponse:
    """Show how far the packing is; at the end, the file."""
    view = accounts.export_of(request.person, export_id)
    return render(request, "platform_settings/export.html", {"export": view})


@require_GET
@for_oneself
def download(request: PersonRequest, export_id: uuid.UUID) -> HttpResponse:
    """Give the packed file, piece by piece."""
    file = accounts.open_export(request.person, export_id)
    answer = FileResponse(file, as_attachment=True, filename="paraphe.zip", content_type="application/zip")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    # A streamed answer is no HttpResponse for the type checker; everything around treats it as one.
    return cast("HttpResponse", answer)
