"""The certificate of the firm's seal and the standing mandates: see, ask, sign, revoke, withdraw."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.ids import new_token
from paraphe.platform.accounts import api as accounts
from paraphe.platform.sealing import api as sealing
from paraphe.platform.signing import api as signing
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.answers import not_found, trust_problem
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.sealing.forms import StandingForm
from paraphe.platform.web.sealing.gate import is_accountant, may_seal
from paraphe.platform.web.sealing.sentences import MANDATE_PROBLEMS, sentence

TRUST = (signing.TrustUnavailable, signing.TrustRefused, signing.NoCredential)


@require_GET
@in_private_space
def show(request: FirmRequest) -> HttpResponse:
    """Show the seal of the firm and who may release with a code."""
    seals = sealing.seals_of(request.person, request.firm)
    context = {
        "firm": request.firm,
        "seals": seals,
        "present": next((one for one in seals if one.state == "issued"), None),
        "asked": next((one for one in seals if one.state == "asked"), None),
        "accountant": is_accountant(request),
        "may_seal": may_seal(request),
        "mandates": sealing.standing_mandates(request.person, request.firm) if may_seal(request) else [],
    }
    return render(request, "web_sealing/seal.html", context)


@require_POST
@in_private_space
def ask(request: FirmRequest) -> HttpResponse:
    """Go to the trust site with the request for a seal."""
    try:
        address = sealing.ask_seal(actor=actor_of(request), person=request.person, firm=request.firm, state=new_token())
    except (sealing.MayNot, sealing.SealAsked) as error:
        messages.error(request, sentence(error))
        return redirect("seal")
    except TRUST as error:
        return trust_problem(request, error, back="seal")
    return redirect(address)


@require_POST
@in_private_space
def revoke(request: FirmRequest) -> HttpResponse:
    """Have the seal revoked."""
    try:
        sealing.revoke_seal(actor=actor_of(request), person=request.person, firm=request.firm)
    except (sealing.MayNot, sealing.NoSeal) as error:
        messages.error(request, sentence(error))
    except TRUST as error:
        return trust_problem(request, error, back="seal")
    else:
        messages.success(request, _("Le cachet est révoqué. Ce qui a été scellé avant reste valable."))
    return redirect("seal")


@require_http_methods(["GET", "POST"])
@in_private_space
def standing_new(request: FirmRequest) -> HttpResponse:
    """Name who may release with a code; the accountant signs it at the trust site."""
    if not is_accountant(request):
        return not_found(request)
    members = [one.person for one in accounts.people_of(request.firm)]
    people = [(one.pk, one.full_name) for one in members if "seal" in accounts.rights(one, request.firm)]
    form = StandingForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_ask_standing(request, form))
        except sealing.BadMandate as error:
            field = str(error.params["field"])
            form.add_error(field if field in form.fields else None, _problem(error, field))
        except (sealing.NoSeal, sealing.MayNot) as error:
            form.add_error(None, sentence(error))
        except TRUST as error:
            return trust_problem(request, error, back="seal")
    context = {"firm": request.firm, "form": form}
    return render(request, "web_sealing/standing.html", context, status=422 if form.errors else 200)


@require_POST
@in_private_space
def standing_withdraw(request: FirmRequest, mandate_id: uuid.UUID) -> HttpResponse:
    """End a standing mandate at once."""
    try:
        sealing.withdraw_standing(
            actor=actor_of(request), person=request.person, firm=request.firm, mandate_id=mandate_id
        )
    except sealing.MayNot:
        return not_found(request)
    except TRUST as error:
        return trust_problem(request, error, back="seal")
    messages.success(request, _("Le mandat est retiré : plus rien ne peut être libéré en son nom."))
    return redirect("seal")


def _ask_standing(request: FirmRequest, form: StandingForm) -> str:
    return sealing.ask_standing(
        actor=actor_of(request),
        person=request.person,
        firm=request.firm,
        purpose=form.cleaned_data["purpose"],
        most=form.cleaned_data["most"],
        last_day=form.cleaned_data["last_day"],
        mobiles=form.mobiles(),
        state=new_token(),
    )


def _problem(error: sealing.BadMandate, field: str) -> str:
    text = str(MANDATE_PROBLEMS.get(field, sentence(error)))
    return f"{error.params['person']} : {text}" if "person" in error.params else text
