"""Proposals that wait for a second officer, officers and their roles, the journal for those who read it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import DomainError
from paraphe.trust.journal import api as journal
from paraphe.trust.pages.kinds import PROFILE_LABELS
from paraphe.trust.pages.officer.access import actor_of, deciding, officer_of, role_required
from paraphe.trust.pages.officer.certificates import REASONS
from paraphe.trust.ra import api as ra
from paraphe.trust.remote import api as remote

ROLE_LABELS: dict[str, Promise] = {
    "registration": gettext_lazy("Enregistrement : décide des identités"),
    "revocation": gettext_lazy("Révocation : suspend et révoque"),
    "operator": gettext_lazy("Exploitation : gère les agents"),
    "auditor": gettext_lazy("Audit : lit tout, ne change rien ; ne se cumule pas"),
}
LINES = 50


@role_required("revocation", "operator")
@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """Show what waits for a second officer."""
    officer = officer_of(request)
    found = [_told(proposal, officer) for proposal in ra.waiting()]
    return render(request, "officer/proposals.html", {"proposals": [one for one in found if one["mine_to_see"]]})


@deciding("revocation", "operator")
@require_POST
def settle(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Confirm or refuse a proposal of another officer."""
    confirmed = request.POST.get("verdict") == "confirm"
    try:
        remote.settle_proposal(actor_of(request), officer_of(request), proposal_id, confirmed=confirmed)
    except ra.ProposalRefused as error:
        own = error.params.get("reason") == "own"
        text = _("Un autre agent que vous doit confirmer.") if own else _("Cette proposition n'attend plus.")
        messages.warning(request, text)
    except DomainError:
        messages.warning(request, _("Cela n'a pas pu être fait : l'état a changé entre-temps."))
    else:
        messages.success(request, _("C'est fait.") if confirmed else _("La proposition est écartée."))
    return redirect("officer-proposals")


@role_required("operator")
@require_GET
def officers(request: HttpRequest) -> HttpResponse:
    """List the officers and their roles."""
    return render(request, "officer/officers.html", {"officers": ra.officers(), "labels": ROLE_LABELS})


@deciding("operator")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, officer_id: int) -> HttpResponse:
    """Propose other roles for an officer, or that he leaves."""
    found = next((one for one in ra.officers() if one.pk == officer_id), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        roles, active = request.POST.getlist("roles"), request.POST.get("active") == "on"
        payload = {"officer": found.pk, "roles": roles, "active": active}
        try:
            ra.propose(actor_of(request), officer_of(request), "roles", payload)
        except ra.RolesRefused:
            messages.warning(request, _("Un auditeur n'a pas d'autre rôle."))
        else:
            messages.info(request, _("Proposé : un autre exploitant doit confirmer."))
            return redirect("officer-proposals")
    return render(request, "officer/change.html", {"officer": found, "labels": ROLE_LABELS.items()})


@role_required("auditor")
@require_GET
def journal_lines(request: HttpRequest) -> HttpResponse:
    """Read the journal, newest first, by kind of event and by what it is about."""
    tag, about = request.GET.get("tag", "")[:60], request.GET.get("about", "")[:80].replace("\x00", "")
    before = request.GET.get("before", "")
    rows = journal.JournalEntry.rows().order_by("-sequence")
    if tag:
        rows = rows.filter(tag__startswith=tag)
    if about:
        rows = rows.filter(subjects__icontains=about)
    if before.isdecimal() and len(before) < 16:
        rows = rows.filter(sequence__lt=int(before))
    lines = list(rows[:LINES])
    context = {"lines": lines, "tag": tag, "about": about, "next": lines[-1].sequence if len(lines) == LINES else None}
    return render(request, "officer/journal.html", context)


def _told(proposal: ra.Proposal, officer: ra.Officer) -> dict[str, Any]:
    payload = proposal.payload
    match proposal.kind:
        case "roles":
            named = next((one.name for one in ra.officers() if one.pk == payload["officer"]), "?")
            roles = ", ".join(payload["roles"]) or _("aucun rôle")
            text = _("%(name)s : %(roles)s") % {"name": named, "roles": roles}
            text = text if payload["active"] else _("%(name)s ne peut plus s'identifier") % {"name": named}
        case "acceptance":
            text = _("Accepter par machine : %(model)s, %(share)d %% aux agents") % {
                "model": PROFILE_LABELS[payload["profile"]],
                "share": payload["share"],
            }
        case "reinstate":
            text = _("Rétablir le certificat %(serial)s") % {"serial": payload["serial"].upper()}
        case _:
            text = _("Révoquer %(count)d certificats : %(reason)s") % {
                "count": len(payload["serials"]),
                "reason": REASONS[payload["reason"]],
            }
    needed = ra.has_role(officer, "operator" if proposal.kind in ("roles", "acceptance") else "revocation")
    return {"row": proposal, "text": text, "mine_to_see": needed, "own": proposal.proposed_by_id == officer.pk}
