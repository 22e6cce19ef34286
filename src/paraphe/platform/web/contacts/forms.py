"""Forms of the address book. What may be kept is decided by the contacts room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paraphe.platform.contacts import api as contacts
from paraphe.platform.web.contacts.sentences import LABELS, LANGUAGES, reason_sentence


def _text(name: str, widget: forms.Widget) -> forms.CharField:
    # The fields are about somebody else: a browser must not fill in the person who types.
    widget.attrs |= {"autocomplete": "off"}
    return forms.CharField(label=LABELS[name], required=False, strip=False, widget=widget)


class ContactForm(forms.Form):
    """Everything a firm writes about a contact."""

    given_name = _text("given_name", forms.TextInput())
    family_name = _text("family_name", forms.TextInput())
    email = _text("email", forms.EmailInput())
    mobile = _text("mobile", forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}))
    company = _text("company", forms.TextInput())
    language = forms.ChoiceField(
        label=_("Langue des messages"), choices=list(LANGUAGES.items()), required=False, initial="fr"
    )
    note = _text("note", forms.Textarea(attrs={"rows": 3}))

    def typed(self) -> dict[str, str]:
        """Return what was typed."""
        return {name: str(self.cleaned_data.get(name) or "") for name in contacts.FIELDS}

    def refuse(self, error: contacts.BadContact) -> None:
        """Tell beside each field what is wrong with it."""
        for field, reason in error.problems.items():
            self.add_error(field, reason_sentence(field, reason))


class ImportForm(forms.Form):
    """A file of contacts. Its content is judged by the contacts room, not by its name."""

    file: Any = forms.FileField(
        label=_("Fichier CSV ou vCard"),
        help_text=_("5 Mo et 20 000 contacts au plus. La première ligne d'un fichier CSV nomme les colonnes."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,.txt,.tsv,.vcf,.vcard,text/csv,text/vcard,text/x-vcard,text/plain"}
        ),
        error_messages={"required": _("Choisissez un fichier CSV ou vCard.")},
    )
