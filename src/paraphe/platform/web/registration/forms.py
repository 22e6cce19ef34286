"""Forms of the registration."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paraphe.platform.accounts import api as accounts


class MobileForm(forms.Form):
    """The number that receives the codes."""

    mobile = forms.CharField(
        label=_("Numéro de téléphone mobile"),
        help_text=_("Par exemple 06 12 34 56 78, ou +33 6 12 34 56 78. Il recevra les codes par SMS."),
        max_length=32,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )


class TermsForm(forms.Form):
    """Two boxes, unticked, and the firms for which the service is to be opened."""

    terms = forms.BooleanField(
        label=_("J'ai lu et j'accepte les conditions générales d'utilisation"),
        error_messages={"required": _("Ouvrez les conditions générales, puis cochez cette case pour continuer.")},
    )
    privacy = forms.BooleanField(
        label=_("J'ai lu et j'accepte la politique de protection des données"),
        error_messages={"required": _("Ouvrez la politique de protection des données, puis cochez cette case.")},
    )

    def __init__(self, *arguments: Any, firms: Sequence[accounts.Firm] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        if firms:
            self.fields["firms"] = forms.MultipleChoiceField(
                label=_("Cabinets pour lesquels vous ouvrez le service"),
                choices=[(str(firm.pk), f"{firm.name} (SIREN {firm.siren})") for firm in firms],
                initial=[str(firm.pk) for firm in firms],
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _("Choisissez au moins un cabinet.")},
            )
