"""One's own account: certificate, sessions, language, notices."""

import uuid
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.signing import api as signing
from paraphe.platform.web.account.access import PersonRequest, actor_of, in_language
from paraphe.platform.web.answers import trust_problem
from paraphe.platform.web.settings.devices import device
from paraphe.platform.web.settings.forms import LanguageForm, NoticesForm
from paraphe.platform.web.settings.gate import for_oneself
from paraphe.platform.web.trust_links import holder_address

#: From so many days before its end a certificate can be renewed; as at the trust site.
RENEWABLE: Final = timedelta(days=90)


@require_GET
@for_oneself
def show(request: PersonRequest) -> HttpResponse:
    """Show everything one has and chose."""
    person = request.person
    context = {
        "person": person,
        "certificate": _certificate(person),
        "roll": accounts.roll_of(person),
        "memberships": accounts.memberships_of(person),
        "sessions": sorted(
            (
                {"view": one, "device": device(one.agent), "here": one.id == request.session_id}
                for one in accounts.sessions_of(person)
            ),
            key=lambda one: not one["here"],
        ),
        "language_form": LanguageForm(initial={"language": person.language or get_language()}),
        "notices_form": NoticesForm(initial={"kinds": list(accounts.wanted(person))}),
        "exports": accounts.exports_of(person),
    }
    return render(request, "platform_settings/account.html", context)


@require_POST
@for_oneself
def language(request: PersonRequest) -> HttpResponse:
    """Keep the language, and go on in it."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return redirect("account")
    chosen = form.cleaned_data["language"]
    accounts.choose_language(actor=actor_of(request), person=request.person, language=chosen)
    with translation.override(chosen):
        messages.success(request, _("C'est enregistré."))
    return in_language(redirect("account"), chosen)


@require_POST
@for_oneself
def notices(request: PersonRequest) -> HttpResponse:
    """Keep what one is written to about."""
    form = NoticesForm(request.POST)
    if form.is_valid():
        accounts.choose_notices(actor=actor_of(request), person=request.person, kinds=form.cleaned_data["kinds"])
        messages.success(request, _("C'est enregistré."))
    return redirect("account")


@require_POST
@for_oneself
def end_session(request: PersonRequest, session_id: uuid.UUID) -> HttpResponse:
    """Sign one browser out, wherever it is."""
    accounts.end_session(actor=actor_of(request), person=request.person, session_id=session_id)
    messages.success(request, _("Cette session est fermée."))
    return redirect("account")


@require_POST
@for_oneself
def end_other_sessions(request: PersonRequest) -> HttpResponse:
    """Sign every other browser out."""
    ended = accounts.end_other_sessions(actor=actor_of(request), person=request.person, kept=request.session_id)
    words = ngettext("%(n)s autre session est fermée.", "%(n)s autres sessions sont fermées.", ended) % {"n": ended}
    messages.success(request, words if ended else _("Il n'y avait pas d'autre session."))
    return redirect("account")


@require_POST
@for_oneself
def certificate_again(request: PersonRequest) -> HttpResponse:
    """Begin again at the mobile number, after a certificate that is over."""
    try:
        enrolment.request_again(actor=actor_of(request), person=request.person)
    except enrolment.CertificateStillGood:
        messages.warning(request, _("Votre certificat est encore valable : révoquez-le d'abord."))
        return redirect("account")
    except (enrolment.NotInvited, enrolment.WrongStep):
        return redirect("registration")
    except signing.NoCredential as error:
        return trust_problem(request, error, back="account")
    return redirect("registration")


def _certificate(person: accounts.Person) -> dict[str, object]:
    """Return the certificate with its state, and where each thing is done about it at the trust site."""
    try:
        found = signing.certificate_of(person.pk)
    except signing.NoCredential:
        return {}
    left = found.holder.not_after - timezone.now()
    page = f"/holder/certificates/{found.holder.credential_id}/"
    return {
        "holder": found.holder,
        "status": found.status,
        "renewable": found.status == "valid" and left < RENEWABLE,
        "over": found.status in enrolment.OVER,
        "days_left": max(left.days, 0),
        "page": _at_the_trust_site(person, page),
        "revoke": _at_the_trust_site(person, f"{page}revoke/"),
        "factors": _at_the_trust_site(person, "/holder/factors/"),
    }


def _at_the_trust_site(person: accounts.Person, page: str) -> str:
    """Return the address at which ``person`` proves himself to the trust site, to go on to ``page``."""
    return holder_address(person.email, page)
