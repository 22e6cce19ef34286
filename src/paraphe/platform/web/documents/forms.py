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


class TogetherForm(forms.Form):
    """Where the signatures of several documents stand: one rule for all."""

    place = forms.ChoiceField(
        label=_("Place de la signature"),
        initial="last",
        choices=[
            ("last", _("En bas de la dernière page")),
            ("first", _("En bas de la première page")),
            ("text", _("Sous un texte du document")),
            ("field", _("Dans le champ de signature prévu")),
            ("none", _("Invisible")),
        ],
    )
    text = forms.CharField(
        label=_("Texte à trouver"),
        help_text=_("Par exemple « L'expert-comptable ». La signature se place sous sa dernière apparition."),
        max_length=120,
        required=False,
    )

    def clean(self) -> dict[str, object]:
        """Ask for the text where it is needed, and only there."""
        given = super().clean() or {}
        if given.get("place") == "text" and not given.get("text"):
            self.add_error("text", _("Écrivez le texte sous lequel la signature se place."))
        return given


class PlaceForm(forms.Form):
    """Where the signature stands: a page (from 1) and a box in points of the page as seen, origin at its top left."""

    visible = forms.BooleanField(label=_("Afficher ma signature sur le document"), required=False, initial=True)
    page = forms.IntegerField(min_value=1, required=False)
    x = forms.FloatField(required=False)
    y = forms.FloatField(required=False)
    w = forms.FloatField(required=False)
    h = forms.FloatField(required=False)
