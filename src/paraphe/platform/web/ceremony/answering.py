"""What a recipient can do beside signing, and the tablet that the sender hands over."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paraphe.kernel.errors import DomainError
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.signing import api as signing
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.ceremony.forms import ForwardForm, TextForm
from paraphe.platform.web.ceremony.gate import GuestRequest, ceremony, hold, in_ceremony
from paraphe.platform.web.ceremony.steps import context_of
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space

#: What keeps an answer from being taken; the page of the ceremony says where it stands.
GONE = (envelopes.WrongState, envelopes.NotDone, envelopes.NotYourTurn, envelopes.MayNot)


@require_http_methods(["GET", "POST"])
@in_ceremony
def approve(request: GuestRequest) -> HttpResponse:
    """Approve without signing."""
    view = ceremony.look(request.guest)
    if view.phase != "turn" or view.role != "approver":
        return redirect("ceremony", recipient_id=view.recipient)
    if request.method == "POST":
        try:
            ceremony.approve(request.guest, request.actor)
        except envelopes.PagesUnseen:
            messages.info(request, _("Il reste des pages à voir avant de continuer."))
        except GONE:
            pass
        return redirect("ceremony", recipient_id=view.recipient)
    return render(request, "ceremony/approve.html", context_of(request, view, "approve"))


@require_http_methods(["GET", "POST"])
@in_ceremony
def refuse(request: GuestRequest) -> HttpResponse:
    """Refuse with a reason, which the sender reads."""
    view = ceremony.look(request.guest)
    form = TextForm(_("Pourquoi refusez-vous ?"), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ceremony.refuse(request.guest, request.actor, form.cleaned_data["text"])
        except signing.BeingSigned:
            messages.warning(request, _("Vous avez déjà saisi votre code : votre signature est en cours."))
        except envelopes.BadOptions:
            form.add_error("text", _("Écrivez quelques mots."))
            return _ask_text(request, form, "refuse")
        except GONE:
            pass
        return redirect("ceremony", recipient_id=view.recipient)
    return _ask_text(request, form, "refuse")


@require_http_methods(["GET", "POST"])
@in_ceremony
def ask(request: GuestRequest) -> HttpResponse:
    """Ask the sender a question; the collection goes on."""
    view = ceremony.look(request.guest)
    about_name = "nom" in request.GET
    label = _("Votre nom exact") if about_name else _("Votre question")
    begun = {"text": _("Mon nom, comme sur ma pièce d'identité : ")} if about_name else None
    form = TextForm(label, request.POST or None, initial=begun)
    if request.method == "POST" and form.is_valid():
        try:
            ceremony.ask(request.guest, request.actor, form.cleaned_data["text"])
        except envelopes.BadOptions:
            form.add_error("text", _("Écrivez quelques mots."))
            return _ask_text(request, form, "ask")
        except GONE:
            pass
        else:
            text = _("Votre message est transmis à {name}. Vous pouvez revenir par le même lien.")
            messages.success(request, text.format(name=view.sender_name))
        return redirect("ceremony", recipient_id=view.recipient)
    return _ask_text(request, form, "ask")


@require_http_methods(["GET", "POST"])
@in_ceremony
def forward(request: GuestRequest) -> HttpResponse:
    """Name the right person, who is asked instead."""
    view = ceremony.look(request.guest)
    if view.phase != "turn" or not view.may_forward:
        return redirect("ceremony", recipient_id=view.recipient)
    form = ForwardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ceremony.forward(request.guest, request.actor, form.cleaned_data)
        except envelopes.BadRecipient as error:
            for name in error.problems:
                form.add_error(name if name in form.fields else None, _("Vérifiez ce que vous avez saisi."))
        except (*GONE, signing.BeingSigned):
            return redirect("ceremony", recipient_id=view.recipient)
        else:
            return render(request, "ceremony/forwarded.html", {"view": view, "name": _name(form)})
    context = {**context_of(request, view), "form": form}
    return render(request, "ceremony/forward.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@in_ceremony
def deny(request: GuestRequest) -> HttpResponse:
    """Say that this is for somebody else: the link opens nothing any more."""
    view = ceremony.look(request.guest)
    if request.method == "POST":
        try:
            ceremony.deny(request.guest, request.actor)
        except (*GONE, signing.BeingSigned):
            return redirect("ceremony", recipient_id=view.recipient)
        return render(request, "ceremony/denied.html", {"view": view})
    return render(request, "ceremony/deny.html", context_of(request, view))


@require_POST
@in_private_space
def hand_over(request: FirmRequest, envelope_id: uuid.UUID, to: uuid.UUID) -> HttpResponse:
    """Hand the device of the sender to a recipient who is here. The sender is signed out of it first."""
    try:
        who = ceremony.hand_over(
            actor=actor_of(request), person=request.person, firm=request.firm, envelope_id=envelope_id, recipient_id=to
        )
    except DomainError as error:
        if isinstance(error, GONE):
            messages.error(request, _("Cette personne ne peut pas signer maintenant."))
            return redirect("envelope", envelope_id=envelope_id)
        raise
    # He sees this ceremony and nothing of the sender's.
    request.session.flush()
    hold(request, who)
    return redirect("ceremony", recipient_id=who.recipient)


def _ask_text(request: GuestRequest, form: TextForm, kind: str) -> HttpResponse:
    view = ceremony.look(request.guest)
    if view.phase not in ("turn", "later"):
        return redirect("ceremony", recipient_id=view.recipient)
    context = {**context_of(request, view), "form": form, "kind": kind, "about_name": "nom" in request.GET}
    return render(request, "ceremony/text.html", context, status=422 if form.errors else 200)


def _name(form: ForwardForm) -> str:
    return f"{form.cleaned_data['given_name']} {form.cleaned_data['family_name']}"
