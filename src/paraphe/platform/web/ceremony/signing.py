"""Filling, agreeing, going to the page of the code and coming back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.errors import DomainError
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.signing import api as signing
from paraphe.platform.web.ceremony import sentences
from paraphe.platform.web.ceremony.forms import FillForm, SignForm
from paraphe.platform.web.ceremony.gate import (
    GuestRequest,
    actor_of,
    ceremony,
    in_ceremony,
    language_of,
    passes,
)
from paraphe.platform.web.ceremony.steps import Shown, context_of
from paraphe.platform.web.ceremony.stopped import cannot, foreign

#: Seconds after which a page that waits asks again, without script.
AGAIN = 4
#: Where something is still to be done first.
BACK_TO: dict[type[DomainError], str] = {
    envelopes.PagesUnseen: "ceremony",
    envelopes.FieldsInvalid: "ceremony-fill",
    envelopes.NotConsented: "ceremony-sign",
    envelopes.NotDone: "ceremony",
    envelopes.WrongState: "ceremony",
    envelopes.NotYourTurn: "ceremony",
    signing.IdentityNeeded: "ceremony-identity",
}


@require_http_methods(["GET", "POST"])
@in_ceremony
def fill(request: GuestRequest) -> HttpResponse:
    """Ask for what the boxes of the recipient want."""
    view = ceremony.look(request.guest)
    if view.phase != "turn" or not view.to_fill:
        return redirect("ceremony", recipient_id=view.recipient)
    initials = f"{view.given_name[:1]}{view.family_name[:1]}".upper()
    sent = request.POST if request.method == "POST" else None
    form = FillForm(view.to_fill, view.values, initials, sent, inks=view.inks)
    if request.method == "POST":
        try:
            ceremony.fill(request.guest, request.actor, form.typed(), form.drawn())
        except envelopes.FieldsInvalid as error:
            form.refuse(error.problems)
        except (envelopes.WrongState, envelopes.NotDone, envelopes.NotYourTurn):
            return redirect("ceremony", recipient_id=view.recipient)
        else:
            return redirect("ceremony-identity" if view.identity else "ceremony-sign", recipient_id=view.recipient)
    context = {**context_of(request, view, "fill"), "form": form}
    return render(request, "ceremony/fill.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@in_ceremony
def sign(request: GuestRequest) -> HttpResponse:
    """Show the text that is agreed to; take the consent and go for the code."""
    view = ceremony.look(request.guest)
    if view.phase != "turn" or view.role != "signer":
        return redirect("ceremony", recipient_id=view.recipient)
    if view.unfilled:
        return redirect("ceremony-fill", recipient_id=view.recipient)
    if view.identity:
        return redirect("ceremony-identity", recipient_id=view.recipient)
    text = view.consents[language_of(request)]
    first = {"text_sha256": sha256_hex(text.encode())}
    form = SignForm(text, request.POST or None, request.FILES or None, initial=first)
    if request.method == "POST" and form.is_valid():
        answer = _agreed(request, view, form)
        if answer is not None:
            return answer
    past = ceremony.where(request.guest)
    if past.state == "finishing":
        return redirect("ceremony-wait", recipient_id=view.recipient)
    ended = sentences.failed(past.state, past.failure) if past.state in ("failed", "refused") else None
    context = {**context_of(request, view, "sign"), "form": form, "ended": ended, "delayed": signing.codes_delayed()}
    return render(request, "ceremony/sign.html", context, status=422 if form.errors else 200)


@require_GET
@in_ceremony
def waiting(request: GuestRequest) -> HttpResponse:
    """Go to the page of the code as soon as it is possible; until then say what is waited for, and ask again."""
    view = ceremony.look(request.guest)
    if view.phase != "turn":
        return redirect("ceremony", recipient_id=view.recipient)
    if not view.consented:
        return redirect("ceremony-sign", recipient_id=view.recipient)
    try:
        return redirect(ceremony.begin_signature(request.guest, request.actor, language_of(request)))
    except (signing.AnotherSigns, signing.BeingSigned) as error:
        own = isinstance(error, signing.BeingSigned)
        # What waits for a service is no longer a matter of moments: say so, and that he may leave.
        held_up = own and ceremony.where(request.guest).waits_for
        context = {**context_of(request, view, "sign"), "own": own, "held_up": held_up}
        answer = render(request, "ceremony/wait.html", context)
        answer["Refresh"] = str(AGAIN)
        return answer
    except envelopes.LinkDead:
        raise
    except DomainError as error:
        if type(error) in BACK_TO:
            return redirect(BACK_TO[type(error)], recipient_id=view.recipient)
        return cannot(request, view, error)


@never_cache
@require_GET
def returned(request: HttpRequest) -> HttpResponse:
    """Take the browser back from the page of the code, whichever ceremony of this browser it is about."""
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    for who in passes(request):
        actor = actor_of(request, who)
        try:
            if code:
                ceremony.complete_signature(who, actor, state=state, code=code)
            else:
                ceremony.decline_signature(who, actor, state=state)
        except (signing.AuthorisationMismatch, envelopes.LinkDead):
            continue
        except signing.TrustUnavailable:
            return redirect("ceremony-wait", recipient_id=who.recipient)
        return redirect(_after(who), recipient_id=who.recipient)
    return foreign(request)


def _agreed(request: GuestRequest, view: Shown, form: SignForm) -> HttpResponse | None:
    """Keep the consent and the image; return the way on, or None with what is wrong in the form."""
    try:
        image, ink = form.image(), form.ink()
        if image or ink:
            ceremony.draw(request.guest, request.actor, image, ink)
        ceremony.consent(request.guest, request.actor, language_of(request), form.cleaned_data["text_sha256"])
    except envelopes.PdfRefused:
        form.add_error(
            "picture", _("Cette image ne peut pas être lue. Essayez une photo en JPEG ou en PNG, plus légère.")
        )
        return None
    except envelopes.NotConsented:
        form.add_error("agree", _("Le texte a changé entre-temps. Relisez-le, puis cochez la case de nouveau."))
        return None
    except (envelopes.PagesUnseen, envelopes.NotDone, envelopes.WrongState, envelopes.NotYourTurn):
        return redirect("ceremony", recipient_id=view.recipient)
    except envelopes.FieldsInvalid:
        return redirect("ceremony-fill", recipient_id=view.recipient)
    return redirect("ceremony-wait", recipient_id=view.recipient)


def _after(who: envelopes.ceremony.Pass) -> str:
    """Return the page after the code: signed, being finished, or to be done again."""
    state = ceremony.where(who).state
    return {"signed": "ceremony", "finishing": "ceremony-wait"}.get(state, "ceremony-sign")
