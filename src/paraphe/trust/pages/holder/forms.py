"""The forms of the holder's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from paraphe.trust.pages.authorise.forms import ApplicationForm, CodeForm, PasskeyForm

__all__ = ["AddressForm", "ApplicationForm", "CodeForm", "LabelledApplicationForm", "LabelledPasskeyForm", "RevokeForm"]


class AddressForm(forms.Form):
    """The e-mail address or mobile number under which somebody was enrolled."""

    address = forms.CharField(
        label=_("Votre adresse e-mail ou votre numéro de mobile"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": _("Saisissez l'adresse e-mail ou le mobile donné lors de votre enregistrement.")},
    )


class RevokeForm(forms.Form):
    """Why a certificate is revoked; the reasons of RFC 5280 §5.3.1 that a holder can know of."""

    REASONS = (
        ("key_compromise", _("Mon téléphone est perdu ou volé, ou quelqu'un a pu signer à ma place")),
        ("affiliation_changed", _("Mon nom, mon e-mail, mon mobile ou mon cabinet a changé")),
        ("superseded", _("J'ai un certificat plus récent")),
        ("cessation_of_operation", _("Je n'en ai plus besoin")),
    )
    reason = forms.ChoiceField(
        label=_("Pourquoi le révoquer ?"),
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une raison."), "invalid_choice": _("Choisissez une raison.")},
    )


class _Labelled(forms.Form):
    label = forms.CharField(
        label=_("Nom de cet appareil"),
        max_length=60,
        required=False,
        help_text=_("Pour le reconnaître dans votre liste : « Mon téléphone », « Clé du bureau »…"),
    )


class LabelledApplicationForm(ApplicationForm, _Labelled):
    """The first code of an application, and a name for it."""


class LabelledPasskeyForm(PasskeyForm, _Labelled):
    """A new passkey, and a name for it."""
