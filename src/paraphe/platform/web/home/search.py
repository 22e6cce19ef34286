"""One search over documents, collections and people; what it asks for stands in the address."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.documents.filters import query_of
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space

LONGEST: Final = 100
#: Lines of each kind where all are shown, and of one kind alone.
FEW: Final = 5
MANY: Final = 30
WHAT: Final = (("collectes", _("Collectes")), ("documents", _("Documents")), ("personnes", _("Personnes")))
STATES: Final = (
    ("", _("Tous les états")),
    ("draft", _("Brouillons")),
    ("running", _("En cours")),
    ("completed", _("Terminées")),
    ("refused", _("Refusées")),
    ("expired", _("Expirées")),
    ("cancelled", _("Annulées")),
)


@dataclass(frozen=True)
class Asked:
    """What an address asks for; ``what`` is empty for everything."""

    text: str
    what: str
    state: str
    mine: bool
    after: str

    def address(self, **changes: str) -> str:
        """Return the part of the address that says this, with ``changes``, from its first page on."""
        words = {"q": self.text, "quoi": self.what, "etat": self.state, "de": "moi" if self.mine else "", **changes}
        return f"?{urlencode({name: value for name, value in words.items() if value})}"


class StateForm(forms.Form):
    """Filters of collections."""

    etat = forms.ChoiceField(label=_("État"), choices=STATES, required=False)
    de = forms.ChoiceField(label=_("De"), choices=(("", _("Tout le cabinet")), ("moi", _("Moi"))), required=False)


@require_GET
@in_private_space
def search(request: FirmRequest) -> HttpResponse:
    """Show what is found; without a word, an empty page that says what can be found."""
    asked = asked_of(request.GET.dict())
    listed = asked.what == "collectes"
    context: dict[str, object] = {
        "firm": request.firm,
        "asked": asked,
        "parts": [(value, label, asked.address(quoi=value, etat="", de="")) for value, label in WHAT],
        "everything": asked.address(quoi="", etat="", de=""),
        "form": StateForm({"etat": asked.state, "de": "moi" if asked.mine else ""}) if listed else None,
    }
    if asked.text or listed:
        context |= _found(request, asked)
    return render(request, "platform_home/search.html", context)


def asked_of(words: Mapping[str, str]) -> Asked:
    """Return what an address asks for; what makes no sense asks for nothing."""
    what, state = words.get("quoi", ""), words.get("etat", "")
    return Asked(
        # PostgreSQL takes no null character, and nobody looks for a control character.
        text=" ".join("".join(each if each.isprintable() else " " for each in words.get("q", "")).split())[:LONGEST],
        what=what if what in dict(WHAT) else "",
        state=state if state in dict(STATES) else "",
        mine=words.get("de") == "moi",
        after=words.get("apres", "")[:LONGEST],
    )


def _found(request: FirmRequest, asked: Asked) -> dict[str, object]:
    person, firm = request.person, request.firm
    found: dict[str, object] = {}
    limit = MANY if asked.what else FEW
    if asked.what in ("", "collectes"):
        listing = envelopes.listing(
            person, firm, states=[asked.state] if asked.state else (), query=asked.text, mine=asked.mine,
            after=asked.after, limit=limit,
        )  # fmt: skip
        found["collections"] = listing.rows
        found["more_collections"] = asked.address(quoi="collectes", apres=listing.after) if listing.after else ""
    if asked.what in ("", "documents"):
        filters = documents.Filters(text=asked.text)
        page = documents.page_of(person, firm, filters, asked.after if asked.what else "", limit)
        found["documents"] = page.rows
        found["all_documents"] = query_of(filters)
        found["more_documents"] = asked.address(quoi="documents", apres=page.following) if page.following else ""
    if asked.what in ("", "personnes"):
        found |= _people(person, firm, asked, limit)
    return found


def _people(person: accounts.Person, firm: accounts.Firm, asked: Asked, limit: int) -> dict[str, object]:
    """Return contacts, and people whom collections name who are no contacts; for who may use the address book."""
    signers = envelopes.signers_of(person, firm, asked.text, limit)
    try:
        book = contacts.listing(person, firm, asked.text, _key(asked.after) if asked.what else None, limit)
    except contacts.MayNot:
        return {"contacts": (), "signers": signers, "more_contacts": ""}
    known = {one.data.email.casefold() for one in book.contacts}
    return {
        "contacts": book.contacts,
        "signers": [one for one in signers if one.email.casefold() not in known],
        "more_contacts": asked.address(quoi="personnes", apres=str(book.after)) if book.after else "",
    }


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
