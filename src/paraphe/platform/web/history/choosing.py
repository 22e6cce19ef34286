"""Which events of a firm are shown: about what, by whom, when; it stands in the address."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from paraphe.platform.accounts import api as accounts
from paraphe.platform.evidence import api as evidence
from paraphe.platform.web.history.words import WORDS

ABOUT: Final[tuple[tuple[str, Promise, tuple[str, ...]], ...]] = (
    ("documents", _("Documents"), ("document", "signature")),
    ("collectes", _("Collectes"), ("envelope", "recipient", "ceremony")),
    ("cachets", _("Cachets"), ("seal", "seal-mandate", "batch")),
    ("mandats", _("Mandats"), ("mandate",)),
    ("contacts", _("Contacts"), ("contact",)),
    ("credit", _("Crédit"), ("credit",)),
    ("cabinet", _("Cabinet"), ("firm", "program", "certificate")),
)


class Chosen(forms.Form):
    """What the reader asks for; a field that makes no sense filters nothing, and says so."""

    quoi = forms.ChoiceField(label=_("Sujet"), required=False)
    qui = forms.ChoiceField(label=_("Par"), required=False)
    du = forms.DateField(label=_("Du"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    au = forms.DateField(label=_("Au"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, words: Mapping[str, str], firm: accounts.Firm) -> None:
        super().__init__({name: words.get(name, "") for name in self.base_fields})
        people = [(str(one.person_id), one.person.full_name) for one in accounts.people_of(firm)]
        self.fields["quoi"].choices = [("", _("Tous")), *((value, label) for value, label, _nouns in ABOUT)]  # type: ignore[attr-defined]
        self.fields["qui"].choices = [("", _("Tous")), *people]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def query(self) -> str:
        """Return the part of an address that says the same, without its question mark."""
        return urlencode({name: value for name, value in self.data.items() if value and name in self.cleaned_data})

    def narrow(self, entries: QuerySet[evidence.EvidenceEntry]) -> QuerySet[evidence.EvidenceEntry]:
        """Return those of ``entries`` that are asked for."""
        asked = self.cleaned_data
        if asked.get("quoi"):
            nouns = next(nouns for value, _label, nouns in ABOUT if value == asked["quoi"])
            entries = entries.filter(tag__in=[tag for tag in WORDS if tag.split(":")[0] in nouns])
        if asked.get("qui"):
            entries = entries.filter(actor_kind="person", actor_id=asked["qui"])
        if asked.get("du"):
            entries = entries.filter(at__gte=_begin(asked["du"]))
        if asked.get("au"):
            entries = entries.filter(at__lt=_begin(asked["au"] + timedelta(days=1)))
        return entries


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
