"""The registration, one view per step; each sends the person to the step at which he stands."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.signing import api as signing
from paraphe.platform.web.account.access import PersonRequest, actor_of, signed_in
from paraphe.platform.web.answers import not_found, pdf_answer, trust_problem
from paraphe.platform.web.registration import steps
from paraphe.platform.web.registration.forms import MobileForm, TermsForm

MOBILE_SENTENCES = {
    "unreadable": gettext_lazy("Ce numéro ne peut pas être lu : écrivez-le comme 06 12 34 56 78."),
    "impossible": gettext_lazy("Ce numéro n'existe pas : vérifiez les chiffres."),
    "not_mobile": gettext_lazy("Ce numéro n'est pas celui d'un mobile : il ne pourrait pas recevoir de SMS."),
}


@require_GET
@signed_in
def current(request: PersonRequest) -> HttpResponse:
    """Send the person to the step at which he stands."""
    try:
        return redirect(steps.address(enrolment.current(request.person)))
    except enrolment.NotInvited:
        return redirect("no-access")


@require_http_methods(["GET", "POST"])
@signed_in
@steps.at("confirm")
def confirm(request: PersonRequest, view: enrolment.EnrolmentView) -> HttpResponse:
    """Show the inherited data; the person confirms it."""
    if request.method == "POST":
        enrolment.confirm(actor=actor_of(request), person=request.person)
        return redirect("registration")
    return render(
        request,
        "platform_web/registration/confirm.html",
        {
            "steps": steps.shown(view),
            "firms": accounts.firms_of(request.person),
            "roll": accounts.roll_of(request.person),
            "view": view,
        },
    )


@require_http_methods(["GET", "POST"])
@signed_in
@steps.at("mobile", "identity")
def mobile(request: PersonRequest, view: enrolment.EnrolmentView) -> HttpResponse:
    """Ask for the number that receives the codes; it can be corrected until the trust site has begun with it."""
    if view.trust_status:
        return redirect(steps.address(view))
    form = MobileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            enrolment.give_mobile(actor=actor_of(request), person=request.person, typed=form.cleaned_data["mobile"])
        except enrolment.BadMobile as error:
            form.add_error("mobile", MOBILE_SENTENCES[str(error.params["reason"])])
        else:
            return redirect("registration")
    # Who was at work here and got the right to sign is led here without having asked for it: he reads why.
    right_to_sign = view.completed_at is not None and view.track == "signing_collaborator"
    return render(
        request,
        "platform_web/registration/mobile.html",
        {"steps": steps.shown(view), "form": form, "right_to_sign": right_to_sign},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
@signed_in
@steps.at("identity")
def identity(request: PersonRequest, view: enrolment.EnrolmentView) -> HttpResponse:
    """Explain the trust site and lead there; after a return, say how far the certificate is."""
    try:
        if request.method == "POST":
            locale = get_language() or "fr"
            return redirect(enrolment.trust_address(actor=actor_of(request), person=request.person, locale=locale))
        if view.trust_status:
            view = enrolment.refresh(actor=actor_of(request), person=request.person)
    except (signing.TrustUnavailable, signing.TrustRefused) as error:
        return trust_problem(request, error, back="registration-identity")
    if view.step != "identity":
        return redirect("registration")
    return render(
        request,
        "platform_web/registration/identity.html",
        {"steps": steps.shown(view), "view": view, "reason": _reason(view)},
    )


@require_POST
@signed_in
@steps.at("identity")
def restart(request: PersonRequest, view: enrolment.EnrolmentView) -> HttpResponse:
    """Begin again after the trust site refused or the request ended there."""
    enrolment.restart_identity(actor=actor_of(request), person=request.person)
    return redirect("registration")


@require_GET
@signed_in
def returned(request: PersonRequest) -> HttpResponse:
    """Take the browser back from the trust site."""
    try:
        enrolment.returned(
            actor=actor_of(request),
            person=request.person,
            request=request.GET.get("request", ""),
            state=request.GET.get("state", ""),
        )
    except (signing.TrustUnavailable, signing.TrustRefused) as error:
        return trust_problem(request, error, back="registration")
    except enrolment.ReturnMismatch:
        # A foreign or replayed address changes nothing: the person is shown where he stands.
        return redirect("registration")
    except enrolment.NotInvited:
        return redirect("no-access")
    return redirect("registration")


@require_http_methods(["GET", "POST"])
@signed_in
@steps.at("terms", "sign")
def terms(request: PersonRequest, view: enrolment.EnrolmentView) -> HttpResponse:
    """Two texts to read, two boxes to tick, the firms to choose; then the signature, or the end."""
    firms = accounts.own_firms(request.person) if view.track == "member" else []
    form = TermsForm(request.POST or None, firms=firms)
    locale = get_language() or "fr"
    if request.method == "POST" and form.is_valid():
        return _accept(request, view, form, locale)
    return render(
        request,
        "platform_web/registration/terms.html",
        {
            "steps": steps.shown(view),
            "form": form,
            "texts": {text.kind: text for text in enrolment.legal_texts(locale)},
            "view": view,
            "firms": firms,
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
@signed_in
@steps.at("sign")
def sign(request: PersonRequest, view: enrolment.EnrolmentView) -> HttpResponse:
    """Lead to the trust site to sign the accepted terms, as often as it takes."""
    if request.method == "POST":
        return _to_signature(request, get_language() or "fr")
    return render(request, "platform_web/registration/sign.html", {"steps": steps.shown(view), "view": view})


@require_GET
@signed_in
@steps.at("done")
def done(request: PersonRequest, view: enrolment.EnrolmentView) -> HttpResponse:
    """Congratulate."""
    return render(request, "platform_web/registration/done.html", {"steps": steps.shown(view), "view": view})


@require_GET
@signed_in
def signed_terms(request: PersonRequest) -> HttpResponse:
    """Give the terms that the person signed."""
    try:
        return pdf_answer(enrolment.signed_terms(request.person), _("Conditions Paraphe signées.pdf"))
    except NotFound:
        return not_found(request)


@require_GET
def legal(request: HttpRequest, kind: str, version: str) -> HttpResponse:
    """Give a legal text as PDF, to be opened in the browser."""
    try:
        text = enrolment.legal_text(kind, get_language() or "fr")
        data = enrolment.legal_pdf(kind, text.locale, version)
    except enrolment.UnknownText:
        return not_found(request)
    return pdf_answer(data, f"{text.title}.pdf", inline=True)


@require_GET
def legal_current(request: HttpRequest, kind: str) -> HttpResponse:
    """Lead to the version of a legal text that is in force."""
    try:
        return redirect("legal-pdf", kind=kind, version=enrolment.legal_text(kind, get_language() or "fr").version)
    except enrolment.UnknownText:
        return not_found(request)


def _accept(request: PersonRequest, view: enrolment.EnrolmentView, form: TermsForm, locale: str) -> HttpResponse:
    try:
        enrolment.accept_terms(
            actor=actor_of(request),
            person=request.person,
            terms=form.cleaned_data["terms"],
            policy=form.cleaned_data["privacy"],
            firm_ids=[int(number) for number in form.cleaned_data.get("firms", [])],
            locale=locale,
        )
    except signing.BeingSigned:
        messages.info(request, _("Votre signature est en cours. Attendez quelques instants, puis rechargez la page."))
        return redirect("registration-sign")
    return _to_signature(request, locale) if view.track == "member" else redirect("registration-done")


def _to_signature(request: PersonRequest, locale: str) -> HttpResponse:
    try:
        return redirect(enrolment.signing_address(actor=actor_of(request), person=request.person, locale=locale))
    except (signing.TrustUnavailable, signing.TrustRefused, signing.NoCredential) as error:
        return trust_problem(request, error, back="registration-sign")
    except enrolment.NoFirmChosen:
        # The firms that were chosen are no longer his: he chooses again.
        return redirect("registration-terms")
    except (signing.BeingSigned, signing.WrongState):
        messages.info(request, _("Votre signature est en cours. Attendez quelques instants, puis rechargez la page."))
        return redirect("registration-sign")


def _reason(view: enrolment.EnrolmentView) -> str:
    language = (get_language() or "fr")[:2]
    return str((view.reason or {}).get(f"sentence_{language}", ""))
