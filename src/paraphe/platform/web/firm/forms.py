"""Forms of the firm's own pages. They read what was typed; the firms room judges it."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from paraphe.platform.firms import api as firms

NOT_A_NUMBER: Final = {"required": _("Donnez un nombre entier."), "invalid": _("Donnez un nombre entier.")}
EMPTY: Final = {"required": _("Écrivez un texte : il ne peut pas être vide.")}
MAILS: Final = (
    ("invitation", "fr", _("Invitation à signer, en français")),
    ("invitation", "en", _("Invitation à signer, en anglais")),
    ("reminder", "fr", _("Rappel, en français")),
    ("reminder", "en", _("Rappel, en anglais")),
)


def _number(label: Any, help_text: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "w-auto", "inputmode": "numeric", "min": 1})
    return forms.IntegerField(label=label, help_text=help_text, widget=widget, error_messages=NOT_A_NUMBER)


def _lines(label: Any, rows: int, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=required, widget=widget, error_messages=EMPTY)


def _comparable(value: object) -> object:
    """Return what was typed as it would be kept."""
    if isinstance(value, list):
        return tuple(value)
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


class OptionsForm(forms.Form):
    """Everything that a firm can set, but for its logo."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    logo_in_signatures = forms.BooleanField(
        label=_("Le logo du cabinet figure dans la signature visible des clients"),
        required=False,
        help_text=_("Là où le cabinet a un logo. Les rappels d'une signature sur d'autres pages restent sans image."),
    )
    seal_visible = forms.BooleanField(
        label=_("Le cachet du cabinet est visible sur le document"),
        required=False,
        help_text=_("Invisible, il reste vérifiable dans tout lecteur de PDF."),
    )
    seal_text = forms.CharField(
        label=_("Texte du cachet"),
        required=False,
        help_text=_("Sous le nom du cabinet, par exemple « Document établi par le cabinet ». 80 caractères au plus."),
    )
    two_persons_above = forms.IntegerField(
        label=_("Deux personnes au-delà de"),
        required=False,
        help_text=_(
            "Nombre de documents au-delà duquel une personne propose un lot et une autre le libère. 0 : jamais."
        ),
        widget=forms.NumberInput(attrs={"class": "w-auto", "inputmode": "numeric", "min": 0}),
        error_messages=NOT_A_NUMBER,
    )
    sender_name = forms.CharField(
        label=_("Nom de l'expéditeur"),
        required=False,
        help_text=_("Ce que vos clients lisent dans leur messagerie. Vide : le nom du cabinet."),
    )
    third_party_advanced = forms.BooleanField(
        label=_("Permettre la signature avancée des tiers"),
        required=False,
        help_text=_("Le tiers montre une pièce d'identité et reçoit un certificat à son nom : c'est plus long."),
    )
    third_party_level = forms.ChoiceField(
        label=_("Niveau proposé d'abord pour un tiers"),
        choices=[("simple", _("Simple : un lien personnel et un code")), ("advanced", _("Avancé : un certificat"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une possibilité de la liste."),
            "invalid_choice": _("Choisissez une possibilité de la liste."),
        },
    )
    code_by_email = forms.BooleanField(
        label=_("Le code peut aussi être envoyé par e-mail"),
        required=False,
        help_text=_("Sinon par SMS seulement. Par e-mail, lien et code arrivent au même endroit : cela prouve moins."),
    )
    link_by_sms = forms.BooleanField(
        label=_("Le SMS d'invitation porte aussi le lien"),
        required=False,
        help_text=_(
            "Plus commode sur un téléphone. Sinon le lien vient par e-mail et le code par SMS, "
            "et il faut les deux pour signer : cela prouve plus."
        ),
    )
    collection_days = _number(
        _("Durée d'une collecte, en jours"), _("De 1 à 90. Ensuite, plus personne ne peut signer.")
    )
    reminder_days = forms.CharField(
        label=_("Rappels, en jours après l'invitation"),
        required=False,
        help_text=_("Par exemple « 3, 7, 12 » ; 5 rappels au plus, tous avant la fin. Vide : aucun rappel."),
        widget=forms.TextInput(attrs={"inputmode": "text"}),
    )
    read_all_pages = forms.BooleanField(
        label=_("Toutes les pages doivent avoir été vues avant de signer"), required=False
    )
    consent_fr = _lines(_("Consentement par défaut, en français"), 2, _("Ce que le tiers coche avant de signer."))
    consent_en = _lines(_("Consentement par défaut, en anglais"), 2)
    custom_consents = _lines(
        _("Autres textes de consentement"),
        4,
        _("Un par ligne, 10 au plus, à choisir pour chaque collecte."),
        required=False,
    )
    visibility = forms.ChoiceField(
        label=_("Qui voit un document"),
        help_text=_(
            "Son équipe : ceux qui ont au moins un droit en commun avec lui pour le cabinet. Voir, c'est lire et "
            "télécharger ; signer ou modifier demande aussi le droit."
        ),
        choices=[
            ("own", _("Celui qui l'a apporté")),
            ("team", _("Son équipe")),
            ("all", _("Tous ceux qui ont un droit pour le cabinet")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une possibilité de la liste."),
            "invalid_choice": _("Choisissez une possibilité de la liste."),
        },
    )
    retention_days = _number(_("Conservation d'un document, en jours"), "")
    max_pdf_mb = _number(_("Taille d'un PDF, en Mo"), "")

    def __init__(self, typed: QueryDict | None = None, *, options: firms.Options) -> None:
        initial = {name: getattr(options, name) for name in firms.CHANGEABLE}
        initial |= {
            "version": options.version,
            "reminder_days": ", ".join(str(day) for day in options.reminder_days),
            "custom_consents": "\n".join(options.custom_consents),
        }
        super().__init__(typed, initial=initial)
        for kind, locale, _label in MAILS:
            self.fields[f"{kind}_subject_{locale}"] = forms.CharField(label=_("Objet"), error_messages=EMPTY)
            self.fields[f"{kind}_body_{locale}"] = _lines(_("Message"), 9)
        most = firms.limits()
        self.fields["retention_days"].help_text = _("De 1 à %(most)s.") % {"most": most.retention_days}
        self.fields["max_pdf_mb"].help_text = _("De 1 à %(most)s.") % {"most": most.max_pdf_mb}

    def clean_reminder_days(self) -> list[int]:
        """Return the days; what stands between them is a matter of taste."""
        parts = [part for part in re.split(r"[\s,;]+", self.cleaned_data["reminder_days"]) if part]
        if not all(re.fullmatch(r"[0-9]{1,3}", part) for part in parts):
            raise forms.ValidationError(_("Donnez des nombres de jours, séparés par des virgules."))
        return [int(part) for part in parts]

    def clean_custom_consents(self) -> list[str]:
        """Return one text for each line that is not empty."""
        return [line.strip() for line in self.cleaned_data["custom_consents"].splitlines() if line.strip()]

    def clean_two_persons_above(self) -> int:
        """Return 0 where nothing was typed."""
        return int(self.cleaned_data["two_persons_above"] or 0)

    def changes(self) -> dict[str, object]:
        """Return what was typed, by the names of the options."""
        return {name: value for name, value in self.cleaned_data.items() if name in firms.CHANGEABLE}

    def differing(self, saved: firms.Options) -> list[BoundField]:
        """Return the fields in which something else was typed than is saved."""
        typed = {name: _comparable(value) for name, value in self.changes().items()}
        return [self[name] for name, value in typed.items() if value != getattr(saved, name)]

    def mails(self) -> Iterator[tuple[str, object, BoundField, BoundField]]:
        """Yield each e-mail: its key, its title, the fields of its subject and its body."""
        for kind, locale, label in MAILS:
            yield f"{kind}-{locale}", label, self[f"{kind}_subject_{locale}"], self[f"{kind}_body_{locale}"]


class LogoForm(forms.Form):
    """A picture; whether it is one, the firms room says."""

    logo = forms.FileField(
        label=_("Logo du cabinet"),
        help_text=_("PNG ou JPEG, 2 Mo au plus. Il est redessiné sur fond blanc."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
        error_messages={"required": _("Choisissez une image.")},
    )


class LeaveForm(forms.Form):
    """The SIREN of the firm, typed by who closes it."""

    siren = forms.CharField(
        label=_("SIREN du cabinet"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "w-auto"}),
        error_messages={"required": _("Tapez le SIREN du cabinet pour confirmer.")},
    )


class HoldOrderForm(forms.Form):
    """What nobody may delete, and why."""

    text = forms.CharField(
        label=_("Titre contenant"),
        max_length=100,
        required=False,
        help_text=_("Vide : quel que soit le titre. Vaut pour les documents, les collectes et les lots scellés."),
    )
    reason = forms.CharField(
        label=_("Raison du gel"),
        max_length=300,
        help_text=_("Par exemple un litige ou un contrôle. Elle est inscrite dans l'historique."),
    )

    def __init__(self, *given: Any, people: Sequence[tuple[int, str]], **words: Any) -> None:
        super().__init__(*given, **words)
        everybody = [("", _("Tout le cabinet")), *((str(number), name) for number, name in people)]
        self.fields["owner_id"] = forms.TypedChoiceField(
            label=_("De qui"), choices=everybody, required=False, coerce=int, empty_value=None
        )
        self.order_fields(("owner_id", "text", "reason"))
