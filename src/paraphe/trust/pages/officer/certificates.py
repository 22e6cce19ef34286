"""The revocation office: find a certificate, see its life, suspend it, revoke it, propose the rest."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import DomainError, NotFound
from paraphe.trust.journal import api as journal
from paraphe.trust.pages.officer.access import actor_of, deciding, officer_of, role_required
from paraphe.trust.ra import api as ra
from paraphe.trust.remote import api as remote

REASONS: dict[str, Promise] = {
    "compromise": gettext_lazy("Clé ou téléphone compromis, ou doute sérieux"),
    "left_the_firm": gettext_lazy("A quitté le cabinet"),
    "left_the_roll": gettext_lazy("Radié du tableau, ou l'a quitté"),
    "death": gettext_lazy("Décès"),
    "wrong_data": gettext_lazy("Donnée du certificat inexacte"),
    "superseded": gettext_lazy("Remplacé par un autre certificat"),
    "obligations": gettext_lazy("Obligations du titulaire non respectées"),
}


@role_required("revocation", "auditor")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Find certificates by serial number, name, e-mail or firm."""
    typed = request.GET.get("q", "")[:200].replace("\x00", "")
    page = Paginator(remote.search(typed), 25).get_page(request.GET.get("page"))
    rows = [_row(row) for row in page.object_list]
    context = {"page": page, "rows": rows, "typed": typed, **_rights(request)}
    return render(request, "officer/certificates.html", context)


@role_required("revocation", "auditor")
@require_GET
def show(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """Show one certificate with its whole life."""
    row = _credential(credential_id)
    serial = f"{remote.certificate_of(row).serial_number:x}"
    lines = [*journal.about(serial=serial), *journal.about(credential=str(row.pk))]
    lines = sorted({line.sequence: line for line in lines}.values(), key=lambda line: -line.sequence)[:100]
    context = {"certificate": _row(row), "lines": lines, "reasons": REASONS.items(), **_rights(request)}
    return render(request, "officer/certificate.html", context)


@deciding("revocation")
@require_POST
def act(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """Suspend or revoke at once, or propose to end a suspension."""
    row, actor = _credential(credential_id), actor_of(request)
    verb, reason = request.POST.get("verb"), request.POST.get("reason", "")
    try:
        if verb == "suspend":
            remote.suspend(row, actor, why="officer")
            messages.success(request, _("Le certificat est suspendu."))
        elif verb == "revoke" and reason in remote.OFFICER_REASONS:
            remote.revoke_credential(row, remote.OFFICER_REASONS[reason], actor, why=reason)
            messages.success(request, _("Le certificat est révoqué."))
        elif verb == "revoke":
            messages.warning(request, _("Choisissez un motif."))
        elif verb == "reinstate":
            serial = f"{remote.certificate_of(row).serial_number:x}"
            ra.propose(actor, officer_of(request), "reinstate", {"serial": serial})
            messages.info(request, _("Proposé : un autre agent doit confirmer le rétablissement."))
    except DomainError:
        messages.warning(request, _("L'état de ce certificat ne le permet pas."))
    return redirect("officer-certificate", credential_id=credential_id)


@deciding("revocation")
@require_http_methods(["GET", "POST"])
def many(request: HttpRequest) -> HttpResponse:
    """Propose to revoke a list of certificates; another officer confirms."""
    typed, reason, error = request.POST.get("serials", "")[:60_000], request.POST.get("reason", ""), ""
    if request.method == "POST":
        known, strange = remote.known_serials(typed.replace("\x00", ""))
        if strange:
            error = _("Ces lignes ne sont pas des numéros de série connus : %(lines)s") % {
                "lines": ", ".join(strange[:5])
            }
        elif not known or len(known) > ra.MOST_REVOKED:
            error = _("Donnez de 1 à 1 000 numéros de série, un par ligne.")
        elif reason not in remote.OFFICER_REASONS:
            error = _("Choisissez un motif.")
        else:
            payload = {"serials": known, "reason": reason}
            ra.propose(actor_of(request), officer_of(request), "revoke-many", payload)
            messages.info(request, _("Proposé : un autre agent doit confirmer ces révocations."))
            return redirect("officer-proposals")
    context = {"typed": typed, "reason": reason, "reasons": REASONS.items(), "error": error, **_rights(request)}
    return render(request, "officer/many.html", context, status=422 if error else 200)


def _credential(credential_id: UUID) -> remote.Credential:
    try:
        row = remote.credential(credential_id)
    except NotFound:
        raise Http404 from None
    if row.certificate is None:
        raise Http404
    return row


def _row(row: remote.Credential) -> dict[str, Any]:
    certificate = remote.certificate_of(row)
    return {
        "id": row.pk,
        "name": remote.common_name_of(row),
        "firm": row.subject.organisation_name,
        "email": row.subject.email,
        "profile": row.profile_name,
        "serial": f"{certificate.serial_number:X}",
        "begins": certificate.not_valid_before_utc,
        "ends": certificate.not_valid_after_utc,
        "status": remote.certificate_status(row),
    }


def _rights(request: HttpRequest) -> dict[str, bool]:
    return {"may_act": ra.has_role(officer_of(request), "revocation")}
