"""Forms of collections. They read what was typed; the envelopes room judges it."""

import base64
import binascii
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.firms import api as firms
from paraphe.platform.web.documents.filters import KINDS
from paraphe.platform.web.envelopes.sentences import reason
from paraphe.platform.web.envelopes.words import LEVELS, ROLES

#: A table that was checked comes back with the confirmation, as base 64.
MOST_SENT = envelopes.MOST_OCTETS * 4 // 3 + 4
LANGUAGES = (("fr", _("Français")), ("en", _("Anglais")))


class Asked(forms.CharField):
    """A text that is asked for, though the room takes a draft without it: it is told at the check, not here."""

    def validate(self, value: Any) -> None:
        """Take whatever was typed."""


def _text(label: Any, widget: forms.Widget | None = None, help_text: Any = "") -> forms.CharField:
    made = widget or forms.TextInput()
    # The fields are about somebody else: a browser must not fill in the person who types.
    made.attrs |= {"autocomplete": "off"}
    return forms.CharField(label=label, required=False, strip=False, widget=made, help_text=help_text)


def _asked(label: Any, widget: forms.Widget | None = None, help_text: Any = "") -> Asked:
    found = _text(label, widget, help_text)
    return Asked(label=label, strip=False, widget=found.widget, help_text=help_text)


class RecipientForm(forms.Form):
    """Somebody to whom a collection goes."""

    role = forms.ChoiceField(label=_("Ce qu'on lui demande"), choices=list(ROLES.items()))
    given_name = _asked(_("Prénom"), help_text=_("Comme sur la pièce d'identité."))
    family_name = _asked(_("Nom"))
    email = _asked(_("E-mail"), forms.EmailInput(attrs={"spellcheck": "false"}))
    mobile = _asked(
        _("Mobile"),
        forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
        _("Pour le code de signature, par SMS."),
    )
    locale = forms.ChoiceField(label=_("Langue des messages"), choices=LANGUAGES)
    level = forms.ChoiceField(label=_("Niveau de signature"), choices=list(LEVELS.items()))
    label = _asked(_("Rôle"), help_text=_("Par exemple « Client » ou « Gérant »."))

    def __init__(self, *args: Any, advanced: bool, template: bool = False, fixed: bool = False, **words: Any) -> None:
        super().__init__(*args, **words)
        if template:
            for name in ("given_name", "family_name", "email", "mobile"):
                del self.fields[name]
        else:
            del self.fields["label"]
        if not advanced or fixed:
            del self.fields["level"]
        if fixed:
            del self.fields["role"]

    def typed(self) -> dict[str, str]:
        """Return what was typed."""
        return {name: str(self.cleaned_data.get(name) or "") for name in self.fields}

    def refuse(self, problems: dict[str, str]) -> None:
        """Tell beside each field what is wrong with it."""
        for field, code in problems.items():
            self.add_error(field if field in self.fields else None, reason(code))


