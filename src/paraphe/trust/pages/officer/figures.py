"""What the machine would have decided beside what officers decided, and the switch that rests on it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from paraphe.proofing import api as proofing
from paraphe.trust.pages.kinds import PROFILE_LABELS
from paraphe.trust.pages.officer.access import actor_of, deciding, officer_of, role_required
from paraphe.trust.pages.officer.reading import OUTCOMES
from paraphe.trust.ra import api as ra

_MOST_REASONS = 6


@role_required("registration", "operator", "auditor")
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Show the figures of each model of document and its policy."""
    policies = ra.acceptance()
    models = [_model(one, policies.get(one.profile), request.LANGUAGE_CODE) for one in ra.figures()]
    context = {
        "models": models,
        "may_change": ra.has_role(officer_of(request), "operator"),
        "enough": ra.ENOUGH_CASES,
        "reads": proofing.can_read(),
    }
    return render(request, "officer/figures.html", context)


@deciding("operator")
@require_POST
def accept(request: HttpRequest, profile: str) -> HttpResponse:
    """Propose that the machine accepts documents of a model; or end that at once."""
    known = ra.acceptance().get(profile)
    if known is None:
        raise Http404
    actor, officer = actor_of(request), officer_of(request)
    try:
        share = int(request.POST.get("share") or known.share)
        if request.POST.get("verb") == "off":
            ra.set_acceptance(actor, officer, profile, enabled=False, share=known.share)
            messages.success(request, _("L'acceptation automatique est arrêtée pour ce modèle."))
            return redirect("officer-figures")
        ra.propose(actor, officer, "acceptance", {"profile": profile, "enabled": True, "share": share})
    except (ValueError, ra.AcceptanceRefused):
        messages.warning(request, _("Ce modèle est toujours examiné, ou la part n'est pas comprise entre 10 et 100 %."))
        return redirect("officer-figures")
    messages.info(request, _("Proposé : un autre exploitant doit confirmer."))
    return redirect("officer-proposals")


def _model(one: ra.ProfileFigures, policy: ra.Acceptance | None, language: str) -> dict[str, object]:
    profile = proofing.PROFILES.get(one.profile)
    agreement = [
        {"outcome": OUTCOMES[outcome][0], "verdict": ra.Verdict(verdict), "count": count}
        for (outcome, verdict), count in sorted(one.agreement.items())
    ]
    reasons = list(one.reasons.items())[:_MOST_REASONS]
    return {
        "figures": one,
        "label": PROFILE_LABELS.get(one.profile, one.profile),
        "bound": f"{one.bound * 100:.1f}".replace(".", "," if language.startswith("fr") else "."),
        "policy": policy,
        "own": profile is not None and profile.own,
        "agreement": agreement,
        "reasons": [(proofing.sentence(proofing.Reason(code), language), count) for code, count in reasons],
    }
