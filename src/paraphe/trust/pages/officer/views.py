"""The queue, a case, its images."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.trust.enrolment import api as enrolment
from paraphe.trust.pages.kinds import KIND_LABELS, SIDE_LABELS
from paraphe.trust.pages.officer.access import actor_of, deciding, officer_of, officer_required, role_required
from paraphe.trust.pages.officer.forms import DecisionForm
from paraphe.trust.pages.officer.reading import HINTS, OUTCOMES, confirmed_points, shown
from paraphe.trust.pages.officer.watermark import watermarked
from paraphe.trust.ra import api as ra
from paraphe.trust.ra.errors import AlreadyDecided, CaseClosed, ChecklistIncomplete, ReasonMissing


@officer_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the queue to a registration officer; lead others to the first page that their roles open."""
    officer = officer_of(request)
    if ra.has_role(officer, "registration"):
        return queue(request)
    pages: list[tuple[ra.Role, str]] = [
        ("revocation", "officer-certificates"),
        ("operator", "officer-officers"),
        ("auditor", "officer-journal"),
    ]
    for role, page in pages:
        if ra.has_role(officer, role):
            return redirect(page)
    raise Http404


def queue(request: HttpRequest) -> HttpResponse:
    """Show the cases that wait for this officer, oldest first."""
    page = Paginator(ra.queue(officer_of(request)), 25).get_page(request.GET.get("page"))
    for case in page.object_list:
        case.kind_label = KIND_LABELS[case.kind]  # type: ignore[attr-defined]
        case.machine = _machine_says(case)  # type: ignore[attr-defined]
    return render(request, "officer/queue.html", {"page": page, "four_eyes": settings.FOUR_EYES})


@deciding("registration")
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show a case and take the decision on it."""
    officer = officer_of(request)
    try:
        found = ra.case_for(actor_of(request), case_id)
    except NotFound:
        raise Http404 from None
    read = ra.reading_of(found)
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        kind=found.kind,
        initial={"checklist": confirmed_points(read)},
    )
    if request.method == "POST" and form.is_valid() and _decided(request, officer, found, form):
        return _next(officer)
    mine = found.decisions.filter(officer=officer, round=found.round).exists()
    return render(
        request,
        "officer/case.html",
        {
            "case": found,
            "claimed": found.subject,
            "kind_label": KIND_LABELS[found.kind],
            "pages": [
                (SIDE_LABELS[page.side], page, [HINTS[hint] for hint in page.hints if hint in HINTS])
                for page in _in_order(found)
            ],
            "form": form,
            "reading": shown(found, read, request.LANGUAGE_CODE),
            "similar": ra.similar_cases(actor_of(request), found.id) if read else (),
            "open": found.state == ra.CaseState.SUBMITTED and not mine,
            "decided_by_me": mine,
            "reason": enrolment.sentence(found.reason, request.LANGUAGE_CODE),
            "four_eyes": settings.FOUR_EYES,
        },
        status=422 if form.errors else 200,
    )


@role_required("registration")
@require_GET
def image(request: HttpRequest, case_id: UUID, side: str) -> HttpResponse:
    """Give the photograph of one side, to be looked at here and kept nowhere."""
    return _picture(request, ra.page_image_for, case_id, side)


@role_required("registration")
@require_GET
def flat(request: HttpRequest, case_id: UUID, side: str) -> HttpResponse:
    """Give one side as seen from straight above, on the same terms."""
    return _picture(request, ra.flat_image_for, case_id, side)


def _picture(
    request: HttpRequest, fetch: Callable[[Actor, UUID, str], bytes], case_id: UUID, side: str
) -> HttpResponse:
    try:
        data = fetch(actor_of(request), case_id, side)
    except NotFound:
        raise Http404 from None
    marked = watermarked(data, officer_of(request).name, timezone.localtime())
    response = HttpResponse(marked, content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _next(officer: ra.Officer) -> HttpResponse:
    """Open the next case that waits for this officer, or the empty queue."""
    following = ra.queue(officer).first()
    return redirect("officer-case", following.id) if following else redirect("officer-queue")


def _machine_says(case: ra.IdentityCase) -> str:
    """Return in a few words what the machine found, for the queue."""
    said = next((reading for reading in case.readings.all() if reading.round == case.round), None)
    if said is None:
        return ""
    if not said.reasons:
        return str(OUTCOMES[said.outcome][0])
    count = len(said.reasons)
    return ngettext("%(count)d réserve", "%(count)d réserves", count) % {"count": count}


def _in_order(found: ra.IdentityCase) -> list[ra.IdentityPage]:
    return sorted(found.pages.all(), key=lambda page: page.side != "front")


def _decided(request: HttpRequest, officer: ra.Officer, found: ra.IdentityCase, form: DecisionForm) -> bool:
    """Take the decision; return whether the officer is done with the case. What is missing goes into the form."""
    verdict = ra.Verdict(form.cleaned_data["verdict"])
    try:
        case = ra.decide(
            actor_of(request),
            officer,
            found.id,
            verdict,
            reason=form.reason,
            note=form.cleaned_data["note"],
            checklist=form.cleaned_data["checklist"],
        )
    except ReasonMissing:
        form.add_error("refusal" if verdict is ra.Verdict.REFUSE else "retake", _("Choisissez un motif."))
        return False
    except ChecklistIncomplete:
        form.add_error("checklist", _("Pour approuver, chaque point doit être vérifié."))
        return False
    except (AlreadyDecided, CaseClosed):
        messages.warning(request, _("Ce dossier a été traité entre-temps."))
        return True
    if case.state == ra.CaseState.SUBMITTED:
        messages.info(request, _("Votre décision est enregistrée. Un autre agent doit encore se prononcer."))
    else:
        messages.success(request, _("La décision est prise. La personne est prévenue par e-mail."))
    enrolment.follow_subject(case.subject_id)
    return True
