"""From the choice of a document to the wait for the officers."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from paraphe.kernel.errors import NotFound
from paraphe.proofing import api as proofing
from paraphe.trust.enrolment import api as enrolment
from paraphe.trust.enrolment.errors import TooManyPhotographs
from paraphe.trust.pages.enrolment.access import (
    fetch,
    journey,
    redirect_to,
    return_url,
    step,
    step_url,
    to_current,
)
from paraphe.trust.pages.enrolment.demonstration import samples
from paraphe.trust.pages.enrolment.forms import KindForm, PhotographForm
from paraphe.trust.pages.kinds import KIND_LABELS, SIDE_LABELS
from paraphe.trust.ra import api as ra
from paraphe.trust.ra.errors import PagesMissing


@require_http_methods(["GET", "POST"])
@step("kind")
def kind(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Choose the kind of document."""
    case = ra.case_of(found.subject)
    initial = {"kind": case.kind} if case else {}
    form = KindForm(
        request.POST if request.method == "POST" else None, initial=initial, allowed=list(settings.IDENTITY_DOCUMENTS)
    )
    if request.method == "POST" and form.is_valid():
        enrolment.choose_kind(found.id, form.cleaned_data["kind"])
        return redirect_to(found)
    context = {"enrolment": found, "form": form, "steps": journey(found, 0), "return_url": _back(found)}
    return render(request, "enrolment/kind.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@step("front")
def front(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Send the front."""
    return _side(request, found, "front")


@require_http_methods(["GET", "POST"])
@step("back")
def back(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Send the back."""
    return _side(request, found, "back")


def _side(request: HttpRequest, found: enrolment.Enrolment, side: str) -> HttpResponse:
    case = ra.case_of(found.subject)
    if case is None:
        return to_current(found)
    form = PhotographForm(request.POST, request.FILES) if request.method == "POST" else PhotographForm()
    if request.method == "POST" and form.is_valid():
        try:
            verdict = enrolment.add_photograph(found.id, side, form.content())
        except TooManyPhotographs:
            form.add_error(
                "photograph", _("Trop de photos ont été envoyées pour cette demande. Contactez l'assistance.")
            )
        else:
            if verdict.accepted:
                return redirect_to(found)
            for reason in verdict.reasons:
                form.add_error("photograph", proofing.sentence(reason, request.LANGUAGE_CODE))
    context = {
        "enrolment": found,
        "form": form,
        "side": side,
        "side_label": SIDE_LABELS[side],
        "two_sides": len(ra.sides_of(case.kind)) == 2,
        "kind": case.kind,
        "kind_label": KIND_LABELS[case.kind],
        "reasons": _why_again(found, side, request.LANGUAGE_CODE),
        "other_name": bool(_back(found)) and found.reason in ra.OTHER_NAME,
        "return_url": _back(found),
        "days": settings.IDENTITY_IMAGE_DAYS,
        "samples": samples(found.subject.full_name, side) if settings.DEMONSTRATION else [],
        "steps": journey(found, 1),
    }
    response = render(request, "enrolment/side.html", context, status=422 if form.errors else 200)
    response["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    return response


def _back(found: enrolment.Enrolment) -> str:
    """Return the way back to the document for who was invited to sign it: only there his name can be corrected."""
    return return_url(found) if found.subject.kind == "invited" else ""


def _why_again(found: enrolment.Enrolment, side: str, language: str) -> list[str]:
    """Return why another photograph of ``side`` is needed: what the machine found, or what an officer said."""
    findings = enrolment.findings(found.id)
    if findings:
        here = [finding for finding in findings if finding.side in (side, None) or ra.concerns_all(finding)]
        return list(dict.fromkeys(proofing.sentence(finding, language) for finding in here))
    said = enrolment.sentence(found.reason, language)
    return [said] if said else []


@require_http_methods(["GET", "POST"])
@step("check")
def check(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Look at the photographs once more, and hand them in."""
    if request.method == "POST":
        try:
            enrolment.submit(found.id)
        except PagesMissing:
            return to_current(found)
        return redirect_to(found)
    case = ra.case_of(found.subject)
    known = enrolment.hints(found.id)
    sides = [
        {
            "side": side,
            "label": SIDE_LABELS[side],
            "hints": [proofing.sentence(proofing.Reason(hint), request.LANGUAGE_CODE) for hint in known.get(side, [])],
            "url": step_url(found, side),
        }
        for side in (ra.sides_of(case.kind) if case else ())
    ]
    return render(request, "enrolment/check.html", {"enrolment": found, "sides": sides, "steps": journey(found, 1)})


@require_GET
@step("front", "back", "check")
def image(request: HttpRequest, found: enrolment.Enrolment, side: str) -> HttpResponse:
    """Show the person the photograph just sent."""
    try:
        data = enrolment.photograph(found.id, side)
    except NotFound:
        raise Http404 from None
    response = HttpResponse(data, content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
@step("reading")
def reading(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Wait some seconds for the machine that reads the document; the page asks by itself."""
    return render(request, "enrolment/reading.html", {"enrolment": found, "steps": journey(found, 2)})


@require_GET
@step("review")
def review(request: HttpRequest, found: enrolment.Enrolment) -> HttpResponse:
    """Wait for the officers; the page asks by itself, and an e-mail comes in any case."""
    return render(request, "enrolment/review.html", {"enrolment": found, "steps": journey(found, 2)})


@require_GET
def progress(request: HttpRequest, enrolment_id: str) -> HttpResponse:
    """Answer a waiting page: nothing while there is nothing new, else where to go."""
    found = fetch(request, enrolment_id)  # type: ignore[arg-type]
    if found.status == enrolment.Status.ISSUING:
        enrolment.finish(found.id)
        found = enrolment.load(found.id)
    current, _open = enrolment.steps(found)
    if found.status in (enrolment.Status.REVIEW, enrolment.Status.ISSUING) and current == request.GET.get(
        "at", current
    ):
        return HttpResponse(status=204)
    return HttpResponseClientRedirect(to_current(found).url)
