"""The logo of the firm."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from paraphe.kernel.errors import NotFound
from paraphe.platform.firms import api as firms
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.firm.forms import LogoForm, OptionsForm
from paraphe.platform.web.firm.options import page
from paraphe.platform.web.firm.sentences import logo_sentence


@require_GET
@in_private_space
def image(request: FirmRequest) -> HttpResponse:
    """Give the logo."""
    answer = HttpResponse(firms.logo(request.firm), content_type="image/png")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@in_private_space
def change(request: FirmRequest) -> HttpResponse:
    """Take a logo, or take it away."""
    person, firm = request.person, request.firm
    if not firms.may_change(person, firm):
        raise NotFound(kind="firm options")
    form = LogoForm(request.POST, request.FILES)
    try:
        if "remove" in request.POST:
            firms.remove_logo(actor=actor_of(request), person=person, firm=firm)
            messages.success(request, _("Le logo est retiré."))
            return redirect("firm-settings")
        if form.is_valid():
            uploaded: UploadedFile[bytes] = form.cleaned_data["logo"]
            # One octet more than is accepted is enough to refuse it: the rest is not read into memory.
            data = uploaded.read(firms.MAX_LOGO_BYTES + 1)
            firms.set_logo(actor=actor_of(request), person=person, firm=firm, data=data)
            messages.success(request, _("Le logo est enregistré."))
            return redirect("firm-settings")
    except firms.LogoRefused as error:
        form.add_error("logo", logo_sentence(error))
    except firms.FirmClosed:
        return redirect("firm-settings")
    return page(request, OptionsForm(options=firms.options(firm)), status=422, logo_form=form)
