"""The operator's page, and what its buttons do."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from paraphe.floor.jobs import api as jobs
from paraphe.kernel.errors import NotFound
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.account.access import PersonRequest, actor_of
from paraphe.platform.web.operations import remedies
from paraphe.platform.web.operations.gate import for_operators
from paraphe.platform.web.operations.trouble import troubles, why


@require_GET
@for_operators
def show(request: PersonRequest) -> HttpResponse:
    """Show what stands still."""
    return render(request, "operator/page.html", {"troubles": troubles(), "now": timezone.now()})


@require_POST
@for_operators
def revive(request: PersonRequest, letter: int) -> HttpResponse:
    """Try again a job that was given up; one that is not there any more was tried already."""
    try:
        jobs.revive(letter)
        messages.success(request, _("La tâche est relancée."))
    except (jobs.LetterUnknown, ImportError):
        messages.info(request, _("Cette tâche a déjà été relancée, ou n'existe plus."))
    return redirect("operator")


@require_POST
@for_operators
def retry(request: PersonRequest) -> HttpResponse:
    """Try at once what stands still, and say whether it went on."""
    try:
        left = remedies.retry(request.POST.get("what", ""))
    except NotFound:
        messages.info(request, _("Cela n'attend plus."))
    else:
        if left:
            messages.warning(request, _("Toujours en attente : {why}").format(why=why(left)))
        else:
            messages.success(request, _("C'est repris."))
    return redirect("operator")


@require_POST
@for_operators
def stop(request: PersonRequest, report_id: uuid.UUID) -> HttpResponse:
    """Stop the collection that a report is about, or close the report (``garder``)."""
    try:
        if "garder" in request.POST:
            envelopes.dismiss(report_id, actor_of(request))
            messages.success(request, _("Le signalement est clos. La collecte continue."))
        else:
            envelopes.stop(report_id, actor_of(request))
            messages.success(request, _("La collecte est arrêtée. Les destinataires sont prévenus."))
    except NotFound:
        messages.info(request, _("Ce signalement n'existe plus."))
    return redirect("operator")
