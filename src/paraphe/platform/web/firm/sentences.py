"""What people read when something of their firm cannot be as they wish."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from paraphe.kernel.errors import DomainError

SENTENCES: Final = {
    "out_of_range": _("Donnez un nombre de {least} à {most}."),
    "not_a_number": _("Donnez un nombre entier."),
    "not_a_choice": _("Choisissez une possibilité de la liste."),
    "not_a_text": _("Écrivez un texte."),
    "hidden_characters": _("Ce texte contient des caractères invisibles. Tapez-le de nouveau au lieu de le coller."),
    "too_long": _("Ce texte a {length} caractères : {most} au plus."),
    "empty": _("Écrivez un texte : il ne peut pas être vide."),
    "not_a_name": _("Un nom d'expéditeur ne contient ni adresse, ni < > @ \" \\."),
    "level_off": _("Permettez d'abord la signature avancée des tiers, ou choisissez le niveau simple."),
    "after_the_end": _("Un rappel vient avant la fin de la collecte : moins de {days} jours."),
    "too_many": _("{most} au plus."),
    "twice": _("Le même figure deux fois."),
    "braces": _("Une accolade est seule ou vide. Les mots permis sont cités à côté."),
    "unknown_placeholder": _("{{{name}}} n'existe pas. Les mots permis sont cités à côté."),
    "link_in_subject": _("Le lien {{lien}} se met dans le message, pas dans l'objet."),
    "no_link": _("Le message doit contenir {{lien}} : sans lui, personne ne peut signer."),
    "unknown": _("Cette option n'existe pas."),
}
LOGO: Final = {
    "empty": _("Ce fichier est vide. Choisissez une image PNG ou JPEG."),
    "too_large": _("Cette image est trop lourde ou trop grande : 2 Mo et 40 millions de pixels au plus."),
    "too_small": _("Cette image est trop petite : 16 pixels de côté au moins."),
    "unreadable": _("Ce fichier n'est pas une image PNG ou JPEG lisible. Enregistrez-la de nouveau, puis recommencez."),
}


def sentence(error: DomainError) -> str:
    """Return why an option cannot be as it was given."""
    return str(SENTENCES[str(error.params["reason"])]).format(**error.params)


def logo_sentence(error: DomainError) -> str:
    """Return why a file is no logo."""
    return str(LOGO[str(error.params["reason"])])
