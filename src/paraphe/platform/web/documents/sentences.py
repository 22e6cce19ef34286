"""What people read when a PDF cannot be taken, by code of the refusal."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paraphe.kernel.errors import DomainError
from paraphe.platform.credit import api as credit

REFUSALS = {
    "not_a_pdf": gettext_lazy(
        "Ce fichier n'est pas un PDF. Enregistrez votre document au format PDF, puis recommencez."
    ),
    "empty": gettext_lazy("Ce fichier est vide. Vérifiez-le sur votre appareil, puis recommencez."),
    "truncated": gettext_lazy("Ce PDF est incomplet : il manque sa fin. Copiez-le ou exportez-le de nouveau."),
    "encrypted": gettext_lazy(
        "Ce PDF est protégé par un mot de passe. Enregistrez-en une copie sans protection, puis recommencez."
    ),
    "encrypted_for_recipients": gettext_lazy(
        "Ce PDF est chiffré pour ses destinataires. Enregistrez-en une copie sans protection, puis recommencez."
    ),
    "owner_protected": gettext_lazy(
        "Le propriétaire de ce PDF interdit de le signer. Demandez-lui une copie sans cette protection."
    ),
    "bad_image": gettext_lazy("L'image de la signature n'est pas un PNG ou un JPEG lisible."),
    "no_room": gettext_lazy("La signature est plus grande que la place prévue. Réessayez dans un instant."),
    "not_readable": gettext_lazy("Le fichier n'a pas pu être lu. Réessayez dans un instant."),
    "no_pages": gettext_lazy("Ce PDF ne contient aucune page."),
    "too_many_pages": gettext_lazy("Ce PDF a trop de pages pour être signé ici. Découpez-le en plusieurs documents."),
    "damaged": gettext_lazy("Ce PDF est abîmé et ne peut pas être lu. Exportez-le de nouveau depuis son logiciel."),
    "field_missing": gettext_lazy("Un champ à remplir n'a plus sa place dans ce PDF. Recommencez depuis le début."),
    "dynamic_form": gettext_lazy(
        "Ce PDF est un formulaire dynamique (XFA), dont le contenu peut changer. Imprimez-le en PDF, puis recommencez."
    ),
    "not_permitted": gettext_lazy("Les signatures que porte ce PDF interdisent d'en ajouter une autre."),
    "too_complex": gettext_lazy("Ce PDF est trop complexe pour être vérifié. Imprimez-le en PDF, puis recommencez."),
    "bad_box": gettext_lazy("La signature ne tient pas à cette place. Choisissez-en une autre."),
    "storage_full": gettext_lazy("La plateforme n'a plus de place pour l'instant. Réessayez plus tard."),
    "storage_away": gettext_lazy("Les fichiers ne peuvent pas être atteints pour l'instant. Réessayez plus tard."),
    "storage_failed": gettext_lazy("Le fichier n'a pas pu être gardé. Réessayez dans un instant."),
    "certified_no_changes": gettext_lazy(
        "Ce PDF est certifié par son auteur, qui interdit toute modification, même une signature."
    ),
    "no_empty_field": gettext_lazy("Ce PDF n'a pas de champ de signature vide. Choisissez une autre place."),
    "text_missing": gettext_lazy("Le texte demandé ne se trouve pas dans ce document. Choisissez une autre place."),
    "split_signed": gettext_lazy("Ce PDF est signé : ses pages séparées n'auraient plus de signature."),
    "anchor_missing": gettext_lazy("Le texte auquel découper ne se trouve sur aucune page de ce PDF."),
    "signature_mismatch": gettext_lazy("La signature reçue n'est pas celle de ce document. Recommencez."),
    "self_check_failed": gettext_lazy("Le document signé n'a pas passé notre vérification : il n'est pas gardé."),
    "initials_on_signed": gettext_lazy(
        "Ce document porte déjà une signature : des paraphes la feraient passer pour modifiée. Signez-le sans paraphes."
    ),
    "held": gettext_lazy("Ce document est gelé : personne ne peut le supprimer avant la levée du gel."),
    "held_together": gettext_lazy(
        "Un gel d'ensemble tient ce document : il se lève dans les réglages du cabinet, pour tout ce qu'il tient."
    ),
    "reason_missing": gettext_lazy("Donnez la raison du gel."),
    "title_empty": gettext_lazy("Donnez un titre au document."),
    "unknown_kind": gettext_lazy("Choisissez une nature dans la liste."),
    "nothing_chosen": gettext_lazy("Choisissez au moins un document."),
    "too_busy": gettext_lazy("Trop d'envois en même temps. Réessayez dans un instant."),
    "file_broken": gettext_lazy("Le fichier gardé ici est abîmé. Prévenez l'assistance."),
    "being_signed": gettext_lazy("Ce document est en cours de signature. Attendez la fin, puis recommencez."),
}


WARNINGS = {
    "signed": gettext_lazy("Ce PDF porte déjà une signature : la vôtre s'y ajoutera, sans rien changer à celle-ci."),
    "certified": gettext_lazy("Ce PDF est certifié par son auteur, qui limite ce qui peut y être ajouté."),
    "active": gettext_lazy(
        "Ce PDF contient des éléments actifs (scripts, calques ou fichiers joints) : son apparence peut changer selon "
        "le lecteur."
    ),
    "fonts_not_embedded": gettext_lazy(
        "Ce PDF ne contient pas toutes ses polices : un autre appareil peut l'afficher avec d'autres caractères."
    ),
    "form_fields": gettext_lazy("Ce PDF est un formulaire : remplissez-le avant de le signer."),
    "rebuilt": gettext_lazy("Ce PDF était abîmé et a pu être lu malgré tout : vérifiez toutes ses pages."),
}
ACTIVE = frozenset({"scripts", "launch_actions", "hidden_layers", "embedded_files", "external_content"})


def warnings_of(codes: Iterable[str]) -> list[str]:
    """Return what people read before they sign a document that is accepted, each sentence once."""
    found = dict.fromkeys("active" if code in ACTIVE else code for code in codes)
    return [str(WARNINGS[code]) for code in found if code in WARNINGS]


def sentence(error: DomainError) -> str:
    """Return what is wrong and what to do, in the reader's language."""
    if error.code in ("file_too_large", "too_large"):
        limit = int(str(error.params.get("limit", 0))) // 1_000_000
        return _("Ce fichier est trop lourd : la limite est de {limit} Mo.").format(limit=limit)
    if error.code == "firm_closed":
        return _("Ce cabinet a quitté le service : rien ne peut plus y être ajouté.")
    if error.code == "may_not":
        return _("Vous n'avez pas ce droit pour ce cabinet. Demandez-le à l'expert-comptable du cabinet.")
    if error.code == "credit_too_low":
        missing = credit.euros(int(str(error.params["missing"])))
        return _("Le crédit du cabinet ne suffit pas : il manque {missing}. Rechargez-le, puis recommencez.").format(
            missing=missing
        )
    return sentence_of(error.code)


def sentence_of_size(limit: int) -> str:
    """Return what people read about a file of more than ``limit`` octets."""
    return _("Ce fichier est trop lourd : la limite est de {limit} Mo.").format(limit=limit // 1_000_000)


def sentence_of(code: str) -> str:
    """Return the sentence for the stored ``code`` of a refusal."""
    known = REFUSALS.get(code)
    return str(known) if known else _("Ce PDF ne peut pas être signé ({code}).").format(code=code)
