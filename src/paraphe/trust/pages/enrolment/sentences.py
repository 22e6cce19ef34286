"""Why a photograph is refused at once, and what to do about it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from paraphe.proofing.api import Reason

PHOTOGRAPH_SENTENCES: dict[Reason, Promise] = {
    Reason.EMPTY: _("Ce fichier est vide. Choisissez-en un autre."),
    Reason.TOO_LARGE: _("Ce fichier dépasse 10 Mo. Réduisez la taille de la photo, puis réessayez."),
    Reason.UNSUPPORTED_TYPE: _("Ce fichier n'est ni une photo JPG ou PNG, ni un PDF."),
    Reason.HEIC: _(
        "Cette photo est au format HEIC de l'iPhone. Dans Réglages, Appareil photo, Formats, choisissez « Le plus "
        "compatible », puis reprenez la photo."
    ),
    Reason.UNREADABLE: _(
        "Ce fichier est endommagé et ne peut pas être lu. Reprenez la photo ou choisissez-en une autre."
    ),
    Reason.ENCRYPTED: _("Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection, puis réessayez."),
    Reason.NO_PAGES: _("Ce PDF ne contient aucune page."),
    Reason.TOO_MANY_PAGES: _("Ce PDF contient trop de pages. Ne gardez que celles qui montrent votre document."),
    Reason.TOO_MANY_PIXELS: _(
        "Cette image est trop grande. Prenez la photo avec une définition normale (50 mégapixels au plus)."
    ),
    Reason.TOO_SMALL: _(
        "Cette image est trop petite pour que le texte soit lu. Rapprochez-vous, ou envoyez la photo d'origine."
    ),
    Reason.BLANK: _("On ne voit rien sur cette image. Vérifiez que vous avez choisi le bon fichier."),
    Reason.DARK: _("Cette photo est trop sombre. Reprenez-la près d'une fenêtre ou sous une lampe."),
    Reason.NOT_COLOUR: _(
        "Cette image est en noir et blanc, ou c'est une photocopie. Photographiez le document lui-même, en couleur."
    ),
    Reason.BLURRED: _("Cette photo semble floue. Vérifiez que tout se lit avant de l'envoyer."),
}


def sentences(reasons: "tuple[Reason, ...] | list[str]") -> list[Promise]:
    """Return the sentences for ``reasons``, known ones only."""
    return [PHOTOGRAPH_SENTENCES[Reason(reason)] for reason in reasons]
