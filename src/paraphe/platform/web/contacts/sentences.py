"""What people read when a contact or a file cannot be taken, by reason."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paraphe.kernel.errors import DomainError
from paraphe.platform.contacts import api as contacts

LABELS = {
    "given_name": gettext_lazy("Prénom"),
    "family_name": gettext_lazy("Nom"),
    "email": gettext_lazy("E-mail"),
    "mobile": gettext_lazy("Mobile"),
    "company": gettext_lazy("Société"),
    "language": gettext_lazy("Langue"),
    "note": gettext_lazy("Note"),
}
LANGUAGES = {"fr": gettext_lazy("français"), "en": gettext_lazy("anglais")}
REASONS = {
    "nameless": gettext_lazy("Donnez au moins un nom, un prénom ou une société."),
    "bad_email": gettext_lazy("Cette adresse e-mail n'est pas valable : elle s'écrit comme nom@exemple.fr."),
    "unreadable": gettext_lazy("Ce numéro ne peut pas être lu : écrivez-le comme 06 12 34 56 78."),
    "impossible": gettext_lazy("Ce numéro n'existe pas : vérifiez les chiffres."),
    "not_mobile": gettext_lazy("Ce numéro n'est pas celui d'un mobile : il ne pourrait pas recevoir de SMS."),
    "bad_language": gettext_lazy("Cette langue n'est pas proposée : choisissez le français ou l'anglais."),
    "too_many_columns": gettext_lazy("Cette ligne a plus de cases que la première ligne ne nomme de colonnes."),
    "unfinished_card": gettext_lazy("Cette fiche n'est pas entière : il lui manque sa fin (END:VCARD)."),
}
FILES = {
    "empty": gettext_lazy("Ce fichier est vide. Vérifiez-le sur votre appareil, puis recommencez."),
    "spreadsheet": gettext_lazy(
        "C'est un classeur Excel. Enregistrez-le sous « CSV UTF-8 (délimité par des points-virgules) », "
        "puis recommencez."
    ),
    "no_columns": gettext_lazy(
        "La première ligne doit nommer les colonnes, par exemple : Prénom ; Nom ; E-mail ; Mobile ; Société."
    ),
    "storage_full": gettext_lazy("La plateforme n'a plus de place pour l'instant. Réessayez plus tard."),
    "storage_failed": gettext_lazy("Le fichier n'a pas pu être gardé. Réessayez dans un instant."),
}
SHARED = {
    "email": gettext_lazy("Même adresse e-mail"),
    "mobile": gettext_lazy("Même mobile"),
    "name": gettext_lazy("Même nom"),
}


def reason_sentence(field: str, reason: str) -> str:
    """Return what is wrong with a field, or with a line of a file."""
    if reason == "too_long":
        return _("Ce texte est trop long : {limit} caractères au plus.").format(limit=contacts.LENGTHS[field])
    return str(REASONS[reason])


def refusal_sentence(refusal: contacts.Refusal) -> str:
    """Return why a line of a file is refused, beginning with the field where it is one."""
    text = reason_sentence(refusal.field, refusal.reason)
    if not refusal.field or refusal.reason == "nameless":
        return text
    return _("{field} : {text}").format(field=LABELS[refusal.field], text=text)


def file_sentence(error: DomainError) -> str:
    """Return why nothing can be read from a file."""
    reason = error.reason if isinstance(error, contacts.BadFile) else error.code
    if reason == "too_large":
        return _("Ce fichier est trop lourd : la limite est de {limit} Mo.").format(
            limit=contacts.MOST_BYTES // 1_000_000
        )
    if reason == "too_many":
        return _("Ce fichier a plus de {limit} lignes. Partagez-le en plusieurs fichiers.").format(
            limit=contacts.MOST_LINES
        )
    if reason == "unreadable":
        return _("Ce fichier ne peut plus être lu à partir de la ligne {line} : un guillemet n'est pas fermé.").format(
            line=error.params["line"]
        )
    return str(FILES[reason])
