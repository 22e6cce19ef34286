"""Sentences for the reasons that officers and the machine give, as the person reads them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from paraphe.proofing import api as proofing

SENTENCES: dict[str, Promise] = {
    "expired": _("Le document présenté n'est plus en cours de validité."),
    "other_person": _("Le nom qui figure sur le document n'est pas celui de votre demande."),
    "document_not_accepted": _("Ce document ne fait pas partie des pièces d'identité acceptées."),
    "document_doubtful": _("L'authenticité du document n'a pas pu être établie à partir des photographies."),
    "too_many_attempts": _("Aucune des photographies envoyées n'a permis de vérifier le document."),
    "blurred": _("La photographie est floue : le texte ne peut pas être lu."),
    "cut": _("Une partie du document est hors du cadre."),
    "glare": _("Un reflet masque une partie du document."),
    "dark": _("La photographie est trop sombre."),
    "hidden": _("Un doigt ou un objet masque une partie du document."),
    "wrong_side": _("Ce n'est pas la bonne face du document."),
    "wrong_document": _("Le document photographié n'est pas celui que vous avez annoncé."),
}


def sentence(reason: str, language: str) -> str:
    """Return the sentence for ``reason`` in ``language`` (``fr`` or ``en``); empty for no reason."""
    if reason not in SENTENCES:
        # What the machine asks for has its sentences in the library that reads documents.
        return proofing.sentence(proofing.Reason(reason), language) if reason in set(proofing.Reason) else ""
    with override(language):
        return str(SENTENCES[reason])


def sentence_lazy(reason: str) -> Promise:
    """Return the sentence for a known ``reason`` in whatever language is active when it is read."""
    return SENTENCES[reason]
