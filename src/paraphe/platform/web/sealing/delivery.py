"""Sealed files to the people they are for: matched, shown, sent; and the page that the receiver sees."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.floor.secrets import SealBroken, seal_text, unseal_text
from paraphe.kernel.errors import NotFound
from paraphe.platform.contacts import api as contacts
from paraphe.platform.sealing import api as sealing
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.answers import not_found, pdf_answer
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.sealing.forms import MatchForm
from paraphe.platform.web.sealing.gate import with_batches
from paraphe.platform.web.sealing.sentences import reason, sentence

SHOWN = 200
MOST_BYTES = 10_000_000
TABLE_PURPOSE = "sealing.match-table"


@require_http_methods(["GET", "POST"])
@with_batches
def match(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Show whom each file would go to; a CSV decides where one is brought, else names of files."""
    form = MatchForm(request.POST, request.FILES) if request.method == "POST" else MatchForm()
    table: bytes | None = None
    if request.method == "POST" and form.is_valid():
        table = form.cleaned_data["table"].read(MOST_BYTES + 1)
    context: dict[str, Any] = {"firm": request.firm, "form": form}
    try:
        context["batch"] = sealing.get(request.person, request.firm, batch_id)
        if not form.errors:
            found = sealing.match(request.person, request.firm, batch_id, table)
            context |= _shown(found, table)
    except (sealing.BadMatching, sealing.WrongBatchState, sealing.MayNot, contacts.MayNot) as error:
        form.add_error(None, sentence(error)) if form.is_bound else messages.error(request, sentence(error))
    return render(request, "web_sealing/deliver.html", context, status=422 if form.errors else 200)


@require_POST
@with_batches
def send(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Send each matched file to its person, as it was shown."""
    sealed = request.POST.get("table", "")
    try:
        table = unseal_text(bytes.fromhex(sealed), TABLE_PURPOSE).encode("latin-1") if sealed else None
        found = sealing.match(request.person, request.firm, batch_id, table)
        count = sealing.send(
            actor=actor_of(request), person=request.person, firm=request.firm, batch_id=batch_id, matches=found
        )
    except (ValueError, SealBroken):
        return redirect("batch-deliver", batch_id=batch_id)
    except (sealing.BadMatching, sealing.WrongBatchState, sealing.MayNot, contacts.MayNot) as error:
        messages.error(request, sentence(error))
        return redirect("batch", batch_id=batch_id)
    text = ngettext(
        "%(n)d document part vers son destinataire.", "%(n)d documents partent vers leurs destinataires.", count
    )
    messages.success(request, text % {"n": count})
    return redirect("batch", batch_id=batch_id)


@never_cache
@require_GET
def received(request: HttpRequest, token: str) -> HttpResponse:
    """Show who sent the file, how to take it, how to check it. Looking does not count as taking: mail programs look."""
    try:
        found = sealing.received(token)
    except NotFound:
        return not_found(request)
    answer = render(request, "web_sealing/received.html", {"received": found, "token": token})
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@never_cache
@require_GET
def received_file(request: HttpRequest, token: str) -> HttpResponse:
    """Give the file, and note that it was taken."""
    try:
        found = sealing.received(token, open_it=True)
        return pdf_answer(sealing.received_file(token), found.file_name)
    except NotFound:
        return not_found(request)


def _shown(found: list[sealing.Match], table: bytes | None) -> dict[str, Any]:
    good = [one for one in found if one.recipient is not None]
    bad = [(one, reason(one.reason)) for one in found if one.recipient is None]
    return {
        "good": good[:SHOWN],
        "good_count": len(good),
        "bad": bad[:SHOWN],
        "bad_count": len(bad),
        "table": seal_text(table.decode("latin-1"), TABLE_PURPOSE).hex() if table is not None else "",
        "shown": SHOWN,
    }
