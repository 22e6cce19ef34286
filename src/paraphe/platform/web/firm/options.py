"""The settings of the firm: everybody of the firm reads them, its accountants change them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.firms import api as firms
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.firm.forms import MAILS, LogoForm, OptionsForm
from paraphe.platform.web.firm.sentences import sentence

SECTIONS = {
    "appearance": ("seal_visible", "seal_text", "two_persons_above"),
    "collections": (
        "third_party_advanced", "third_party_level", "code_by_email", "link_by_sms", "collection_days",
        "reminder_days", "read_all_pages", "logo_in_signatures", "consent_fr", "consent_en", "custom_consents",
    ),
    "privacy": ("visibility", "retention_days"),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@in_private_space
def show(request: FirmRequest) -> HttpResponse:
    """Show what the firm set; take what an accountant changed."""
    if request.method == "GET":
        return page(request, OptionsForm(options=firms.options(request.firm)))
    if not firms.may_change(request.person, request.firm):
        raise NotFound(kind="firm options")
    form = OptionsForm(request.POST, options=firms.options(request.firm))
    if not form.is_valid():
        return page(request, form, status=422)
    try:
        firms.change(
            actor=actor_of(request),
            person=request.person,
            firm=request.firm,
            changes=form.changes(),
            seen_version=form.cleaned_data["version"],
        )
    except firms.OptionsRefused as refusal:
        for name, problem in refusal.problems.items():
            form.add_error(name, sentence(problem))
        return page(request, form, status=422)
    except firms.ChangedMeanwhile as error:
        return _conflict(request, form, error)
    except firms.FirmClosed:
        return redirect("firm-settings")
    messages.success(request, _("Les réglages sont enregistrés."))
    return redirect("firm-settings")


@require_POST
@in_private_space
def preview(request: FirmRequest) -> HttpResponse:
    """Show an e-mail as it is being written; nothing is kept."""
    if not firms.may_change(request.person, request.firm):
        raise NotFound(kind="firm options")
    key = request.POST.get("preview", "")
    if key not in {f"{kind}-{locale}" for kind, locale, _label in MAILS}:
        raise NotFound(kind="preview")
    kind, _dash, locale = key.partition("-")
    names = ("sender_name", f"{kind}_subject_{locale}", f"{kind}_body_{locale}")
    typed = {name: request.POST.get(name, "") for name in names}
    context: dict[str, object] = {"key": key}
    try:
        options = firms.checked(firms.options(request.firm), typed, firms.limits())
        context["mail"] = _composed(options, request.firm, kind, locale)
    except firms.OptionsRefused as refusal:
        context["problems"] = [sentence(refusal.problems[name]) for name in names if name in refusal.problems]
    template = "mail_preview" if request.htmx else "mail_preview_page"
    return render(request, f"platform_web/firm/{template}.html", context)


def page(
    request: FirmRequest, form: OptionsForm, *, status: int = 200, logo_form: LogoForm | None = None, **more: Any
) -> HttpResponse:
    """Render the page of the settings around ``form``."""
    saved = firms.options(request.firm)
    return render(
        request,
        "platform_web/firm/options.html",
        {
            "form": form,
            "logo_form": logo_form or LogoForm(),
            "firm": request.firm,
            "options": saved,
            "may_change": firms.may_change(request.person, request.firm) and not firms.is_closed(request.firm),
            "accountant": firms.decides(request.person, request.firm),
            "last": firms.last_change(request.firm),
            "max_logo_bytes": firms.MAX_LOGO_BYTES,
            "placeholders": list(firms.PLACEHOLDERS.items()),
            "mails": [
                (key, label, subject, body, _composed(saved, request.firm, *key.split("-")))
                for key, label, subject, body in form.mails()
            ],
            "sections": {name: [form[field] for field in fields] for name, fields in SECTIONS.items()},
            **more,
        },
        status=status,
    )


def _conflict(request: FirmRequest, form: OptionsForm, error: firms.ChangedMeanwhile) -> HttpResponse:
    """Keep what was typed, say who saved meanwhile and what differs; saving again is then a decision."""
    saved = firms.options(request.firm)
    typed = request.POST.copy()
    typed["version"] = str(saved.version)
    again = OptionsForm(typed, options=saved)
    again.is_valid()
    by = error.params["by"]
    return page(
        request,
        again,
        status=409,
        conflict={
            "by": accounts.person(by).full_name if isinstance(by, int) else "",
            "at": error.params["at"],
            "fields": again.differing(saved),
        },
    )


def _composed(options: firms.Options, firm: accounts.Firm, kind: str, locale: str) -> firms.Mail:
    return firms.compose_mail(options, kind, locale, {**firms.PLACEHOLDERS, "cabinet": firm.name})
