"""How a holder authorises: codes by SMS, authenticator applications, passkeys."""

import io
from uuid import UUID

import qrcode
import qrcode.image.svg
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.floor.secrets import seal_text, unseal_text
from paraphe.trust.holders import api as holders
from paraphe.trust.pages.holder.access import strengthen, strong_required
from paraphe.trust.pages.holder.account import account_name
from paraphe.trust.pages.holder.forms import LabelledApplicationForm, LabelledPasskeyForm
from paraphe.trust.pages.holder.passkeys import posted, shown

_PENDING = "holder-application"
_CREATE = "create"
_PURPOSE = "holders.pending"


@require_GET
@strong_required
def show(request: HttpRequest, holder: holders.Holder) -> HttpResponse:
    """List the factors of the holder."""
    return render(request, "holder/factors.html", {"factors": holders.of(holder), "holder": holder})


@require_http_methods(["GET", "POST"])
@strong_required
def application(request: HttpRequest, holder: holders.Holder) -> HttpResponse:
    """Show the square code of a new secret; keep it when the first code of the application is right."""
    secret = _pending_secret(request)
    form = LabelledApplicationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            holders.add_application(holder, secret, form.cleaned_data["code"], form.cleaned_data["label"])
        except holders.FactorsFull:
            form.add_error("code", _("Vous avez déjà dix façons de valider : supprimez-en une d'abord."))
        except holders.FactorWrong:
            form.add_error("code", _("Ce code n'est pas le bon. Vérifiez l'heure de votre téléphone et réessayez."))
        else:
            del request.session[_PENDING]
            strengthen(request)
            messages.success(request, _("Votre application est enregistrée."))
            return redirect("holder-factors")
    uri = holders.provisioning_uri(secret, account_name(holder))
    context = {"form": form, "square": _square(uri), "secret": _grouped(secret)}
    return render(request, "holder/application.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@strong_required
def passkey(request: HttpRequest, holder: holders.Holder) -> HttpResponse:
    """Let the browser make a passkey, and keep it."""
    form = LabelledPasskeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            state, response = posted(request, _CREATE)
            holders.add_passkey(holder, state, response, form.cleaned_data["label"])
        except holders.FactorsFull:
            form.add_error(None, _("Vous avez déjà dix façons de valider : supprimez-en une d'abord."))
        except holders.FactorWrong:
            form.add_error(None, _("Cette clé d'accès n'a pas pu être enregistrée. Essayez de nouveau."))
        else:
            strengthen(request)
            messages.success(request, _("Votre clé d'accès est enregistrée."))
            return redirect("holder-factors")
    options = shown(request, _CREATE, holders.passkey_creation(holder, account_name(holder)))
    return render(
        request, "holder/passkey.html", {"form": form, "options": options}, status=422 if form.errors else 200
    )


@require_POST
@strong_required
def remove(request: HttpRequest, holder: holders.Holder, factor_id: UUID) -> HttpResponse:
    """Forget a factor."""
    try:
        holders.remove(holder, factor_id)
    except holders.FactorUnknown:
        messages.info(request, _("Cette façon de valider était déjà supprimée."))
    else:
        messages.success(request, _("Cette façon de valider est supprimée."))
    return redirect("holder-factors")


@require_POST
@strong_required
def codes(request: HttpRequest, holder: holders.Holder) -> HttpResponse:
    """Say whether codes by SMS are enough to sign."""
    allowed = request.POST.get("allowed") == "yes"
    try:
        holders.allow_codes(holder, allowed)
    except holders.CodesNeeded:
        messages.warning(request, _("Ajoutez d'abord une clé d'accès ou une application."))
    else:
        text = _("Les codes par SMS permettent de signer.") if allowed else _("Les codes par SMS ne suffisent plus.")
        messages.success(request, text)
    return redirect("holder-factors")


def _pending_secret(request: HttpRequest) -> str:
    """Return the secret that this session shows, made at the first call; the session keeps it sealed."""
    kept = request.session.get(_PENDING)
    if kept:
        return unseal_text(bytes.fromhex(kept), _PURPOSE)
    secret = holders.new_secret()
    request.session[_PENDING] = seal_text(secret, _PURPOSE).hex()
    return secret


def _square(uri: str) -> SafeString:
    """Return the square code as an SVG without style, in the colour of the text around it."""
    image = qrcode.make(uri, image_factory=qrcode.image.svg.SvgPathImage, box_size=12, border=2)
    buffer = io.BytesIO()
    image.save(buffer)
    drawn = buffer.getvalue().decode()
    # Made by the library from our own text; nothing of a visitor is in it but what the library encoded as modules.
    return mark_safe(drawn[drawn.index("<svg") :])  # noqa: S308


def _grouped(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
