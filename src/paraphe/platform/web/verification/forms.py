"""The form of the verification."""

from django import forms
from django.utils.translation import gettext_lazy as _


class VerifyForm(forms.Form):
    """A signed PDF, and what opens it."""

    file = forms.FileField(
        label=_("Document PDF signé"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"required": _("Choisissez un fichier PDF.")},
    )
    password = forms.CharField(
        label=_("Mot de passe du document"),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Seulement si le document en demande un pour s'ouvrir."),
    )
