"""The identity document, once: why it is asked for, how far it is, the way to the trust site and back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.signing import api as signing
from paraphe.platform.web.ceremony.gate import (
    GuestRequest,
    actor_of,
    ceremony,
    in_ceremony,
    language_of,
    passes,
)
from paraphe.platform.web.ceremony.sentences import standing
from paraphe.platform.web.ceremony.steps import Shown, context_of
from paraphe.platform.web.ceremony.stopped import cannot, foreign

#: Seconds after which the page of somebody who waits for an officer asks again, without script.
AGAIN = 20
STOPS = (signing.TrustUnavailable, signing.TrustRefused, signing.SignerDiffers, envelopes.CertificateUnpaid)
GONE = (envelopes.NotDone, envelopes.WrongState, envelopes.NotYourTurn)


@require_http_methods(["GET", "POST"])
@in_ceremony
def identity(request: GuestRequest) -> HttpResponse:
    """Show what is asked and how far it is; go to the trust site."""
    view = ceremony.look(request.guest)
    if view.phase != "turn" or view.role != "signer":
        return redirect("ceremony", recipient_id=view.recipient)
    try:
        if request.method == "POST":
            return redirect(ceremony.identity_address(request.guest, request.actor, language_of(request)))
        if view.identity == "differs":
            ceremony.expect_named(request.guest, request.actor)
        found = ceremony.identity_status(request.guest, request.actor) if view.identity else None
    except GONE:
        return redirect("ceremony", recipient_id=view.recipient)
    except STOPS as error:
        return cannot(request, view, error, "identity")
    return _shown(request, ceremony.look(request.guest), found)


def _shown(request: GuestRequest, view: Shown, found: signing.EnrolmentStatus | None) -> HttpResponse:
    if view.identity == "differs":
        # Issued this moment, under another name: shown anew, it says so.
        return redirect("ceremony-identity", recipient_id=view.recipient)
    if not view.identity or found is None:
        return redirect("ceremony-sign", recipient_id=view.recipient)
    said = standing(found, language_of(request))
    answer = render(request, "ceremony/identity.html", {**context_of(request, view, "identity"), "said": said})
    if found.status == "review":
        answer["Refresh"] = str(AGAIN)
    return answer


@never_cache
@require_GET
def returned(request: HttpRequest) -> HttpResponse:
    """Take the browser back from the check of the identity document."""
    number, state = request.GET.get("request", ""), request.GET.get("state", "")
    for who in passes(request):
        try:
            found = ceremony.identity_returned(who, actor_of(request, who), request=number, state=state)
        except (signing.AuthorisationMismatch, envelopes.LinkDead):
            continue
        except (signing.TrustUnavailable, signing.TrustRefused):
            return redirect("ceremony-identity", recipient_id=who.recipient)
        if found.status == "issued":
            messages.success(request, _("Votre identité est vérifiée. Il ne reste qu'à signer."))
        return redirect("ceremony-identity", recipient_id=who.recipient)
    if passes(request) or not number:
        return foreign(request)
    return render(request, "ceremony/elsewhere.html")
