"""A person named in a standing mandate lets a batch go: what is released, a code on his telephone, done."""

from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from paraphe.kernel.errors import DomainError, NotFound
from paraphe.trust.clients import api as clients
from paraphe.trust.codes import api as codes
from paraphe.trust.pages.enrolment.forms import CodeForm
from paraphe.trust.seals import api as seals

_SENTENCES: Final[dict[type[DomainError], Promise]] = {
    codes.CodeLocked: gettext_lazy("Le code a été saisi cinq fois sans succès. Demandez-en un nouveau."),
    codes.CodeLimit: gettext_lazy("Trop de codes ont été demandés pour ce numéro. Réessayez plus tard."),
    codes.CodeForSomethingElse: gettext_lazy(
        "Ce code a été envoyé pour autre chose. Saisissez celui du SMS le plus récent."
    ),
    codes.CodeTooSoon: gettext_lazy(
        "Un code vient de vous être envoyé. Patientez quelques secondes avant d'en demander un autre."
    ),
    seals.MandateRefused: gettext_lazy("Le mandat ne permet plus cette libération : retiré, terminé ou épuisé."),
    seals.DeedClosed: gettext_lazy("Cette demande n'attend plus de code."),
}


@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, release_id: UUID, token: str) -> HttpResponse:
    """Show what is released; take the code."""
    release = _release(release_id, token)
    with translation.override(_language(release)):
        form = CodeForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                seals.confirm(release, form.cleaned_data["code"])
            except (codes.CodeError, seals.MandateRefused, seals.DeedClosed) as error:
                form.add_error("code", _sentence(error))
            release.refresh_from_db()
        context = {
            "release": release,
            "form": form,
            "facts": _facts(release),
            "challenge": seals.challenge_of(release),
            "token": token,
            "client_name": _client_name(release),
            "return_url": _return_url(release),
        }
        return render(request, "seals/release.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def send(request: HttpRequest, release_id: UUID, token: str) -> HttpResponse:
    """Send a code, or another one."""
    release = _release(release_id, token)
    with translation.override(_language(release)):
        try:
            seals.send_code(release)
        except (codes.CodeError, seals.MandateRefused, seals.DeedClosed) as error:
            messages.warning(request, _sentence(error))
    return redirect("seals-release", release_id=release_id, token=token)


def _facts(release: seals.Release) -> list[tuple[str, str]]:
    subject = release.mandate.seal.subject
    terms = release.mandate.deed.terms
    count = ngettext("%(n)d cachet", "%(n)d cachets", release.count) % {"n": release.count}
    return [
        (_("Personne morale"), f"{subject.organisation_name} (SIREN {subject.organisation_siren})"),
        (_("Objet"), release.purpose),
        (_("Nombre"), count),
        (_("Empreinte de la liste"), release.list_sha256),
        (_("Vous êtes"), release.releaser.name),
        (_("Mandat"), f"{terms['purpose']}, {release.mandate.deed.responsible.subject.full_name}"),
    ]


def _sentence(error: DomainError) -> str:
    if isinstance(error, codes.CodeWrong):
        left = int(str(error.params["tries_left"]))
        sentence = ngettext(
            "Ce code n'est pas le bon. Il vous reste %(left)s essai.",
            "Ce code n'est pas le bon. Il vous reste %(left)s essais.",
            left,
        )
        return sentence % {"left": left}
    return str(_SENTENCES.get(type(error), _("Ce code n'est plus valable. Demandez-en un nouveau.")))


def _release(release_id: UUID, token: str) -> seals.Release:
    try:
        return seals.release_by_link(release_id, token)
    except NotFound:
        raise Http404 from None


def _language(release: seals.Release) -> str:
    return str(release.mandate.deed.responsible.subject.language)


def _return_url(release: seals.Release) -> str:
    parts = urlsplit(release.return_uri)
    query = urlencode({"request": str(release.pk), "state": release.client_state})
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))


def _client_name(release: seals.Release) -> str:
    try:
        return clients.find(release.client_id).name
    except NotFound:
        return release.client_id
