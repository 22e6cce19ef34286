"""The one form of these pages."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """The six digits of the SMS; spaces are forgiven."""

    code = forms.RegexField(
        r"^\s*([0-9]\s*){6}$",
        label=_("Code reçu par SMS"),
        error_messages={
            "required": _("Saisissez le code reçu par SMS."),
            "invalid": _("Le code a six chiffres."),
        },
    )
