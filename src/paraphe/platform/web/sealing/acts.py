"""What is done to a batch with one button: delete, pause, go on, stop, try again."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from paraphe.platform.sealing import api as sealing
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.sealing.gate import with_batches
from paraphe.platform.web.sealing.sentences import sentence


@require_POST
@with_batches
def delete(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Delete a draft with its files."""
    if _done(request, batch_id, sealing.delete):
        messages.success(request, _("Le lot est supprimé."))
        return redirect("batches")
    return redirect("batch", batch_id=batch_id)


@require_POST
@with_batches
def pause(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Stop after what is being sealed now."""
    if _done(request, batch_id, sealing.pause):
        messages.success(request, _("Le scellement s'arrête après les documents en cours."))
    return redirect("batch", batch_id=batch_id)


@require_POST
@with_batches
def resume(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Go on."""
    _done(request, batch_id, sealing.resume)
    return redirect("batch", batch_id=batch_id)


@require_POST
@with_batches
def cancel(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """End the batch: what is sealed stays."""
    if _done(request, batch_id, sealing.cancel):
        messages.success(request, _("Le lot est arrêté : ce qui est scellé le reste, le reste ne le sera pas."))
    return redirect("batch", batch_id=batch_id)


@require_POST
@with_batches
def retry(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Make what failed ready again."""
    try:
        count = sealing.retry(actor=actor_of(request), person=request.person, firm=request.firm, batch_id=batch_id)
    except (sealing.WrongBatchState, sealing.MayNot) as error:
        messages.error(request, sentence(error))
    else:
        text = ngettext("%(n)d fichier est repris.", "%(n)d fichiers sont repris.", count) % {"n": count}
        messages.success(request, text)
    return redirect("batch", batch_id=batch_id)


def _done(request: FirmRequest, batch_id: uuid.UUID, verb: Callable[..., None]) -> bool:
    try:
        verb(actor=actor_of(request), person=request.person, firm=request.firm, batch_id=batch_id)
    except (sealing.WrongBatchState, sealing.MayNot) as error:
        messages.error(request, sentence(error))
        return False
    return True
