"""Contacts that may be the same person, side by side, to be made one."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paraphe.kernel.errors import NotFound
from paraphe.platform.contacts import api as contacts
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.contacts.gate import in_address_book
from paraphe.platform.web.contacts.sentences import LABELS, LANGUAGES, SHARED
from paraphe.platform.web.documents.gate import FirmRequest

MOST_CHOSEN = 50


@dataclass(frozen=True)
class Cell:
    """A field of one contact: what it says, and whether one must choose between this and another."""

    name: str
    label: str | Promise
    value: str | Promise
    open: bool
    chosen: bool


@require_http_methods(["GET", "POST"])
@in_address_book
def duplicates(request: FirmRequest) -> HttpResponse:
    """Show the groups side by side; make one contact of those that are ticked."""
    if request.method == "POST":
        try:
            contacts.merge(
                actor=actor_of(request),
                person=request.person,
                firm=request.firm,
                contact_ids=[found for text in request.POST.getlist("contact")[:MOST_CHOSEN] if (found := _uuid(text))],
                chosen=_chosen(request.POST),
            )
        except contacts.NothingToMerge:
            messages.error(request, _("Cochez au moins deux contacts à réunir."))
        except contacts.BadContact:
            messages.error(request, _("Il ne resterait ni nom ni société : choisissez-en un. Rien n'a été réuni."))
        except NotFound:
            messages.error(request, _("L'un de ces contacts n'existe plus : rien n'a été réuni."))
        else:
            messages.success(request, _("Les contacts sont réunis en un seul."))
        return redirect("contact-duplicates")
    groups = [
        {"reason": SHARED[group.reason], "columns": _columns(group)}
        for group in contacts.duplicates(request.person, request.firm)
    ]
    return render(request, "platform_web/contacts/duplicates.html", {"groups": groups})


def _columns(group: contacts.DuplicateGroup) -> list[tuple[contacts.ContactView, list[Cell]]]:
    """Return the contacts of a group with their fields; the oldest that has one is proposed."""
    proposed: dict[str, uuid.UUID] = {}
    values: dict[str, set[str]] = {name: set() for name in contacts.FIELDS}
    for contact in group.contacts:
        for name in contacts.FIELDS:
            value = getattr(contact.data, name)
            values[name].add(value)
            if value:
                proposed.setdefault(name, contact.id)
    shown = [name for name in contacts.FIELDS if values[name] != {""}]
    return [
        (
            contact,
            [
                Cell(
                    name=name,
                    label=LABELS[name],
                    value=_shown(name, getattr(contact.data, name)),
                    open=len(values[name]) > 1,
                    chosen=proposed.get(name) == contact.id,
                )
                for name in shown
            ],
        )
        for contact in group.contacts
    ]


def _shown(name: str, value: str) -> str | Promise:
    return LANGUAGES.get(value, value) if name == "language" else value


def _chosen(posted: QueryDict) -> dict[str, uuid.UUID]:
    found = {name: _uuid(posted.get(f"choice-{name}", "")) for name in contacts.FIELDS}
    return {name: value for name, value in found.items() if value}


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
