"""The SMS: what the code is for stands in it, so that nobody types it for something else."""

from django.utils import translation
from django.utils.translation import gettext as _

from paraphe.trust.codes import rules

SIGNATURE = "signature"


def sms(*, purpose: str, subject: str, code: str, language: str) -> str:
    """Return the text of the SMS. For purpose ``signature`` the subject is a title and stands in quotation marks."""
    values = {"code": rules.written(code), "subject": rules.short(subject)}
    with translation.override("en" if language == "en" else "fr"):
        if purpose == SIGNATURE:
            text = _("Paraphe : %(code)s est votre code pour signer « %(subject)s ». Ne le communiquez à personne.")
        else:
            text = _("Paraphe : %(code)s est votre code pour signer %(subject)s. Ne le communiquez à personne.")
        return text % values


def title(language: str) -> str:
    """Return the subject of the e-mail that carries a code; the code itself stands only inside."""
    with translation.override("en" if language == "en" else "fr"):
        return _("Votre code pour signer")
