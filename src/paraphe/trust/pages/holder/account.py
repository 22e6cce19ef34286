"""Signing in to the holder's pages, and leaving them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.trust.holders import api as holders
from paraphe.trust.pages.holder import access
from paraphe.trust.pages.holder.forms import AddressForm, ApplicationForm, CodeForm
from paraphe.trust.pages.holder.passkeys import posted, shown
from paraphe.trust.remote import api as remote

_TICKETS = "holder-tickets"
_PROVE = "holder-prove"
_BINDING = b"account"


@require_GET
def revocation(request: HttpRequest) -> HttpResponse:
    """Tell everybody how a certificate is revoked, and let its holder in."""
    return render(request, "holder/revocation.html", {"form": AddressForm()})


@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for an e-mail address or mobile number and send a code, if somebody is known by it."""
    if request.method == "GET":
        access.remember_target(request)
        if access.choices(request):
            return redirect(access.target(request))
    # Only a proposal, as `login_hint` of OpenID Connect is: whoever is named still has to show the code.
    hint = {"address": request.GET.get("login_hint", "")[:254]}
    form = AddressForm(request.POST if request.method == "POST" else None, initial=hint)
    if request.method == "POST" and form.is_valid():
        label = _("l'accès à vos certificats")
        request.session[_TICKETS] = holders.begin(form.cleaned_data["address"], label, request.LANGUAGE_CODE)
        return redirect("holder-code")
    return render(request, "holder/enter.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code of the SMS; the page is the same for somebody whom nobody knows."""
    if _TICKETS not in request.session:
        return redirect("holder-enter")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            found = holders.finish(request.session[_TICKETS], form.cleaned_data["code"])
        except holders.SignInRefused:
            form.add_error("code", _("Ce code n'est pas le bon, ou il a expiré."))
        else:
            del request.session[_TICKETS]
            where = access.target(request)
            access.enter(request, found)
            return redirect(where)
    return render(request, "holder/code.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Choose between the people who share a telephone."""
    found = access.choices(request)
    if not found:
        return redirect("holder-enter")
    if request.method == "POST":
        access.choose(request, request.POST.get("holder", ""))
        return redirect("holder-home")
    people = [(holder, subjects[0]) for holder in found if (subjects := holders.subjects_of(holder))]
    return render(request, "holder/who.html", {"people": people})


@require_http_methods(["GET", "POST"])
@access.holder_required
def prove(request: HttpRequest, holder: holders.Holder) -> HttpResponse:
    """Ask for the stronger factor: a passkey, or the code of an application."""
    kinds = [factor.kind for factor in holders.of(holder)]
    if access.is_strong(request, holder):
        return redirect("holder-factors")
    asked = request.POST.get("way") or request.GET.get("way", "")
    way = asked if asked in kinds else ("passkey" if "passkey" in kinds else "totp")
    form = ApplicationForm(request.POST if request.method == "POST" and way == "totp" else None)
    error = ""
    if request.method == "POST" and (way == "passkey" or form.is_valid()):
        try:
            if way == "passkey":
                state, response = posted(request, _PROVE)
                holders.prove_by_passkey(holder, state, response, _BINDING)
            else:
                holders.prove_by_application(holder, form.cleaned_data["code"], _BINDING)
        except holders.FactorLocked:
            error = _("Trop de codes faux : cette application est bloquée quelque temps. Essayez plus tard.")
        except holders.FactorError:
            error = _("La preuve n'a pas été reconnue. Essayez de nouveau.")
        else:
            access.strengthen(request)
            return redirect("holder-factors")
    options = shown(request, _PROVE, holders.passkey_request(holder, _BINDING)) if way == "passkey" else None
    others = [kind for kind in ("passkey", "totp") if kind in kinds and kind != way]
    context = {"form": form, "way": way, "error": error, "options": options, "others": others, "holder": holder}
    return render(request, "holder/prove.html", context, status=422 if error or form.errors else 200)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    access.leave(request)
    messages.success(request, _("Vous êtes déconnecté."))
    return redirect("holder-enter")


def account_name(holder: holders.Holder) -> str:
    """Return how devices name the account: the address of the newest certificate."""
    found = remote.of_holder(holder)
    return found[0].subject.email if found else ""
