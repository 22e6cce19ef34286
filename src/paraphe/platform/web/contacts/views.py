"""The address book: find, add, change, delete, and what a person may ask about herself."""

import uuid
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.contacts.forms import ContactForm
from paraphe.platform.web.contacts.gate import in_address_book
from paraphe.platform.web.documents.gate import FirmRequest

MAX_QUERY = 200


@require_GET
@in_address_book
def show(request: FirmRequest) -> HttpResponse:
    """Show the contacts that match what was typed, a page at a time."""
    query = request.GET.get("q", "")[:MAX_QUERY]
    after = _uuid(request.GET.get("after", ""))
    found = contacts.listing(request.person, request.firm, query, after)
    return render(
        request,
        "platform_web/contacts/list.html",
        {"firm": request.firm, "query": query.strip(), "listing": found, "after": after},
    )


@require_http_methods(["GET", "POST"])
@in_address_book
def add(request: FirmRequest) -> HttpResponse:
    """Keep a new contact; what cannot be kept is told beside its field."""
    contacts.check(request.person, request.firm)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.add(actor=actor_of(request), person=request.person, firm=request.firm, typed=form.typed())
        except contacts.BadContact as error:
            form.refuse(error)
        else:
            messages.success(request, _("Le contact est ajouté."))
            return redirect("contacts")
    status = 422 if request.method == "POST" else 200
    return render(request, "platform_web/contacts/form.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@in_address_book
def change(request: FirmRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Show a contact and keep what is changed in it."""
    contact = contacts.get(request.person, request.firm, contact_id)
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        initial={**asdict(contact.data), "mobile": contact.mobile},
    )
    if request.method == "POST" and form.is_valid():
        try:
            contacts.change(
                actor=actor_of(request),
                person=request.person,
                firm=request.firm,
                contact_id=contact_id,
                typed=form.typed(),
            )
        except contacts.BadContact as error:
            form.refuse(error)
        else:
            messages.success(request, _("Le contact est modifié."))
            return redirect("contacts")
    return render(
        request,
        "platform_web/contacts/form.html",
        {"form": form, "contact": contact, "author": accounts.person(contact.created_by).full_name},
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "POST"])
@in_address_book
def delete(request: FirmRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Ask, then delete a contact for good."""
    contact = contacts.get(request.person, request.firm, contact_id)
    if request.method == "GET":
        return render(request, "platform_web/contacts/delete.html", {"contact": contact})
    contacts.delete(actor=actor_of(request), person=request.person, firm=request.firm, contact_id=contact_id)
    messages.success(request, _("Le contact est supprimé."))
    return redirect("contacts")


@require_GET
@in_address_book
def about(request: FirmRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Give everything held of the person behind a contact, as she may ask for it."""
    told = contacts.about(request.person, request.firm, _email(request, contact_id))
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="contact.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "POST"])
@in_address_book
def erase(request: FirmRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Ask, then erase everything held of the person behind a contact, in the ended collections of the firm too."""
    email = _email(request, contact_id)
    contact = contacts.get(request.person, request.firm, contact_id)
    data = contact.data
    human = envelopes.Human(email, data.given_name, data.family_name, data.mobile)
    who: dict[str, Any] = {"actor": actor_of(request), "person": request.person, "firm": request.firm}
    asked, signed = envelopes.asked_of(request.person, request.firm, human), 0
    if request.method == "POST" and not asked:
        try:
            # Collections first: should it stop in between, the contact is there to begin again from.
            signed = envelopes.erase_person(**who, human=human)
        except envelopes.StillAsked:
            asked = envelopes.asked_of(request.person, request.firm, human)
    if request.method == "GET" or asked:
        status = 409 if request.method == "POST" else 200
        context = {"contact": contact, "asked": asked}
        return render(request, "platform_web/contacts/erase.html", context, status=status)
    erased = contacts.erase(**who, email=email)
    text = ngettext("{n} contact est effacé.", "{n} contacts sont effacés.", erased).format(n=erased)
    if signed:
        more = ngettext(
            "Ses données sont effacées à {n} endroit des collectes closes.",
            "Ses données sont effacées à {n} endroits des collectes closes.",
            signed,
        )
        text = f"{text} {more.format(n=signed)}"
    messages.success(request, text)
    return redirect("contacts")


def _email(request: FirmRequest, contact_id: uuid.UUID) -> str:
    """Return the e-mail by which a person is known. Raises NotFound for a contact that has none."""
    email = contacts.get(request.person, request.firm, contact_id).data.email
    if not email:
        raise NotFound(kind="email")
    return email


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
