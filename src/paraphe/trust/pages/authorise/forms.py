"""The forms of these pages: one for each way to confirm."""

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


class ApplicationForm(forms.Form):
    """The six digits that the authenticator application shows."""

    code = forms.RegexField(
        r"^\s*([0-9]\s*){6}$",
        label=_("Code de votre application"),
        error_messages={
            "required": _("Saisissez le code que montre votre application."),
            "invalid": _("Le code a six chiffres."),
        },
    )


class PasskeyForm(forms.Form):
    """The answer of the browser, as the script of the page put it there."""

    response = forms.CharField(
        max_length=20_000,
        widget=forms.HiddenInput,
        error_messages={"required": _("Votre navigateur n'a pas répondu avec une clé d'accès. Essayez de nouveau.")},
    )
