"""The evidence files of a firm, also of collections that are deleted since."""

import uuid
from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from paraphe.platform.documents import api as documents
from paraphe.platform.proof import api as proof
from paraphe.platform.web.answers import pdf_answer
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.history.views import only_administrators

SHOWN = 50


@require_GET
@in_private_space
def show(request: FirmRequest) -> HttpResponse:
    """List them to who administers the firm, newest first; ``avant`` goes on from a moment."""
    only_administrators(request)
    found = proof.of_firm(request.firm.pk, before=_moment(request.GET.get("avant", "")), limit=SHOWN + 1)
    last = found[SHOWN - 1].sealed_at if len(found) > SHOWN else None
    more = f"{last.timestamp():.6f}" if last else None
    return render(request, "platform_web/history/proofs.html", {"proofs": found[:SHOWN], "more": more})


@require_GET
@in_private_space
def download(request: FirmRequest, proof_id: uuid.UUID) -> HttpResponse:
    """Give one."""
    only_administrators(request)
    found, data = proof.content_of_firm(request.firm.pk, proof_id)
    title = _("{title} – dossier de preuve").format(title=found.title)
    return pdf_answer(data, documents.download_name(title, signed=False, suffix=""))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text), UTC) if text else None
    except (ValueError, OverflowError, OSError):
        return None
