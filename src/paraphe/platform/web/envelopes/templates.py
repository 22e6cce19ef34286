"""Templates of collections, and many collections from one of them and a table."""

import base64
import binascii
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.envelopes.forms import TableForm
from paraphe.platform.web.envelopes.gate import in_envelopes
from paraphe.platform.web.envelopes.sentences import PROBLEMS, reason, sentence, told

#: A table that was checked comes back with the confirmation, as base 64.
MOST_SENT = 1_400_000


@require_GET
@in_envelopes
def show(request: FirmRequest) -> HttpResponse:
    """Show the templates of the firm."""
    found = envelopes.listing(request.person, request.firm, states=("template",), after=request.GET.get("apres", ""))
    rights = accounts.rights(request.person, request.firm)
    context = {
        "firm": request.firm,
        "listing": found,
        "may_prepare": "prepare" in rights,
        "may_launch": "launch" in rights,
    }
    return render(request, "web_envelopes/templates.html", context)


@require_POST
@in_envelopes
def use(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Begin a collection from a template."""
    made = envelopes.use_template(
        actor=actor_of(request), person=request.person, firm=request.firm, template_id=envelope_id
    )
    return redirect("envelope-people", envelope_id=made.id)


@require_POST
@in_envelopes
def make(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Make a template of a collection."""
    made = envelopes.make_template(
        actor=actor_of(request),
        person=request.person,
        firm=request.firm,
        envelope_id=envelope_id,
        role=_("Signataire"),
    )
    messages.success(request, _("Le modèle est créé. Donnez un nom à chaque rôle."))
    return redirect("envelope-people", envelope_id=made.id)


@require_http_methods(["GET", "POST"])
@in_envelopes
def table(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Read a table, show line by line what it would do, and start when that is confirmed."""
    template = envelopes.get(request.person, request.firm, envelope_id)
    if template.state != "template":
        raise NotFound(kind="template")
    form = TableForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"template": template, "form": form}
    if request.method == "GET":
        return render(request, "web_envelopes/table.html", context)
    data = _data(request, form)
    if data is None:
        return render(request, "web_envelopes/table.html", context, status=422)
    where: dict[str, Any] = {"person": request.person, "firm": request.firm, "template_id": envelope_id, "data": data}
    try:
        if request.POST.get("start") == "1":
            number = envelopes.start_bulk(actor=actor_of(request), **where)
            return redirect("envelope-bulk", bulk_id=number)
        check = envelopes.check_bulk(**where)
    except envelopes.BadTable as error:
        form.add_error("file", sentence(error))
        return render(request, "web_envelopes/table.html", context, status=422)
    except envelopes.NotReady:
        messages.error(request, _("Rien n'est lancé : quelque chose a changé depuis la vérification."))
        check = envelopes.check_bulk(**where)
    context |= {
        "check": check,
        "problems": [(one, reason(one.reason)) for one in check.table.problems],
        "of_template": [told(one, template) for one in check.template if one.code in PROBLEMS],
        "missing": credit.euros(check.missing_cents) if check.missing_cents else "",
        "sent": base64.b64encode(data).decode(),
    }
    return render(request, "web_envelopes/table.html", context, status=200 if check.ready else 422)


@require_GET
@in_envelopes
def example(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Give the first line of a table for this template."""
    template = envelopes.get(request.person, request.firm, envelope_id)
    answer = HttpResponse(envelopes.example_table(template.recipients), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="collectes.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_GET
@in_envelopes
def bulk(request: FirmRequest, bulk_id: uuid.UUID) -> HttpResponse:
    """Show how far a bulk launch is."""
    found = envelopes.bulk(request.person, request.firm, bulk_id)
    return render(request, "web_envelopes/bulk.html", {"bulk": found})


def _data(request: FirmRequest, form: TableForm) -> bytes | None:
    """Return the table that was brought, or the one that was checked before; None when there is none."""
    sent = request.POST.get("sent", "")
    if sent and len(sent) <= MOST_SENT:
        try:
            return base64.b64decode(sent, validate=True)
        except (binascii.Error, ValueError):
            return None
    if form.is_valid():
        uploaded = form.cleaned_data["file"]
        # One octet more than is allowed tells that it is too large.
        return bytes(uploaded.read(1_000_001))
    return None