class OptionsForm(forms.Form):
    """What a collection says and how it runs."""

    title = _asked(_("Titre de la collecte"), help_text=_("Vos destinataires le lisent dans l'e-mail."))
    message = _text(_("Message"), forms.Textarea(attrs={"rows": 4}), _("Il accompagne l'invitation à signer."))
    kind = forms.ChoiceField(label=_("Nature des documents"), choices=KINDS)
    locale = forms.ChoiceField(label=_("Langue de la collecte"), choices=LANGUAGES)
    level = forms.ChoiceField(
        label=_("Niveau de signature"),
        choices=(
            ("simple", _("Simple : un code par SMS")),
            ("advanced", _("Avancée : pièce d'identité vérifiée et certificat personnel")),
        ),
        widget=forms.RadioSelect,
    )
    expiry_days = forms.IntegerField(
        label=_("Jours pour signer"),
        widget=forms.NumberInput(attrs={"min": 1, "max": 365, "inputmode": "numeric", "class": "w-auto"}),
        error_messages={"required": _("Donnez un nombre."), "invalid": _("Donnez un nombre entier.")},
    )
    reminder_days = _text(
        _("Rappels automatiques"),
        help_text=_("Jours après l'invitation, séparés par des virgules. Vide : aucun rappel."),
    )
    read_all_pages = forms.BooleanField(label=_("Toutes les pages doivent être vues avant de signer"), required=False)
    may_forward = forms.BooleanField(label=_("Un signataire peut transmettre à la bonne personne"), required=False)
    consent = forms.ChoiceField(label=_("Texte de consentement"), required=False)

    def __init__(self, *args: Any, own: firms.Options, **words: Any) -> None:
        super().__init__(*args, **words)
        choices = [("", _("Celui du cabinet")), *((text, text) for text in own.custom_consents)]
        self.fields["consent"].choices = choices  # type: ignore[attr-defined]
        if not own.custom_consents:
            del self.fields["consent"]
        if not own.third_party_advanced:
            del self.fields["level"]

    def typed(self) -> dict[str, object]:
        """Return what was typed, days as numbers where they are some."""
        found: dict[str, object] = dict(self.cleaned_data)
        found["reminder_days"] = _days(str(self.cleaned_data.get("reminder_days") or ""))
        return found

    def refuse(self, error: envelopes.BadOptions) -> None:
        """Tell beside each field what is wrong with it."""
        for field, code in error.problems.items():
            self.add_error(field if field in self.fields else None, reason(code))


class TableForm(forms.Form):
    """A table of people. Its content is judged by the envelopes room, not by its name."""

    file: Any = forms.FileField(
        label=_("Fichier CSV"),
        help_text=_("Une collecte par ligne, 1 000 lignes au plus. La première ligne nomme les colonnes."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
        error_messages={"required": _("Choisissez un fichier CSV.")},
    )


class PeopleForm(forms.Form):
    """A list of people for one collection: pasted, or brought as a file."""

    text = _text(
        _("Liste de personnes"),
        forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "font-monospace"}),
        _("Une personne par ligne : prénom, nom, e-mail, mobile. Collez depuis un tableur, ou séparez par ;"),
    )
    file: Any = forms.FileField(
        label=_("Ou un fichier CSV"),
        required=False,
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )
    role = forms.ChoiceField(label=_("Ce qu'on leur demande"), choices=list(ROLES.items()), initial="signer")
    order = forms.ChoiceField(
        label=_("Ordre"),
        choices=(("together", _("Tous en même temps")), ("after", _("L'un après l'autre"))),
        initial="together",
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a text or a file."""
        found = super().clean() or {}
        if not str(found.get("text") or "").strip() and not found.get("file"):
            self.add_error("text", _("Collez une liste, ou choisissez un fichier."))
        return found

    def octets(self) -> bytes:
        """Return what was brought; a file counts more than the text."""
        uploaded = self.cleaned_data.get("file")
        if uploaded:
            return bytes(uploaded.read(envelopes.MOST_OCTETS + 1))
        return str(self.cleaned_data["text"]).encode()

    def shown(self, data: bytes) -> "PeopleForm":
        """Return the form with what was brought as its text, so that it can be corrected where it is."""
        kept = {name: self.cleaned_data[name] for name in ("role", "order")}
        return PeopleForm(initial={**kept, "text": envelopes.text_of(data)})


def brought(sent: str, form: forms.Form) -> tuple[bytes | None, str]:
    """Return the table that was brought, or that was checked before, and what the page hands on; None for none."""
    if sent and len(sent) <= MOST_SENT:
        try:
            return base64.b64decode(sent, validate=True), sent
        except (binascii.Error, ValueError):
            return None, ""
    if form.is_valid():
        # One octet more than is allowed tells that it is too large.
        data = bytes(form.cleaned_data["file"].read(envelopes.MOST_OCTETS + 1))
        return data, base64.b64encode(data).decode()
    return None, ""


def _days(text: str) -> list[int] | str:
    """Return whole numbers, or the text itself where something else stands among them."""
    parts = text.replace(";", ",").replace(" ", ",").split(",")
    words = [part.strip() for part in parts if part.strip()]
    if not all(word.isascii() and word.isdecimal() and len(word) < 5 for word in words):
        return text
    return [int(word) for word in words]
