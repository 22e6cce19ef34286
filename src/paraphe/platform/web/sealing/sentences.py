"""What people read about batches, by stable code."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paraphe.kernel.errors import DomainError
from paraphe.platform.web.documents.sentences import REFUSALS
from paraphe.platform.web.documents.sentences import sentence as general

REASONS: Final[dict[str, Promise]] = {
    "bad_name:path": gettext_lazy(
        "Le nom de ce fichier ou de son dossier porte un signe interdit. Renommez-le avec des lettres, des chiffres et "
        "des espaces."
    ),
    "bad_name:long": gettext_lazy("Le nom de ce fichier est trop long."),
    "bad_name:not_pdf": gettext_lazy("Ce fichier n'est pas un PDF."),
    "name_taken": gettext_lazy("Un autre fichier du lot porte ce nom."),
    "batch_full": gettext_lazy("Le lot est plein : 100 000 fichiers au plus."),
    "file_too_large": gettext_lazy("Ce fichier est trop lourd."),
    "file_unknown": gettext_lazy("Le fichier n'est plus là."),
    "not_found": gettext_lazy("Le fichier n'est plus là."),
    "archive_refused:damaged": gettext_lazy("Ce ZIP est abîmé, ou n'en est pas un."),
    "archive_refused:empty": gettext_lazy("Ce ZIP ne contient aucun fichier."),
    "archive_refused:too_many": gettext_lazy("Ce ZIP contient trop de fichiers."),
    "archive_refused:too_large": gettext_lazy("Ce ZIP se déploie bien au-delà de sa taille : il est refusé."),
    "archive_refused:password": gettext_lazy("Ce fichier du ZIP est protégé par un mot de passe."),
    "render_failed": gettext_lazy("Ce PDF ne peut pas être lu."),
    "level_not_reached": gettext_lazy("Le document scellé n'a pas passé notre vérification : il n'est pas gardé."),
    "output_broken": gettext_lazy("Le document scellé n'a pas passé notre vérification : il n'est pas gardé."),
    "state_broken": gettext_lazy("Ce qui devait être scellé ne correspond plus au fichier. Relancez les échecs."),
    "wrong_batch_state": gettext_lazy("Le lot a changé entre-temps : ce n'est plus possible."),
    "no_seal": gettext_lazy("Le cabinet n'a pas de cachet en vigueur : son expert-comptable le demande d'abord."),
    "seal_asked": gettext_lazy("Le cabinet a déjà un cachet en vigueur."),
    "nothing_ready": gettext_lazy("Aucun fichier n'est prêt, ou certains sont encore vérifiés."),
    "no_way_to_release": gettext_lazy(
        "Vous n'avez pas de certificat, et aucun mandat permanent n'a la place pour ce lot. Demandez-en un à "
        "l'expert-comptable du cabinet."
    ),
    "return_mismatch": gettext_lazy("Ce retour ne correspond à aucune demande en cours."),
    "bad_matching:unreadable": gettext_lazy("Ce fichier CSV ne peut pas être lu."),
    "bad_matching:columns": gettext_lazy("Le CSV doit avoir deux colonnes : fichier et adresse électronique."),
    "bad_matching:too_long": gettext_lazy("Ce CSV est trop long."),
    "nobody": gettext_lazy("Personne ne correspond à ce nom."),
    "several": gettext_lazy("Plusieurs personnes correspondent."),
    "no_email": gettext_lazy("Cette personne n'a pas d'adresse électronique."),
    "unknown_file": gettext_lazy("Aucun fichier du lot ne porte ce nom."),
}
PROBLEMS: Final[dict[str, Promise]] = {
    "trust_unavailable": gettext_lazy("Le tiers de confiance ne répond pas. Le scellement reprend de lui-même."),
    "timestamp_unavailable": gettext_lazy("L'horodatage ne répond pas. Le scellement reprend de lui-même."),
    "revocation_unavailable": gettext_lazy("L'état des certificats ne peut pas être lu. Le scellement reprendra."),
    "storage_full": gettext_lazy("La plateforme n'a plus de place. Le scellement reprendra dès qu'il y en a."),
    "storage_failed": gettext_lazy("Un fichier n'a pas pu être écrit. Le scellement reprend de lui-même."),
    "release_refused": gettext_lazy("L'autorisation n'est plus acceptée. Libérez de nouveau ce qui reste."),
    "right_withdrawn": gettext_lazy("Le mandat de qui a libéré est retiré. Libérez de nouveau ce qui reste."),
    "release_again": gettext_lazy("Les fichiers à reprendre attendent une nouvelle libération."),
    "cancelled": gettext_lazy("Arrêté : ce qui est scellé le reste."),
}
OPTION_PROBLEMS: Final[dict[str, Promise]] = {
    "title": gettext_lazy("Donnez un titre, de 120 caractères au plus."),
    "purpose": gettext_lazy("Dites à quoi servent ces documents, en 3 à 120 caractères."),
    "place_text": gettext_lazy("Donnez le texte sous lequel placer le cachet."),
    "reason": gettext_lazy("120 caractères au plus."),
    "retention_days": gettext_lazy("Ce nombre de jours n'est pas permis par le cabinet."),
}
MANDATE_PROBLEMS: Final[dict[str, Promise]] = {
    "purpose": gettext_lazy("Dites à quoi sert ce mandat, en 3 à 120 caractères."),
    "most": gettext_lazy("De 1 à 100 000 documents."),
    "last_day": gettext_lazy("Un jour à venir, dans 31 jours au plus."),
    "people": gettext_lazy("Nommez au moins une personne qui a le droit de sceller."),
    "mobile": gettext_lazy("Ce numéro de mobile ne peut pas recevoir de SMS."),
}


def reason(code: str) -> str:
    """Return what people read for a stored code of an item, a parcel or a match."""
    known = REASONS.get(code) or REFUSALS.get(code) or REASONS.get(code.split(":", 1)[0])
    return str(known) if known else _("Ce fichier ne peut pas être scellé ({code}).").format(code=code)


def sentence(error: DomainError) -> str:
    """Return what is wrong and what to do."""
    if error.code == "second_person_needed":
        above = error.params["above"]
        text = _("Au-delà de {above} documents, une personne propose et une autre libère.")
        return text.format(above=above)
    if error.code == "file_too_large" and "megabytes" in error.params:
        text = _("Ce fichier est trop lourd : la limite est de {limit} Mo.")
        return text.format(limit=error.params["megabytes"])
    if error.code in ("may_not", "credit_too_low", "firm_closed", "storage_full", "storage_failed"):
        return general(error)
    detail = error.params.get("reason")
    return reason(f"{error.code}:{detail}" if detail else error.code)


def problem(code: str) -> str:
    """Return what keeps a batch; empty for nothing."""
    return str(PROBLEMS.get(code, "")) if code else ""
