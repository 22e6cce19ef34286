"""Forms of the private space."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from paraphe.platform.web.documents.filters import KINDS, STATES

#: Points in a millimetre.
POINTS = 72 / 25.4


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Some files; which of them are good is not decided here."""

    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return every file that was brought. Raises ValidationError where there is none."""
        given = data if isinstance(data, list) else [data] if data else []
        found: list[UploadedFile[bytes]] = [super(_FilesField, self).clean(one, initial) for one in given]
        if not found:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return found


class UploadForm(forms.Form):
    """PDFs to keep. Their content is judged by the documents room, not by their names."""

    file = _FilesField(
        label=_("Documents PDF"),
        allow_empty_file=True,
        widget=_ManyFiles(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"required": _("Choisissez un fichier PDF.")},
    )


class FilterForm(forms.Form):
    """What the list shows; it only draws the fields, ``filters`` reads the address."""

    texte = forms.CharField(label=_("Titre"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    etat = forms.ChoiceField(label=_("État"), required=False, choices=[("", _("Tous")), *STATES])
    nature = forms.ChoiceField(label=_("Nature"), required=False, choices=[("", _("Toutes")), *KINDS])
    qui = forms.ChoiceField(label=_("Ajouté par"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **words: Any) -> None:
        super().__init__(*args, **words)
        if len(people) < 2:
            del self.fields["qui"]
        else:
            self.fields["qui"].choices = [("", _("Tous")), *people]  # type: ignore[attr-defined] # a ChoiceField


class ChangeForm(forms.Form):
    """What a document is called, what it is, what is noted about it."""

    title = forms.CharField(label=_("Titre"), max_length=120)
    kind = forms.ChoiceField(label=_("Nature du document"), choices=KINDS)
    notes = forms.CharField(
        label=_("Notes du cabinet"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Chiffrées ; jamais dans le document."),
    )


class HoldForm(forms.Form):
    """Why nobody may delete a document."""

    reason = forms.CharField(
        label=_("Raison du gel"),
        max_length=300,
        help_text=_("Par exemple un litige ou un contrôle. Elle est inscrite dans l'historique."),
    )


class LookForm(forms.Form):
    """How the own signature looks."""

    role = forms.CharField(
        label=_("Fonction"), required=False, max_length=60, help_text=_("Par exemple « Expert-comptable associée ».")
    )
    initials = forms.CharField(label=_("Paraphe"), required=False, max_length=6, help_text=_("Vos initiales."))
    handwriting = forms.FileField(
        label=_("Image de votre signature"),
        required=False,
        help_text=_("PNG ou JPEG, 2 Mo au plus, sur fond blanc ou transparent."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    drawn = forms.CharField(
        required=False, max_length=2_500_000, widget=forms.HiddenInput(attrs={"data-ink-value": ""})
    )


class AppearanceFields(forms.Form):
    """What a visible signature shows beside the name."""

    logo = forms.BooleanField(label=_("Logo du cabinet"), required=False, initial=True)
    handwriting = forms.BooleanField(label=_("Ma signature manuscrite"), required=False, initial=True)
    initials = forms.BooleanField(label=_("Parapher chaque page"), required=False)

    def __init__(self, *args: Any, has_logo: bool = True, has_handwriting: bool = True, **words: Any) -> None:
        super().__init__(*args, **words)
        if not has_logo:
            del self.fields["logo"]
        if not has_handwriting:
            del self.fields["handwriting"]


class TogetherForm(AppearanceFields):
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

    side = forms.ChoiceField(
        label=_("Côté"),
        initial="right",
        required=False,
        choices=[("right", _("À droite")), ("centre", _("Au milieu")), ("left", _("À gauche"))],
    )
    left = forms.FloatField(label=_("Gauche (mm)"), required=False, min_value=0, max_value=5000)
    top = forms.FloatField(label=_("Haut (mm)"), required=False, min_value=0, max_value=5000)
    width = forms.FloatField(label=_("Largeur (mm)"), required=False, min_value=21, max_value=5000)
    height = forms.FloatField(label=_("Hauteur (mm)"), required=False, min_value=11, max_value=5000)

    @property
    def exact(self) -> tuple[float, float, float, float] | None:
        """Return the box in points, None where the foot of the page was left as the place."""
        left, top = self.cleaned_data.get("left"), self.cleaned_data.get("top")
        if left is None or top is None:
            return None
        width, height = self.cleaned_data.get("width") or 70.0, self.cleaned_data.get("height") or 25.0
        return left * POINTS, top * POINTS, width * POINTS, height * POINTS

    def clean(self) -> dict[str, object]:
        """Ask for the text and for both numbers of a place where they are needed, and only there."""
        given = super().clean() or {}
        if (given.get("left") is None) != (given.get("top") is None) and not self.errors:
            missing = "top" if given.get("top") is None else "left"
            self.add_error(missing, _("Donnez la distance au bord gauche et au bord haut."))
        if given.get("place") == "text" and not given.get("text"):
            self.add_error("text", _("Écrivez le texte sous lequel la signature se place."))
        return given


class PlaceForm(AppearanceFields):
    """Where the signature stands: a page (from 1) and a box in points of the page as seen, origin at its top left."""

    visible = forms.BooleanField(label=_("Afficher ma signature sur le document"), required=False, initial=True)
    page = forms.IntegerField(min_value=1, required=False)
    x = forms.FloatField(required=False)
    y = forms.FloatField(required=False)
    w = forms.FloatField(required=False)
    h = forms.FloatField(required=False)
