"""Histories as pages and as CSV."""

import csv
import io
import uuid
from collections.abc import Iterable
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.evidence import api as evidence
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.history.choosing import Chosen
from paraphe.platform.web.history.naming import Names, Thing
from paraphe.platform.web.history.words import word

SHOWN: Final = 100
EXPORTED: Final = 50_000

Row = dict[str, object]


@require_GET
@in_private_space
def document(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Show what happened to a document of the person."""
    found = documents.get(request.person, request.firm, document_id)
    rows = list(_rows(evidence.history(document=str(found.id)).order_by("sequence")[:EXPORTED], request))
    context = {"document": found, "rows": rows}
    return render(request, "platform_web/history/document.html", context)


@require_GET
@in_private_space
def document_csv(request: FirmRequest, document_id: uuid.UUID) -> HttpResponse:
    """Give what happened to a document as a table."""
    found = documents.get(request.person, request.firm, document_id)
    entries = evidence.history(document=str(found.id)).order_by("sequence")[:EXPORTED]
    return _csv(_rows(entries, request), f"historique-{str(found.id)[:8]}.csv")


@require_GET
@in_private_space
def firm(request: FirmRequest) -> HttpResponse:
    """Show what happened in the firm, newest first, to who administers it; ``avant`` goes on from an event."""
    only_administrators(request)
    chosen = Chosen(request.GET.dict(), request.firm)
    entries = chosen.narrow(evidence.history(firm=str(request.firm.pk))).order_by("-sequence")
    before = request.GET.get("avant", "")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        entries = entries.filter(sequence__lt=int(before))
    rows = list(_rows(entries[: SHOWN + 1], request))
    more = rows[SHOWN - 1]["sequence"] if len(rows) > SHOWN else None
    context = {"firm": request.firm, "rows": rows[:SHOWN], "more": more, "form": chosen, "query": chosen.query}
    return render(request, "platform_web/history/firm.html", context)


@require_GET
@in_private_space
def firm_csv(request: FirmRequest) -> HttpResponse:
    """Give what happened in the firm as a table, of what is asked for the newest events, in order."""
    only_administrators(request)
    chosen = Chosen(request.GET.dict(), request.firm)
    found = chosen.narrow(evidence.history(firm=str(request.firm.pk))).order_by("-sequence")[:EXPORTED]
    return _csv(reversed(list(_rows(found, request))), f"historique-{request.firm.siren}.csv")


def only_administrators(request: FirmRequest) -> None:
    """Let who administers the firm through. Raises NotFound."""
    if not accounts.administers(request.person, request.firm):
        raise NotFound(kind="history")


def _rows(entries: Iterable[evidence.EvidenceEntry], request: FirmRequest) -> Iterable[Row]:
    known = list(entries)
    names = Names(request.person, request.firm, known)
    for entry in known:
        yield {
            "sequence": entry.sequence,
            "at": entry.at,
            "what": _what(entry),
            "who": names.actor(entry),
            "about": names.thing(entry),
            "address": entry.actor_address,
            "hash": entry.entry_hash,
        }


def _what(entry: evidence.EvidenceEntry) -> str:
    """Return the event in words, with the reason that somebody gave for it."""
    reason = entry.data.get("reason") if entry.tag == "document:held" else None
    return f"{word(entry.tag)} – {reason}" if reason else word(entry.tag)


def _csv(rows: Iterable[Row], filename: str) -> HttpResponse:
    target = io.StringIO()
    target.write("\ufeff")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    head = [_("Numéro"), _("Date"), _("Événement"), _("Qui"), _("Objet"), _("Nom de l'objet"), _("Adresse réseau")]
    writer.writerow([*head, _("Empreinte")])
    for row in rows:
        at = timezone.localtime(row["at"]).isoformat(timespec="seconds")  # type: ignore[arg-type]
        about = row["about"]
        thing = [about.number, about.name] if isinstance(about, Thing) else ["", ""]
        cells = [row["sequence"], at, row["what"], row["who"], *thing, row["address"], row["hash"]]
        # A spreadsheet takes what begins so for a formula.
        writer.writerow([f"'{cell}" if str(cell)[:1] in "=+-@\t" and cell else cell for cell in cells])
    answer = HttpResponse(target.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
