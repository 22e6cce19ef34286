"""Forms of the private space."""

from django import forms
from django.utils.translation import gettext_lazy as _


class UploadForm(forms.Form):
    """A PDF to keep. Its content is judged by the documents room, not by its name."""

    file = forms.FileField(
        label=_("Document PDF"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"required": _("Choisissez un fichier PDF.")},
    )


class PlaceForm(forms.Form):
    """Where the signature stands: a page (from 1) and a box in points of the page as seen, origin at its top left."""

    visible = forms.BooleanField(label=_("Afficher ma signature sur le document"), required=False, initial=True)
    page = forms.IntegerField(min_value=1, required=False)
    x = forms.FloatField(required=False)
    y = forms.FloatField(required=False)
    w = forms.FloatField(required=False)
    h = forms.FloatField(required=False)
