"""Forms of Comptexpert."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class SignInForm(forms.Form):
    """Identifier and password."""

    identifier = forms.CharField(
        label=_("Identifiant"),
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CorrectionForm(forms.Form):
    """Names and e-mail of a member."""

    given_name = forms.CharField(label=_("Prénom"), max_length=100)
    family_name = forms.CharField(label=_("Nom"), max_length=100)
    email = forms.EmailField(
        label=_("Adresse électronique"), max_length=254, widget=forms.EmailInput(attrs={"spellcheck": "false"})
    )

    def clean_given_name(self) -> str:
        """Refuse what cannot be printed."""
        return _printable(self.cleaned_data["given_name"])

    def clean_family_name(self) -> str:
        """Refuse what cannot be printed."""
        return _printable(self.cleaned_data["family_name"])


def _printable(value: str) -> str:
    value = " ".join(value.split())
    if not value.isprintable():
        raise ValidationError(_("Ce texte contient des caractères qui ne s'affichent pas."))
    return value
