"""The pages of Comptexpert: sign-in, one's account, the corrections of a regional council."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.comptexpert.identity import people
from paraphe.comptexpert.identity.errors import TooManyAttempts, WrongPassword
from paraphe.comptexpert.identity.forms import CorrectionForm, SignInForm
from paraphe.comptexpert.identity.views.browser import (
    AccountRequest,
    forget,
    remember,
    safe_next,
    signed_in,
    with_account,
)
from paraphe.floor.design.errors import not_found
from paraphe.kernel.errors import NotFound


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for identifier and password, then go where the person was going."""
    target = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                account = people.sign_in(
                    form.cleaned_data["identifier"],
                    form.cleaned_data["password"],
                    address=request.META.get("REMOTE_ADDR", ""),
                )
            except WrongPassword:
                form.add_error(None, _("Identifiant ou mot de passe incorrect."))
            except TooManyAttempts as error:
                status = 429
                form.add_error(
                    None, _("Trop d'essais. Réessayez dans %(minutes)s minutes.") % {"minutes": error.params["minutes"]}
                )
            else:
                remember(request, account, target)
                return redirect(target)
    on_the_way = target.startswith("/authorize?")
    return render(
        request, "comptexpert/sign_in.html", {"form": form, "next": target, "on_the_way": on_the_way}, status=status
    )


@require_GET
@with_account
def account(request: AccountRequest) -> HttpResponse:
    """Show what is known of the person, and who corrects it."""
    return render(
        request,
        "comptexpert/account.html",
        {"account": request.account, "posts": request.account.posts.select_related("firm").order_by("firm__name")},
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    forget(request)
    return redirect("identity-signed-out")


@never_cache
@require_GET
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that the session is over."""
    return render(request, "comptexpert/signed_out.html", {"present": signed_in(request)})


@require_GET
@with_account
def council(request: AccountRequest) -> HttpResponse:
    """List the members of the region."""
    try:
        members = people.members(request.account)
    except NotFound as error:
        return not_found(request, error)
    return render(request, "comptexpert/council.html", {"account": request.account, "members": members})


@require_http_methods(["GET", "POST"])
@with_account
def correction(request: AccountRequest, number: int) -> HttpResponse:
    """Correct names and e-mail of a member of the region."""
    try:
        member = people.member(request.account, number)
    except NotFound as error:
        return not_found(request, error)
    known = {name: getattr(member, name) for name in people.CORRECTABLE}
    form = CorrectionForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        if people.correct(request.account, number, form.cleaned_data):
            messages.success(
                request,
                _("C'est corrigé. %(name)s le verra à sa prochaine connexion.")
                % {"name": f"{form.cleaned_data['given_name']} {form.cleaned_data['family_name']}"},
            )
        else:
            messages.info(request, _("Rien n'a changé."))
        return redirect("identity-council")
    return render(
        request,
        "comptexpert/correction.html",
        {"account": request.account, "member": member, "form": form, "last": people.last_correction(member)},
        status=422 if form.is_bound else 200,
    )


@require_POST
@with_account
def strike_off(request: AccountRequest, number: int) -> HttpResponse:
    """Take a member of the region off the roll."""
    try:
        member = people.member(request.account, number)
        people.strike_off(request.account, number)
    except NotFound as error:
        return not_found(request, error)
    messages.success(request, _("%(name)s n'est plus inscrit au tableau.") % {"name": member.full_name})
    return redirect("identity-council")


@require_POST
@with_account
def departure(request: AccountRequest, number: int) -> HttpResponse:
    """Note that a member of the region left a firm."""
    try:
        firm = people.end_post(request.account, number, request.POST.get("firm", ""))
    except NotFound as error:
        return not_found(request, error)
    messages.success(request, _("Le départ de %(firm)s est noté.") % {"firm": firm})
    return redirect("identity-correction", number=number)
