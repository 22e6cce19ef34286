"""The form of a mandate."""

from typing import cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from paraphe.platform.mandates import api as mandates


class MandateForm(forms.Form):
    """To whom, what, for which documents, how often, from when until when."""

    delegate = forms.TypedChoiceField(
        label=_("À qui ?"), coerce=int, error_messages={"required": _("Choisissez une personne du cabinet.")}
    )
    rights = forms.MultipleChoiceField(
        label=_("Droits donnés"),
        choices=[
            ("sign", _("Signer")),
            ("seal", _("Sceller")),
            ("prepare", _("Préparer")),
            ("launch", _("Lancer")),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choisissez au moins un droit.")},
    )
    kinds = forms.MultipleChoiceField(
        label=_("Documents concernés"),
        help_text=_("Sans choix, tous les documents."),
        choices=[
            ("engagement_letter", _("Lettres de mission")),
            ("annual_accounts", _("Comptes annuels")),
            ("payslip", _("Bulletins de paie")),
            ("attestation", _("Attestations")),
            ("other", _("Autres")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    most = forms.IntegerField(
        label=_("Nombre d'actes au plus"), help_text=_("Sans nombre, sans limite."), min_value=1, max_value=100_000,
        required=False,
    )  # fmt: skip
    starts_on = forms.DateField(
        label=_("À compter du"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=_("Jusqu'au"), required=False, help_text=_("Sans date, jusqu'à son retrait."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, *words: object, people: list[tuple[int, str]], **names: object) -> None:
        super().__init__(*words, **names)  # type: ignore[arg-type]
        self.delegate_field().choices = [("", _("Choisissez…")), *people]
        self.fields["starts_on"].initial = timezone.localdate

    def delegate_field(self) -> forms.TypedChoiceField:
        """Return the field of the person to whom the mandate is given."""
        return cast(forms.TypedChoiceField, self.fields["delegate"])

    def scope(self) -> mandates.Scope:
        """Return what is granted. Raises what ``mandates.scope_of`` raises."""
        given = self.cleaned_data
        return mandates.scope_of(
            rights=given["rights"],
            kinds=given["kinds"],
            most=given["most"],
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            today=timezone.localdate(),
        )
