"""Legal holds for much at once: by who administers the firm, also of what he does not see."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paraphe.kernel.errors import NotFound
from paraphe.platform.documents import api as documents
from paraphe.platform.firms import api as firms
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.documents.sentences import sentence
from paraphe.platform.web.firm.forms import HoldOrderForm


@require_http_methods(["GET", "POST"])
@in_private_space
def holds(request: FirmRequest) -> HttpResponse:
    """Show what is held and by whom; order another hold. Counts only: nothing of what is in a document."""
    _expect(request)
    people = sorted(documents.people_with_documents(request.firm).items(), key=lambda one: one[1].casefold())
    form = HoldOrderForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            documents.order_hold(actor=actor_of(request), person=request.person, firm=request.firm, **form.cleaned_data)
        except documents.NothingChosen:
            form.add_error("text", _("Donnez au moins trois lettres."))
        except (documents.ReasonMissing, documents.TooLong) as error:
            form.add_error("reason", sentence(error))
        else:
            messages.success(request, _("C'est gelé : rien de cela n'est supprimé avant la levée."))
            return redirect("firm-holds")
    orders = documents.hold_orders(request.person, request.firm)
    context = {"firm": request.firm, "form": form, "orders": orders}
    return render(request, "platform_web/firm/holds.html", context, status=422 if form.errors else 200)


@require_POST
@in_private_space
def lift(request: FirmRequest, order_id: uuid.UUID) -> HttpResponse:
    """End a hold."""
    _expect(request)
    documents.lift_hold(actor=actor_of(request), person=request.person, firm=request.firm, order_id=order_id)
    messages.success(request, _("Le gel est levé : ce que rien d'autre ne gèle reste encore une semaine au moins."))
    return redirect("firm-holds")


def _expect(request: FirmRequest) -> None:
    if not firms.may_change(request.person, request.firm):
        raise NotFound(kind="firm holds")
