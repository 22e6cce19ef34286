"""Templates of collections."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.envelopes.gate import in_envelopes


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
