"""The forms of a ceremony."""

import base64
import binascii
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paraphe.platform.envelopes import api as envelopes

LONGEST = 500
EMPTY = gettext_lazy("Remplissez cette case.")
PNG = "data:image/png;base64,"
LONGEST_DRAWING = 800_000


class FillForm(forms.Form):
    """One question for each box of the recipient."""

    def __init__(
        self,
        boxes: Sequence[envelopes.FieldView],
        values: Mapping[uuid.UUID, str],
        initials: str,
        data: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data)
        numbers: dict[str, int] = {}
        for box in boxes:
            numbers[box.kind] = numbers.get(box.kind, 0) + 1
            self.fields[str(box.id)] = _question(box, values.get(box.id, ""), initials, numbers[box.kind])

    def typed(self) -> dict[str, str]:
        """Return what was typed, as the room takes it."""
        return {name: str(self.data.get(name, "")) for name in self.fields}


class SignForm(forms.Form):
    """The consent, and an image of the signature for who wants one."""

    agree = forms.BooleanField(error_messages={"required": gettext_lazy("Cochez la case pour pouvoir signer.")})
    text_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    drawn = forms.CharField(
        required=False, max_length=LONGEST_DRAWING, widget=forms.HiddenInput(attrs={"data-ink-value": ""})
    )
    picture = forms.FileField(
        required=False,
        label=gettext_lazy("Ou une photo de votre signature"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg"}),
    )

    def __init__(self, consent: str, *words: object, **names: object) -> None:
        super().__init__(*words, **names)  # type: ignore[arg-type] # handed on as they came
        self.fields["agree"].label = consent

    def image(self) -> bytes:
        """Return the image of the signature, empty when there is none."""
        picture = self.cleaned_data.get("picture")
        if picture is not None:
            return bytes(picture.read(LONGEST_DRAWING))
        drawn = str(self.cleaned_data.get("drawn", ""))
        if not drawn.startswith(PNG):
            return b""
        try:
            return base64.b64decode(drawn.removeprefix(PNG), validate=True)
        except (binascii.Error, ValueError):
            return b""


class TextForm(forms.Form):
    """A reason or a question."""

    text = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Écrivez quelques mots.")},
    )

    def __init__(self, label: str, *words: object, **names: object) -> None:
        super().__init__(*words, **names)  # type: ignore[arg-type] # handed on as they came
        self.fields["text"].label = label


class ForwardForm(forms.Form):
    """The right person."""

    given_name = forms.CharField(label=gettext_lazy("Prénom"), max_length=100)
    family_name = forms.CharField(label=gettext_lazy("Nom"), max_length=100)
    email = forms.CharField(
        label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    mobile = forms.CharField(
        label=gettext_lazy("Mobile"),
        max_length=40,
        help_text=gettext_lazy("Son code de signature y sera envoyé par SMS."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


def _question(box: envelopes.FieldView, value: str, initials: str, number: int) -> forms.Field:
    label = str(box.label or LABELS[box.kind])
    if not box.label and number > 1:
        label = f"{label} {number}"
    words: dict[str, Any] = {"label": label, "required": box.required, "error_messages": {"required": EMPTY}}
    match box.kind:
        case "checkbox":
            return forms.BooleanField(initial=bool(value), **words)
        case "date":
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return forms.CharField(initial=value or timezone.localdate().isoformat(), widget=widget, **words)
        case "initials":
            return forms.CharField(initial=value or initials, max_length=12, **words)
        case "mention" if box.label:
            words |= {"label": _("Mention à recopier"), "help_text": _("Recopiez : « {} »").format(box.label)}
    return forms.CharField(initial=value, max_length=LONGEST, **words)


LABELS = {
    "text": gettext_lazy("Texte"),
    "date": gettext_lazy("Date"),
    "checkbox": gettext_lazy("Case à cocher"),
    "initials": gettext_lazy("Paraphe"),
    "mention": gettext_lazy("Mention"),
}
