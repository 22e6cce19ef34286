"""How the person's own signature looks: role, initials, handwriting drawn or brought."""

import base64
import binascii
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paraphe.kernel.errors import NotFound
from paraphe.platform.documents import api as documents
from paraphe.platform.web.documents.forms import LookForm
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.documents.sentences import sentence

DRAWN: Final = "data:image/png;base64,"


@require_http_methods(["GET", "POST"])
@in_private_space
def edit(request: FirmRequest) -> HttpResponse:
    """Show and change role, initials and handwriting."""
    look = documents.look_of(request.person)
    if request.method == "POST" and "remove" in request.POST:
        documents.remove_handwriting(person=request.person)
        messages.success(request, _("Votre signature manuscrite est détruite."))
        return redirect("my-signature")
    initial = {"role": look.role, "initials": look.initials}
    form = LookForm(request.POST, request.FILES) if request.method == "POST" else LookForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            documents.set_look(
                person=request.person, role=form.cleaned_data["role"], initials=form.cleaned_data["initials"]
            )
            if image := _image(form):
                documents.set_handwriting(person=request.person, image=image)
        except documents.FileTooLarge as error:
            form.add_error("handwriting", sentence(error))
        except documents.PdfRefused as error:
            form.add_error("handwriting", sentence(error))
        else:
            messages.success(request, _("Votre signature est enregistrée."))
            return redirect("my-signature")
    context = {"form": form, "look": look, "name": request.person.full_name, "firm": request.firm}
    return render(request, "platform_web/documents/look.html", context, status=422 if form.errors else 200)


@require_GET
@in_private_space
def image(request: FirmRequest) -> HttpResponse:
    """Give the person his own handwriting."""
    found = documents.handwriting_of(request.person)
    if found is None:
        raise NotFound(kind="handwriting")
    answer = HttpResponse(found, content_type="image/png")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _image(form: LookForm) -> bytes:
    """Return the file that was brought, else what was drawn, else nothing."""
    if brought := form.cleaned_data["handwriting"]:
        return bytes(brought.read(documents.MAX_IMAGE + 1))
    drawn = str(form.cleaned_data["drawn"])
    if not drawn.startswith(DRAWN):
        return b""
    try:
        return base64.b64decode(drawn.removeprefix(DRAWN), validate=True)
    except binascii.Error:
        raise documents.PdfRefused(reason="unreadable") from None
