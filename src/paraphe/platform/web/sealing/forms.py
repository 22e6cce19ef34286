"""Forms of batches and mandates. They read what was typed; the room of sealing judges it."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from paraphe.platform.sealing import api as sealing

KINDS: Final = [
    ("payslip", _("Bulletins de paie")),
    ("annual_accounts", _("Comptes annuels")),
    ("attestation", _("Attestations")),
    ("engagement_letter", _("Lettres de mission")),
    ("other", _("Autres")),
]
LEVELS: Final = [
    ("B-T", _("B-T : cachet et horodatage")),
    ("B-LT", _("B-LT : vérifiable pendant des années")),
    ("B-LTA", _("B-LTA : archive, plus longtemps encore")),
]
PLACES: Final = [
    ("last", _("En bas de la dernière page")),
    ("first", _("En bas de la première page")),
    ("text", _("Sous un texte")),
]
CERTIFY: Final = [
    ("", _("Non")),
    ("1", _("Oui : plus aucune modification n'est permise")),
    ("2", _("Oui : seuls des champs peuvent être remplis et d'autres signatures ajoutées")),
    ("3", _("Oui : des annotations aussi")),
]


class BatchForm(forms.Form):
    """What is sealed, for what, and how."""

    title = forms.CharField(label=_("Titre du lot"), max_length=120, error_messages={"required": _("Donnez un titre.")})
    kind = forms.ChoiceField(label=_("Nature des documents"), choices=KINDS)
    purpose = forms.CharField(
        label=_("Objet"),
        max_length=120,
        help_text=_("Ce que vous autorisez, par exemple « Bulletins de paie de novembre 2026 ». Le mandat le porte."),
        error_messages={"required": _("Donnez l'objet.")},
    )
    level = forms.ChoiceField(label=_("Niveau"), choices=LEVELS, initial="B-LT")
    visible = forms.BooleanField(
        label=_("Cachet visible sur le document"),
        required=False,
        help_text=_("Avec le logo et le texte des réglages du cabinet. Invisible, il reste vérifiable partout."),
    )
    place = forms.ChoiceField(label=_("Place du cachet visible"), choices=PLACES, required=False)
    place_text = forms.CharField(label=_("Texte sous lequel placer le cachet"), max_length=100, required=False)
    certify = forms.ChoiceField(label=_("Certifier le document"), choices=CERTIFY, required=False)
    reason = forms.CharField(
        label=_("Motif inscrit dans le cachet"),
        max_length=120,
        required=False,
        help_text=_("Facultatif : tout lecteur de PDF le montre."),
    )
    retention_days = forms.IntegerField(label=_("Conservation ici, en jours"), min_value=1)

    def __init__(self, *words: Any, most_days: int, **names: Any) -> None:
        super().__init__(*words, **names)
        self.fields["retention_days"].initial = most_days
        self.fields["retention_days"].help_text = _("De 1 à %(most)s. Vous serez averti avant la suppression.") % {
            "most": most_days
        }

    def options(self) -> sealing.Options:
        """Return what was chosen."""
        given = self.cleaned_data
        return sealing.Options(
            title=given["title"],
            purpose=given["purpose"],
            retention_days=given["retention_days"],
            kind=given["kind"],
            level=given["level"],
            visible=given["visible"],
            place=given["place"] or "last",
            place_text=given["place_text"],
            certify=int(given["certify"]) if given["certify"] else None,
            reason=given["reason"],
        )


class SplitForm(forms.Form):
    """A PDF of many documents, and where it is cut."""

    document = forms.FileField(label=_("PDF à découper"), error_messages={"required": _("Choisissez un PDF.")})
    rule = forms.ChoiceField(
        label=_("Découper"),
        choices=[("text", _("À chaque page où se trouve un texte")), ("pages", _("Toutes les N pages"))],
        widget=forms.RadioSelect,
        initial="text",
    )
    text = forms.CharField(
        label=_("Texte"),
        max_length=200,
        required=False,
        help_text=_("Par exemple « Matricule : ». Ce qui le suit sur la ligne nomme le fichier."),
    )
    pages = forms.IntegerField(label=_("Nombre de pages"), min_value=1, max_value=500, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for what the rule needs."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("rule") == "text" and not (found.get("text") or "").strip():
            self.add_error("text", _("Donnez le texte."))
        if found.get("rule") == "pages" and not found.get("pages"):
            self.add_error("pages", _("Donnez le nombre de pages."))
        return found


class MatchForm(forms.Form):
    """A table of recipients."""

    table = forms.FileField(
        label=_("Table CSV"),
        help_text=_("Une ligne par fichier : nom du fichier, adresse électronique, nom (facultatif)."),
        error_messages={"required": _("Choisissez un fichier CSV.")},
    )


class StandingForm(forms.Form):
    """A standing mandate; one field for the mobile of each person who may seal."""

    purpose = forms.CharField(
        label=_("Objet"),
        max_length=120,
        help_text=_("Par exemple « Bulletins de paie »."),
        error_messages={"required": _("Donnez l'objet.")},
    )
    most = forms.IntegerField(label=_("Nombre de documents au plus"), min_value=1, max_value=100_000)
    last_day = forms.DateField(
        label=_("Jusqu'au"),
        help_text=_("31 jours au plus."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *words: Any, people: list[tuple[int, str]], **names: Any) -> None:
        super().__init__(*words, **names)
        self.people = people
        self.fields["last_day"].initial = lambda: timezone.localdate() + timedelta(days=30)
        for number, name in people:
            self.fields[f"mobile_{number}"] = forms.CharField(
                label=name,
                required=False,
                max_length=30,
                widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
            )

    def mobiles(self) -> dict[int, str]:
        """Return the mobile of each person for whom one was typed."""
        typed = {number: self.cleaned_data.get(f"mobile_{number}", "").strip() for number, _name in self.people}
        return {number: mobile for number, mobile in typed.items() if mobile}

    def mobile_fields(self) -> list[forms.BoundField]:
        """Return the fields of mobiles."""
        return [self[f"mobile_{number}"] for number, _name in self.people]
