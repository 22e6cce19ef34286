"""Many people for one draft at once: a list that is pasted or brought, the address book."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from paraphe.platform.contacts import api as contacts
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.envelopes.forms import PeopleForm
from paraphe.platform.web.envelopes.gate import in_envelopes
from paraphe.platform.web.envelopes.sentences import of_person, sentence
from paraphe.platform.web.envelopes.steps import draft_of, number_in, step_page, where
from paraphe.platform.web.envelopes.words import ROLES

BOOK_PAGE = 50


@require_http_methods(["GET", "POST"])
@in_envelopes
def import_people(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Read a list of people, show what each line says and lacks, and add them when that is confirmed."""
    envelope = _draft(request, envelope_id)
    form = PeopleForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form}
    if not form.is_bound or not form.is_valid():
        return step_page(request, envelope, "people", context, status=422 if form.errors else 200, template="import")
    here, data, role = where(request, envelope_id), form.octets(), form.cleaned_data["role"]
    together = form.cleaned_data["order"] == "together"
    try:
        if request.POST.get("add") == "1":
            count = envelopes.add_people(**here, data=data, role=role, together=together)
            messages.success(request, _added(count))
            return redirect(reverse("envelope-people", args=[envelope_id]) + "#people")
        lines = envelopes.read_people(**here, data=data, role=role)
    except envelopes.NotReady:
        lines = envelopes.read_people(**here, data=data, role=role)
    except (envelopes.BadTable, envelopes.TooMany) as error:
        form.add_error("text", sentence(error))
        return step_page(request, envelope, "people", context, status=422, template="import")
    wrong = [one for one in lines if one.problems]
    context |= {
        "form": form.shown(data),
        "lines": [(one, [of_person(field, why) for field, why in one.problems.items()]) for one in wrong or lines[:50]],
        "wrong": len(wrong),
        "good": len(lines) - len(wrong),
        "not_shown": 0 if wrong else max(len(lines) - 50, 0),
    }
    return step_page(request, envelope, "people", context, status=422 if wrong else 200, template="import")


@require_http_methods(["GET", "POST"])
@in_envelopes
def from_book(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Show the address book, and add those who are ticked."""
    envelope = _draft(request, envelope_id)
    if request.method == "POST":
        chosen = [one for one in map(number_in, request.POST.getlist("contact")) if one]
        together, role = request.POST.get("order") != "after", request.POST.get("role", "signer")
        try:
            count = envelopes.add_contacts(
                **where(request, envelope_id), contact_ids=chosen, role=role, together=together
            )
        except envelopes.TooMany as error:
            messages.error(request, sentence(error))
        except envelopes.BadRecipient:
            messages.error(request, _("Personne n'est ajouté : un contact n'est pas complet. Corrigez-le d'abord."))
        else:
            messages.success(request, _added(count))
            return redirect(reverse("envelope-people", args=[envelope_id]) + "#people")
    query = request.GET.get("q", "")[:200].strip()
    after = number_in(request.GET.get("apres", ""))
    found = contacts.listing(request.person, request.firm, query, after=after, limit=BOOK_PAGE)
    there = {one.email for one in envelope.recipients}
    rows = [(one, one.data.email.lower() in there) for one in found.contacts]
    context = {"rows": rows, "query": query, "after": after, "next": found.after, "roles": ROLES}
    return step_page(request, envelope, "people", context, template="book")


@require_POST
@in_envelopes
def spread(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Ask everybody at the same time, or one after the other."""
    together = request.POST.get("order") == "together"
    envelopes.spread_recipients(**where(request, envelope_id), together=together)
    done = _("Tous signent en même temps.") if together else _("Chacun signe à son tour, dans l'ordre de la liste.")
    messages.success(request, done)
    return redirect(reverse("envelope-people", args=[envelope_id]) + "#people")


def _draft(request: FirmRequest, envelope_id: uuid.UUID) -> envelopes.EnvelopeView:
    """Return a draft; a template has roles, not people. Raises NotFound, WrongState."""
    envelope = draft_of(request, envelope_id)
    if envelope.state == "template":
        raise envelopes.NotFound(kind="envelope")
    return envelope


def _added(count: int) -> str:
    return ngettext("{n} personne est ajoutée.", "{n} personnes sont ajoutées.", count).format(n=count)
