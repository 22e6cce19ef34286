"""From the agreement to the certificate, and back to the client program."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import DomainError
from paraphe.pdf import api as pdf
from paraphe.trust.codes import api as codes
from paraphe.trust.enrolment import api as enrolment
from paraphe.trust.enrolment.errors import AgreementChanged, CodePaused
from paraphe.trust.pages.enrolment.access import journey, redirect_to, return_url, step
from paraphe.trust.pages.enrolment.forms import AcceptForm, CodeForm

#: Width in pixels at which pages of the agreement are shown: sharp on a telephone, readable on a large screen.
PAGE_WIDTH = 1100
#: The agreement is composed on A4 (ISO 216: sides in the ratio of one to the square root of two).
PAGE_HEIGHT = round(PAGE_WIDTH * 2**0.5)


@require_http_methods(["GET", "POST"])
@step("agreement")
def agreement(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Read the subscription agreement page by page, and accept it."""
    found = enrolment.ensure_composed(found.id)
    form = AcceptForm(request.POST if request.method == "POST" else None, initial={"shown": found.agreement_sha256})
    if request.method == "POST" and form.is_valid():
        try:
            enrolment.accept(found.id, form.cleaned_data["shown"])
        except AgreementChanged:
            messages.warning(
                request, _("L'accord a changé depuis que vous l'avez ouvert. Relisez-le avant d'accepter.")
            )
            return redirect("enrolment-agreement", enrolment_id=found.id)
        return redirect_to(found)
    pages = [
        {
            "number": number,
            "url": reverse("enrolment-agreement-page", args=[found.id, number]),
            "width": PAGE_WIDTH,
            "height": PAGE_HEIGHT,
        }
        for number in range(1, found.agreement_pages + 1)
    ]
    context = {"enrolment": found, "form": form, "pages": pages, "steps": journey(found, 3)}
    return render(request, "enrolment/agreement.html", context, status=422 if form.errors else 200)


@require_GET
@step("agreement")
def agreement_page(request: HttpRequest, found: enrolment.Enrolment, number: int) -> HttpResponse:
    """Show one page of the agreement as an image."""
    if not 1 <= number <= found.agreement_pages:
        raise Http404
    data = pdf.render_page(enrolment.unsigned(found), number - 1, PAGE_WIDTH)
    return HttpResponse(data, content_type="image/png")


@require_GET
@step("agreement")
def agreement_pdf(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Give the agreement as a PDF, to be kept or read aloud."""
    return _pdf(enrolment.unsigned(found), "accord-de-souscription.pdf")


@require_http_methods(["GET", "POST"])
@step("code")
def code(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Ask for the code of the SMS; the first one leaves when the page is first shown."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            enrolment.confirm(found.id, form.cleaned_data["code"])
        except AgreementChanged:
            messages.warning(request, _("L'accord a changé depuis que vous l'avez lu. Relisez-le avant de le signer."))
            return redirect_to(found)
        except (codes.CodeError, CodePaused) as error:
            form.add_error("code", _sentence(error))
        else:
            enrolment.finish(found.id)
            return redirect_to(found)
    context = {"enrolment": found, "form": form, "steps": journey(found, 4), **_challenge(found)}
    return render(request, "enrolment/code.html", context, status=422 if form.errors else 200)


@require_POST
@step("code")
def resend(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Send another code."""
    try:
        enrolment.send_again(found.id, _("l'accord de souscription"))
    except (codes.CodeError, CodePaused) as error:
        messages.warning(request, _sentence(error))
    else:
        messages.success(request, _("Un nouveau code vous est envoyé. Le précédent n'est plus valable."))
    return redirect("enrolment-code", enrolment_id=found.id)


def _challenge(found: enrolment.Enrolment) -> Mapping[str, Any]:
    try:
        return {"challenge": enrolment.ensure_sent(found.id, _("l'accord de souscription"))}
    except (codes.CodeError, CodePaused) as error:
        return {"challenge": None, "paused": _sentence(error)}


_SENTENCES: dict[type[DomainError], Promise] = {
    codes.CodeLocked: gettext_lazy(
        "Le code a été saisi cinq fois sans succès. Un nouveau code pourra être demandé dans dix minutes."
    ),
    codes.CodeLimit: gettext_lazy("Trop de codes ont été demandés pour ce numéro. Réessayez plus tard."),
    codes.CodeForSomethingElse: gettext_lazy(
        "Ce code a été envoyé pour autre chose. Saisissez celui du SMS le plus récent."
    ),
    codes.CodeTooSoon: gettext_lazy(
        "Un code vient de vous être envoyé. Patientez quelques secondes avant d'en demander un autre."
    ),
}


def _sentence(error: DomainError) -> str:
    if isinstance(error, codes.CodeWrong):
        left = int(str(error.params["tries_left"]))
        sentence = ngettext(
            "Ce code n'est pas le bon. Il vous reste %(left)s essai.",
            "Ce code n'est pas le bon. Il vous reste %(left)s essais.",
            left,
        )
        return sentence % {"left": left}
    if isinstance(error, CodePaused):
        at = time_format(timezone.localtime(cast(datetime, error.params["until"])))
        return _("Trop d'essais infructueux. Un nouveau code pourra être demandé à partir de %(at)s.") % {"at": at}
    return str(_SENTENCES.get(type(error), _("Ce code n'est plus valable. Demandez-en un nouveau.")))


@require_GET
@step("issuing")
def issuing(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Go on with issuing when it stopped, and wait for it."""
    if enrolment.finish(found.id):
        return redirect_to(found)
    return render(request, "enrolment/issuing.html", {"enrolment": found, "steps": journey(found, 4)})


@require_GET
@step("done")
def done(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Tell that the certificate is there, and go back to the client program."""
    context = {"enrolment": found, "return_url": return_url(found)}
    return render(request, "enrolment/done.html", context)


@require_GET
@step("done")
def signed_pdf(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Give the person the signed agreement."""
    return _pdf(enrolment.signed_agreement(found), "accord-de-souscription-signe.pdf")


@require_GET
@step("refused", "expired")
def ended(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Tell why there is no certificate, and what to do."""
    context = {
        "enrolment": found,
        "expired": found.status == enrolment.Status.EXPIRED,
        "reason": enrolment.sentence(found.reason, request.LANGUAGE_CODE),
        "return_url": return_url(found),
        "invited": found.subject.kind == "invited",
    }
    return render(request, "enrolment/ended.html", context)


def _pdf(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
