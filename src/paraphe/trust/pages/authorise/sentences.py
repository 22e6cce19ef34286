"""What people read on these pages, made from states and typed errors."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from paraphe.kernel.errors import DomainError
from paraphe.trust.codes import api as codes
from paraphe.trust.holders import api as holders
from paraphe.trust.remote import api as remote

State = remote.Authorisation.State
LONGEST_TITLE = 34


@dataclass(frozen=True)
class Ending:
    """Why the page takes no code (any more): what happened, what to do, how loud to say it."""

    title: str
    text: str
    tone: str


def subject_of(labels: list[str]) -> str:
    """Return what the SMS says is signed: the title, and how many others."""
    if len(labels) == 1:
        return labels[0]
    title = labels[0] if len(labels[0]) <= LONGEST_TITLE else labels[0][: LONGEST_TITLE - 1].rstrip() + "…"
    others = len(labels) - 1
    return ngettext("%(title)s et %(others)d autre", "%(title)s et %(others)d autres", others) % {
        "title": title,
        "others": others,
    }


def ending(row: remote.Authorisation) -> Ending | None:
    """Return how the request ended, or None while it waits for the holder."""
    if remote.is_expired(row):
        return Ending(
            _("Le délai est dépassé"),
            _("Pour votre sécurité, une demande de signature reste ouverte quinze minutes. Rien n'a été signé."),
            "warning",
        )
    match row.state:
        case State.OPENED:
            return None
        case State.AUTHORISED | State.REDEEMED:
            return _confirmed(row)
        case State.REFUSED:
            return Ending(_("Vous avez refusé de signer"), _("Rien n'a été signé."), "info")
        case _:
            text = _("Le code a été saisi cinq fois sans succès : la demande est fermée et rien n'a été signé.")
            return Ending(_("Trop d'essais"), text, "danger")


def _confirmed(row: remote.Authorisation) -> Ending:
    title = _("Vous avez validé cette signature")
    if row.state == State.REDEEMED:
        return Ending(title, _("Cette demande est terminée : vous pouvez fermer cette page."), "success")
    text = _("Votre code est accepté. Retournez sur le site qui vous a demandé de signer pour terminer.")
    return Ending(title, text, "success")


def gone() -> Ending:
    """Return what is said of a request that this browser does not hold: the same whether it exists or not."""
    text = _(
        "Le lien a déjà servi, il est trop ancien, ou votre session a expiré. Rien n'a été signé : "
        "reprenez la signature depuis le site qui vous l'a demandée."
    )
    return Ending(_("Cette demande de signature n'est plus ouverte ici"), text, "warning")


def not_sent(error: DomainError) -> Ending:
    """Return what is said when no code can be sent."""
    until = error.params.get("until")
    if isinstance(error, codes.CodeLimit) and isinstance(until, datetime):
        at = time_format(timezone.localtime(until))
        text = _("Beaucoup de codes ont été envoyés à ce numéro. Vous pourrez recommencer à partir de %(at)s.") % {
            "at": at
        }
    elif isinstance(error, codes.CodeLimit):
        text = _("Beaucoup de codes ont été envoyés ou mal saisis pour ce numéro. Réessayez demain.")
    else:
        text = _("Le SMS ne peut pas être envoyé à votre numéro de mobile. Rien n'a été signé.")
    return Ending(_("Aucun code n'a été envoyé"), text, "warning")


def wrong_code(error: codes.CodeError, title: str) -> str:
    """Return what stands under the field when the code was not accepted."""
    match error:
        case codes.CodeForSomethingElse():
            first = _("Ce code a été envoyé pour une autre demande. Prenez celui du SMS qui nomme « %(title)s ».") % {
                "title": title
            }
        case codes.CodeWrong():
            first = _("Ce code n'est pas le bon.")
        case _:
            return _("Ce code n'est plus valable. Demandez-en un nouveau.")
    left = error.params.get("tries_left")
    if not isinstance(left, int):
        return first
    remaining = ngettext("Il vous reste %(left)d essai.", "Il vous reste %(left)d essais.", left) % {"left": left}
    return f"{first} {remaining}"


def refused(error: DomainError, row: remote.Authorisation) -> str:
    """Return what stands under the field, or above the form, when the proof was not accepted."""
    match error:
        case codes.CodeError():
            return wrong_code(error, remote.labels_of(row)[0])
        case remote.CodesNotAllowed():
            return _("Vous avez choisi de ne plus signer par SMS : utilisez votre clé d'accès ou votre application.")
        case holders.FactorUnknown():
            return _("Cette façon de valider n'est plus enregistrée. Choisissez-en une autre.")
        case _:
            left = error.params.get("tries_left")
    if not isinstance(left, int):
        return _(
            "Cette clé d'accès n'a pas été reconnue. Essayez de nouveau, ou choisissez une autre façon de valider."
        )
    first = _("Ce code n'est pas le bon. Un code ne sert qu'une fois : attendez le suivant.")
    remaining = ngettext("Il vous reste %(left)d essai.", "Il vous reste %(left)d essais.", left) % {"left": left}
    return f"{first} {remaining}"


def not_resent(error: DomainError) -> str:
    """Return why no other code was sent."""
    match error:
        case codes.CodeTooSoon():
            return _("Un code vient de vous être envoyé. Patientez quelques secondes avant d'en demander un autre.")
        case codes.CodeLimit():
            return _("Cinq codes vous ont été envoyés pour cette demande : saisissez le dernier reçu.")
        case _:
            return _("Cette demande ne prend plus de code.")
