"""Batches: the list, a new one, the page of one with its progress."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from paraphe.platform.credit import api as credit
from paraphe.platform.firms import api as firms
from paraphe.platform.sealing import api as sealing
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.sealing.forms import BatchForm, SplitForm
from paraphe.platform.web.sealing.gate import is_accountant, may_seal, with_batches
from paraphe.platform.web.sealing.sentences import OPTION_PROBLEMS, problem, reason, sentence

RUNNING = ("sealing", "closing")


@require_GET
@with_batches
def listing(request: FirmRequest) -> HttpResponse:
    """Show the batches of the firm."""
    context = {
        "firm": request.firm,
        "batches": sealing.listing(request.person, request.firm),
        "seal": sealing.in_force(request.firm),
        "accountant": is_accountant(request),
    }
    return render(request, "web_sealing/list.html", context)


@require_http_methods(["GET", "POST"])
@with_batches
def new(request: FirmRequest) -> HttpResponse:
    """Begin a batch; the next page takes its files."""
    options = firms.options(request.firm)
    form = BatchForm(request.POST or None, most_days=options.retention_days, initial={"visible": False})
    if request.method == "POST" and form.is_valid():
        try:
            number = sealing.create(
                actor=actor_of(request), person=request.person, firm=request.firm, options=form.options(),
                locale=get_language() or "fr",
            )  # fmt: skip
        except sealing.BadOptions as error:
            add_problem(form, error)
        except (firms.FirmClosed, sealing.MayNot) as error:
            form.add_error(None, sentence(error))
        else:
            return redirect("batch", batch_id=number)
    context = {"firm": request.firm, "form": form}
    return render(request, "web_sealing/options.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@with_batches
def change(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Change how a draft will be sealed."""
    batch = sealing.get(request.person, request.firm, batch_id)
    if batch.state != "draft":
        return redirect("batch", batch_id=batch_id)
    initial = {**batch.options.__dict__, "certify": batch.options.certify or ""}
    form = BatchForm(request.POST or None, most_days=firms.options(request.firm).retention_days, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            sealing.change(
                actor=actor_of(request), person=request.person, firm=request.firm, batch_id=batch_id,
                options=form.options(),
            )  # fmt: skip
        except sealing.BadOptions as error:
            add_problem(form, error)
        except sealing.WrongBatchState as error:
            form.add_error(None, sentence(error))
        else:
            return redirect("batch", batch_id=batch_id)
    context = {"firm": request.firm, "form": form, "batch": batch}
    return render(request, "web_sealing/options.html", context, status=422 if form.errors else 200)


@require_GET
@with_batches
def show(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Show one batch: what is in it, what is done, what can be done next."""
    context = {**around(request, batch_id), "split_form": SplitForm()}
    return render(request, "web_sealing/batch.html", context)


@require_GET
@with_batches
def state(request: FirmRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Show the part of the page that moves; without htmx, lead to the page."""
    if not request.htmx:
        return redirect("batch", batch_id=batch_id)
    return render(request, "web_sealing/state.html", around(request, batch_id))


def around(request: FirmRequest, batch_id: uuid.UUID) -> dict[str, Any]:
    """Return what the page of a batch and its moving part show."""
    batch = sealing.get(request.person, request.firm, batch_id)
    details = sealing.details(request.person, request.firm, batch_id)
    release = details.releases[0] if details.releases else None
    price = credit.price_of("seal")
    waiting = batch.state == "draft" and (
        batch.checked < batch.total or any(one.state == "waiting" for one in details.parcels)
    )
    return {
        "firm": request.firm,
        "batch": batch,
        "details": details,
        "release": release,
        "mine_proposed": bool(release and release.proposed_by_id == request.person.pk),
        "problem": problem(batch.problem),
        "problems": [(one, reason(one.code)) for one in details.problems],
        "parcels": [(one, reason(one.code) if one.code else "", _left_out(one)) for one in details.parcels],
        "cost": credit.euros(price * batch.ready) if price else "",
        "may_seal": may_seal(request),
        "seal": sealing.in_force(request.firm),
        "accountant": is_accountant(request),
        "moving": waiting or batch.state in RUNNING or (batch.state == "releasing"),
        "waiting": waiting,
        "left": left_of(batch.left),
        "duplicates": sealing.duplicates(request.person, request.firm, batch_id) if details.duplicates else [],
    }


def add_problem(form: BatchForm, error: sealing.BadOptions) -> None:
    """Show at its field what is wrong with an option."""
    field = str(error.params["field"])
    form.add_error(field if field in form.fields else None, str(OPTION_PROBLEMS.get(field, sentence(error))))


def left_of(seconds: int | None) -> tuple[int, int] | None:
    """Return minutes and seconds that are left."""
    return divmod(seconds, 60) if seconds is not None else None


def _left_out(parcel: sealing.ParcelView) -> list[tuple[str, str]]:
    return [(one["name"], reason(one["code"])) for one in parcel.left_out[:10]]
