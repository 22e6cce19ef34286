"""The forms of one's own account."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

#: What people read for each kind of notice: `paraphe.platform.accounts.api.NOTICES`.
NOTICE_WORDS = {
    "completed": _("Une collecte est terminée"),
    "progress": _("Un signataire a signé"),
    "to_launch": _("Une collecte préparée par un collègue attend que je la lance"),
    "refused": _("Un signataire a refusé"),
    "expiring": _("Une collecte va expirer, ou a expiré"),
    "undelivered": _("Un e-mail n'est pas arrivé chez un signataire"),
    "question": _("Un signataire pose une question"),
    "sealed": _("Un lot de cachets est terminé"),
    "deleted_soon": _("Mes documents seront bientôt supprimés"),
    "credit_low": _("Le crédit du cabinet est bas"),
    "mandate": _("Un mandat m'est donné ou retiré"),
}


class LanguageForm(forms.Form):
    """The language of pages and e-mails."""

    language = forms.ChoiceField(label=_("Langue des pages et des e-mails"), choices=settings.LANGUAGES)


class NoticesForm(forms.Form):
    """What one is written to about."""

    kinds = forms.MultipleChoiceField(
        label=_("M'écrire quand"),
        choices=tuple(NOTICE_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
