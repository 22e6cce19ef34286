"""Many collections from a template and a table: checked line by line, launched, followed, retried."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.envelopes.forms import TableForm, brought
from paraphe.platform.web.envelopes.gate import in_envelopes
from paraphe.platform.web.envelopes.sentences import PROBLEMS, failure, of_line, sentence, told
from paraphe.platform.web.envelopes.words import STATES, TONES

#: Lines of a table that are shown before its launch; those with something wrong come first.
PREVIEWED = 200


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
    data, sent = brought(request.POST.get("sent", ""), form)
    if data is None:
        return render(request, "web_envelopes/table.html", context, status=422)
    where: dict[str, Any] = {"person": request.person, "firm": request.firm, "template_id": envelope_id, "data": data}
    start = request.POST.get("start", "")
    try:
        if start:
            number = envelopes.start_bulk(actor=actor_of(request), **where, skip_wrong=start == "good")
            return redirect("envelope-bulk", bulk_id=number)
        check = envelopes.check_bulk(**where)
    except envelopes.BadTable as error:
        form.add_error("file", sentence(error))
        return render(request, "web_envelopes/table.html", context, status=422)
    except envelopes.NotReady:
        messages.error(request, _("Rien n'est lancé : quelque chose a changé depuis la vérification."))
        check = envelopes.check_bulk(**where)
    context |= {"sent": sent, **_checked(check, template)}
    return render(request, "web_envelopes/table.html", context, status=200 if check.ready else 422)


@require_GET
@in_envelopes
def example(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Give the first line of a table for this template."""
    template = envelopes.get(request.person, request.firm, envelope_id)
    return _csv(envelopes.example_table(template.recipients), "collectes.csv")


@require_GET
@in_envelopes
def show_all(request: FirmRequest) -> HttpResponse:
    """Show the bulk launches, the newest first."""
    typed = request.GET.get("page", "1")
    page = int(typed) if typed.isascii() and typed.isdecimal() and 0 < len(typed) < 6 else 1
    rows, more = envelopes.bulks(request.person, request.firm, page=page)
    context = {"firm": request.firm, "rows": rows, "page": page, "next": page + 1 if more else 0}
    return render(request, "web_envelopes/bulks.html", context)


@require_GET
@in_envelopes
def show(request: FirmRequest, bulk_id: uuid.UUID) -> HttpResponse:
    """Show how far a bulk launch is, and its lines a page at a time."""
    found = envelopes.bulk(request.person, request.firm, bulk_id)
    stopped, typed = request.GET.get("lignes") == "arretees", request.GET.get("apres", "")
    after = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 8 else 0
    lines = envelopes.lines_of(request.person, request.firm, bulk_id, stopped=stopped, after=after)
    context = {
        "bulk": found,
        "lines": [
            (
                one,
                STATES.get(one.state, ""),
                TONES.get(one.state, "secondary"),
                failure(one.failure) if one.failure else "",
            )
            for one in lines.rows
        ],
        "after": after,
        "next": lines.after,
        "stopped": stopped,
        "may_launch": "launch" in accounts.rights(request.person, request.firm),
        "without": any(one.envelope is None and one.failure for one in lines.rows),
    }
    return render(request, "web_envelopes/bulk.html", context)


@require_POST
@in_envelopes
def retry(request: FirmRequest, bulk_id: uuid.UUID) -> HttpResponse:
    """Try the lines again that were not launched."""
    who: dict[str, Any] = {"actor": actor_of(request), "person": request.person, "firm": request.firm}
    count = envelopes.retry_bulk(**who, bulk_id=bulk_id)
    if count:
        words = ngettext("{n} ligne est reprise.", "{n} lignes sont reprises.", count).format(n=count)
        messages.success(request, words)
    return redirect("envelope-bulk", bulk_id=bulk_id)


@require_GET
@in_envelopes
def to_correct(request: FirmRequest, bulk_id: uuid.UUID) -> HttpResponse:
    """Give the lines that have no collection as a table, to be corrected and brought again."""
    return _csv(envelopes.lines_to_correct(request.person, request.firm, bulk_id), "lignes.csv")


def _checked(check: envelopes.Check, template: envelopes.EnvelopeView) -> dict[str, object]:
    """Return what the page shows of a table: lines with something wrong first, each problem named in its line."""
    lines = [*check.table.wrong, *check.table.good]
    return {
        "check": check,
        "lines": [(line, [of_line(one) for one in line.all_problems]) for line in lines[:PREVIEWED]],
        "not_shown": max(len(lines) - PREVIEWED, 0),
        "good": len(check.table.good),
        "wrong": len(check.table.wrong),
        "of_template": [told(one, template) for one in check.template if one.code in PROBLEMS],
        "missing": credit.euros(check.missing_cents) if check.missing_cents else "",
    }


def _csv(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
