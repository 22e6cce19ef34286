"""Releasing on the page: propose, go to the trust site, come back."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from paraphe.kernel.ids import new_token
from paraphe.platform.credit import api as credit
from paraphe.platform.sealing import api as sealing
from paraphe.platform.signing import api as signing
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.answers import not_found, trust_problem
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.sealing.gate import with_batches
from paraphe.platform.web.sealing.sentences import sentence

REFUSED = (
    sealing.MayNot, sealing.NoSeal, sealing.NothingReady, sealing.WrongBatchState, sealing.SecondPersonNeeded,
    sealing.NoWayToRelease, credit.CreditTooLow,
)  # fmt: skip


@require_POST
@with_batches
def propose(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Ask a second person to release."""
    try:
        sealing.propose(actor=actor_of(request), person=request.person, firm=request.firm, batch_id=batch_id)
    except REFUSED as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("Le lot est proposé : une autre personne qui peut sceller le libère d'ici."))
    return redirect("batch", batch_id=batch_id)


@require_POST
@with_batches
def begin(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Go to the trust site with the batch."""
    try:
        address = sealing.begin_release(
            actor=actor_of(request), person=request.person, firm=request.firm, batch_id=batch_id, state=new_token()
        )
    except REFUSED as error:
        messages.error(request, sentence(error))
        return redirect("batch", batch_id=batch_id)
    except (signing.TrustUnavailable, signing.TrustRefused, signing.NoCredential) as error:
        return trust_problem(request, error, back=request.path.removesuffix("liberer/"))
    return redirect(address)


@require_POST
@with_batches
def withdraw(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take back a proposal or a release that was not given."""
    try:
        sealing.withdraw_release(actor=actor_of(request), person=request.person, firm=request.firm, batch_id=batch_id)
    except (sealing.WrongBatchState, sealing.MayNot) as error:
        messages.error(request, sentence(error))
    return redirect("batch", batch_id=batch_id)


@require_GET
@in_private_space
def returned(request: FirmRequest) -> HttpResponse:
    """Take the browser back from the trust site: from a release, a request for a seal, or a standing mandate."""
    number, state = request.GET.get("request", "")[:100], request.GET.get("state", "")[:500]
    for take in (_release, _seal, _standing):
        try:
            return take(request, number, state)
        except sealing.ReturnMismatch:
            continue
        except (signing.TrustUnavailable, signing.TrustRefused, signing.NoCredential) as error:
            return trust_problem(request, error, back="batches")
    return not_found(request)


def _release(request: FirmRequest, number: str, state: str) -> HttpResponse:
    found = sealing.release_returned(person=request.person, request=number, state=state)
    if found.state == "given":
        messages.success(request, _("Le lot est libéré : le scellement commence."))
    elif found.state == "asked":
        messages.info(request, _("Rien n'est encore autorisé. Si vous venez de signer, patientez un instant."))
    return redirect("batch", batch_id=found.batch_id)


def _seal(request: FirmRequest, number: str, state: str) -> HttpResponse:
    found = sealing.seal_returned(person=request.person, request=number, state=state)
    if found.state == "issued":
        messages.success(request, _("Le cachet du cabinet est délivré : vous pouvez sceller."))
    else:
        messages.info(request, _("Le cachet n'est pas encore délivré. Si vous venez de signer, patientez un instant."))
    return redirect("seal")


def _standing(request: FirmRequest, number: str, state: str) -> HttpResponse:
    found = sealing.standing_returned(person=request.person, request=number, state=state)
    if found.state == "given":
        messages.success(request, _("Le mandat permanent est signé."))
    else:
        messages.info(request, _("Le mandat n'est pas encore signé."))
    return redirect("seal")
