"""The decision form of an officer."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from paraphe.trust.enrolment import api as enrolment
from paraphe.trust.ra import api as ra

CHECKLIST_LABELS: dict[str, Promise] = {
    "same_name": _("Le nom et le prénom sont ceux de la demande"),
    "valid_today": _("Le document est valable aujourd'hui"),
    "all_visible": _("Toute la face est visible et lisible"),
    "looks_genuine": _("Rien n'indique une falsification (polices, portrait, fond, hologrammes visibles)"),
    "sides_match": _("Le recto et le verso appartiennent au même document"),
}


class DecisionForm(forms.Form):
    """Approve, refuse with a reason, or ask for another photograph."""

    verdict = forms.ChoiceField(choices=ra.Verdict.choices)
    refusal = forms.ChoiceField(label=_("Motif du refus"), required=False)
    retake = forms.ChoiceField(label=_("Pourquoi une nouvelle photographie ?"), required=False)
    checklist = forms.MultipleChoiceField(
        label=_("Points vérifiés"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("Note interne"),
        help_text=_("La personne ne la lit pas."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("refusal", [(code, enrolment.sentence_lazy(code)) for code in ra.REFUSAL_REASONS])
        self._choices("retake", [(code, enrolment.sentence_lazy(code)) for code in ra.RETAKE_REASONS])
        checklist = self.fields["checklist"]
        if isinstance(checklist, forms.MultipleChoiceField):
            checklist.choices = [(point, CHECKLIST_LABELS[point]) for point in ra.checklist_of(kind)]

    def _choices(self, name: str, choices: list[tuple[str, Promise]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choisir un motif")), *choices]

    @property
    def reason(self) -> str:
        """Return the reason that belongs to the verdict."""
        verdict = self.cleaned_data["verdict"]
        return str(self.cleaned_data.get({"refuse": "refusal", "retake": "retake"}.get(verdict, ""), ""))
