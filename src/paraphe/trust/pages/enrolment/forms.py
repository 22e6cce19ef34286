"""Forms of the enrolment pages."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from paraphe.proofing.api import LIMITS
from paraphe.trust.pages.kinds import KIND_HELP, KIND_LABELS


class KindForm(forms.Form):
    """Which document will be shown."""

    kind = forms.ChoiceField(
        label=_("Votre pièce d'identité"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une pièce d'identité.")},
    )

    def __init__(self, *args: Any, allowed: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(code, KIND_LABELS[code]) for code in allowed]
        self.options = [(code, KIND_LABELS[code], KIND_HELP[code]) for code in allowed]


class PhotographForm(forms.Form):
    """One file with one side, or a PDF with both."""

    photograph = forms.FileField(
        label=_("Photo ou PDF"),
        help_text=_("JPG, PNG ou PDF, en couleur, 10 Mo au plus."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf,.jpg,.jpeg,.png,.pdf"}),
        error_messages={"required": _("Choisissez un fichier."), "invalid": _("Choisissez un fichier.")},
    )

    def content(self) -> bytes:
        """Return the bytes of the file, at most one more than is accepted: whatever is larger is only refused."""
        uploaded = self.cleaned_data["photograph"]
        if not isinstance(uploaded, UploadedFile):
            return b""
        data: bytes = uploaded.read(LIMITS.max_bytes + 1)
        return data


class AcceptForm(forms.Form):
    """The person read the agreement with this digest and accepts it."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)
    accepted = forms.BooleanField(
        label=_("J'ai lu l'accord de souscription et je l'accepte"),
        error_messages={"required": _("Lisez l'accord jusqu'au bout, puis cochez la case.")},
    )


class CodeForm(forms.Form):
    """The six digits of the SMS; spaces are forgiven."""

    code = forms.RegexField(
        r"^\s*(\d\s*){6}$",
        label=_("Code reçu par SMS"),
        error_messages={"required": _("Saisissez le code."), "invalid": _("Le code a six chiffres.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 12, "autofocus": True}
        ),
    )

    def clean_code(self) -> str:
        """Return the digits only."""
        return "".join(str(self.cleaned_data["code"]).split())
