"""Delegations and mandates: see them, grant one, sign its deed, withdraw it."""

import uuid
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.platform.accounts import api as accounts
from paraphe.platform.mandates import api as mandates
from paraphe.platform.signing import api as signing
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.answers import not_found, pdf_answer, trust_problem
from paraphe.platform.web.delegations.forms import MandateForm
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space

WRONG: Final = {
    "no_such_delegate": gettext_lazy("Cette personne ne travaille plus dans le cabinet."),
    "no_right": gettext_lazy("Choisissez au moins un droit."),
    "bad_count": gettext_lazy("Le nombre d'actes va de 1 à 100 000."),
    "bad_period": gettext_lazy("La fin vient avant le début, ou elle est passée."),
}


@require_GET
@in_private_space
def listing(request: FirmRequest) -> HttpResponse:
    """Show who may do what for the firm, by what, and every mandate with its history."""
    grantor, administers = _grants(request), accounts.administers(request.person, request.firm)
    people = [_member(one, request.firm) for one in accounts.people_of(request.firm)] if administers else []
    context = {
        "firm": request.firm,
        "people": people,
        "mandates": mandates.listing(request.person, request.firm),
        "ended": accounts.ended_rights(request.firm) if administers else [],
        "grantor": grantor,
        "administers": administers,
    }
    return render(request, "platform_web/delegations/listing.html", context)


@require_http_methods(["GET", "POST"])
@in_private_space
def draft(request: FirmRequest) -> HttpResponse:
    """Fill in a mandate; the next page shows the deed to sign."""
    if not _grants(request):
        return not_found(request)
    others = [one.person for one in accounts.people_of(request.firm) if one.person_id != request.person.pk]
    form = MandateForm(request.POST or None, people=[(one.pk, one.full_name) for one in others])
    if request.method == "POST" and form.is_valid():
        try:
            number = mandates.draft(
                actor=actor_of(request),
                person=request.person,
                firm=request.firm,
                delegate_id=form.cleaned_data["delegate"],
                scope=form.scope(),
                locale=get_language() or "fr",
            )
        except (mandates.NoSuchDelegate, mandates.NoRight, mandates.BadCount, mandates.BadPeriod) as error:
            field = {"no_such_delegate": "delegate", "no_right": "rights", "bad_count": "most", "bad_period": "ends_on"}
            form.add_error(field[error.code], str(WRONG[error.code]))
        else:
            return redirect("mandate", mandate_id=number)
    context = {"firm": request.firm, "form": form, "alone": not others}
    return render(request, "platform_web/delegations/new.html", context, status=422 if form.errors else 200)


@require_GET
@in_private_space
def show(request: FirmRequest, mandate_id: uuid.UUID) -> HttpResponse:
    """Show one mandate: what it allows, its deed, and what can be done with it."""
    found = mandates.get(request.person, request.firm, mandate_id)
    context = {
        "firm": request.firm,
        "mandate": found,
        "grantor": _grants(request),
        "mine_to_sign": found.phase == "drafted" and found.grantor_id == request.person.pk,
    }
    return render(request, "platform_web/delegations/mandate.html", context)


@require_GET
@in_private_space
def deed(request: FirmRequest, mandate_id: uuid.UUID) -> HttpResponse:
    """Give the deed as PDF."""
    data = mandates.deed(request.person, request.firm, mandate_id)
    return pdf_answer(data, f"mandat-{str(mandate_id)[:8]}.pdf", inline=True)


@require_POST
@in_private_space
def sign(request: FirmRequest, mandate_id: uuid.UUID) -> HttpResponse:
    """Go to the trust site with the deed."""
    try:
        address = mandates.begin_signature(
            actor=actor_of(request),
            person=request.person,
            firm=request.firm,
            mandate_id=mandate_id,
            locale=get_language() or "fr",
        )
    except mandates.MayNotGrant:
        return not_found(request)
    except (signing.TrustUnavailable, signing.TrustRefused, signing.NoCredential) as error:
        return trust_problem(request, error, back=request.path.removesuffix("signer/"))
    except (mandates.WrongState, signing.BeingSigned, signing.WrongState):
        messages.error(request, _("Ce mandat ne peut plus être signé, ou sa signature est en cours."))
        return redirect("mandate", mandate_id=mandate_id)
    return redirect(address)


@require_POST
@in_private_space
def withdraw(request: FirmRequest, mandate_id: uuid.UUID) -> HttpResponse:
    """End a mandate at once."""
    try:
        mandates.withdraw(actor=actor_of(request), person=request.person, firm=request.firm, mandate_id=mandate_id)
    except mandates.MayNotGrant:
        return not_found(request)
    except mandates.WrongState:
        messages.warning(request, _("Ce mandat était déjà terminé."))
    else:
        messages.success(request, _("Le mandat est retiré : plus rien ne peut être fait en son nom."))
    return redirect("delegations")


def _grants(request: FirmRequest) -> bool:
    try:
        mandates.require_grantor(request.person, request.firm)
    except mandates.MayNotGrant:
        return False
    return True


def _member(one: accounts.Membership, firm: accounts.Firm) -> dict[str, object]:
    inherited = accounts.inherited_rights(one.person, firm)
    granted = set(accounts.granted(one.person).filter(firm=firm).values_list("right", flat=True))
    rights = [
        {"right": right, "inherited": right in inherited.rights, "granted": right in granted}
        for right in accounts.RIGHTS
        if right in inherited.rights or right in granted
    ]
    return {"person": one.person, "role": one.role, "own": inherited.own, "rights": rights}
