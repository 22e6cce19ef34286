"""The forms of a ceremony."""

import base64
import binascii
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.ceremony.problems import EMPTY, FIELD_PROBLEMS

LONGEST = 500
PNG = "data:image/png;base64,"
LONGEST_DRAWING = 800_000
LONGEST_STROKES = 60_000
DRAWN = ("initials", "mention")


@dataclass(frozen=True)
class Drawable:
    """What can also be drawn: its name in the form, what it is, what was drawn.

    ``initials``; ``mention`` that is copied, which need not be typed then; ``words`` of his own, which are typed too.
    """

    name: str
    what: str
    ink: str


class FillForm(forms.Form):
    """One question for each box of the recipient; one for all his initials, which are the same on every page."""

    def __init__(
        self,
        boxes: Sequence[envelopes.FieldView],
        values: Mapping[uuid.UUID, str],
        initials: str,
        data: Mapping[str, str] | None = None,
        *,
        inks: Mapping[uuid.UUID, str] | None = None,
    ) -> None:
        super().__init__(data)
        self._groups: dict[str, list[str]] = {}
        self._drawables: dict[str, Drawable] = {}
        numbers: dict[str, int] = {}
        many = [box for box in boxes if box.kind == "initials"]
        for box in boxes:
            name = str(many[0].id if box.kind == "initials" else box.id)
            self._groups.setdefault(name, []).append(str(box.id))
            if name in self.fields:
                continue
            numbers[box.kind] = numbers.get(box.kind, 0) + 1
            self.fields[name] = _question(box, values.get(box.id, ""), initials, numbers[box.kind])
            if box.kind == "initials" and len(many) > 1:
                self.fields[name].label = _("Paraphe (pour {count} cases)").format(count=len(many))
            if box.kind in DRAWN:
                ink = self.data.get(f"ink-{name}", (inks or {}).get(box.id, ""))[:LONGEST_STROKES]
                self._drawables[name] = Drawable(
                    name, "words" if box.kind == "mention" and not box.label else box.kind, ink
                )

    @property
    def questions(self) -> list[tuple[forms.BoundField, Drawable | None]]:
        """Return each question, with what can be drawn to answer it."""
        return [(self[name], self._drawables.get(name)) for name in self.fields]

    def typed(self) -> dict[str, str]:
        """Return what was typed, as the room takes it."""
        return {one: str(self.data.get(name, "")) for name, group in self._groups.items() for one in group}

    def drawn(self) -> dict[str, str]:
        """Return what was drawn, as the room takes it."""
        return {one: found.ink for name, found in self._drawables.items() for one in self._groups[name]}

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Say what the room found wrong, once for each question."""
        self.full_clean()
        for name, group in self._groups.items():
            # The room alone knows: what was drawn need not be typed.
            self.errors.pop(name, None)
            if code := next((problems[one] for one in group if one in problems), ""):
                self.add_error(name, str(FIELD_PROBLEMS[code]))


class SignForm(forms.Form):
    """The consent, and an image of the signature for who wants one."""

    agree = forms.BooleanField(error_messages={"required": gettext_lazy("Cochez la case pour pouvoir signer.")})
    text_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    drawn = forms.CharField(
        required=False, max_length=LONGEST_DRAWING, widget=forms.HiddenInput(attrs={"data-ink-value": ""})
    )
    strokes = forms.CharField(
        required=False, max_length=LONGEST_STROKES, widget=forms.HiddenInput(attrs={"data-ink-strokes": ""})
    )
    picture = forms.FileField(
        required=False,
        label=gettext_lazy("Ou une photo de votre signature"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg"}),
    )

    def __init__(self, consent: str, *words: object, **names: object) -> None:
        super().__init__(*words, **names)  # type: ignore[arg-type] # handed on as they came
        self.fields["agree"].label = consent

    def ink(self) -> str:
        """Return what a finger drew as strokes, empty when there is none or a photograph was brought."""
        return "" if self.cleaned_data.get("picture") else str(self.cleaned_data.get("strokes", ""))

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
