"""What people read for each event of the evidence log."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from paraphe.platform.evidence import api as evidence

WORDS: Final[dict[str, Promise]] = {
    **evidence.COLLECTION_WORDS,
    "certificate:revoked": gettext_lazy("Certificat révoqué à la suite d'un départ"),
    "document:added": gettext_lazy("Document ajouté"),
    "document:kind-set": gettext_lazy("Nature du document changée"),
    "document:renamed": gettext_lazy("Document renommé"),
    "document:noted": gettext_lazy("Notes du document changées"),
    "document:prolonged": gettext_lazy("Conservation du document prolongée"),
    "document:held": gettext_lazy("Document gelé : nul ne peut le supprimer"),
    "hold:ordered": gettext_lazy("Gel d'ensemble ordonné"),
    "hold:lifted": gettext_lazy("Gel d'ensemble levé"),
    "document:released": gettext_lazy("Gel du document levé"),
    "document:packed": gettext_lazy("Documents téléchargés ensemble"),
    "document:opened": gettext_lazy("Document ouvert"),
    "document:downloaded": gettext_lazy("Document téléchargé"),
    "document:signed": gettext_lazy("Document signé"),
    "document:deleted": gettext_lazy("Document supprimé"),
    "mandate:drafted": gettext_lazy("Mandat préparé"),
    "mandate:signed": gettext_lazy("Mandat signé"),
    "mandate:used": gettext_lazy("Mandat utilisé"),
    "mandate:withdrawn": gettext_lazy("Mandat retiré"),
    "mandate:dropped": gettext_lazy("Mandat abandonné"),
    "contact:added": gettext_lazy("Contact ajouté"),
    "contact:changed": gettext_lazy("Contact modifié"),
    "contact:deleted": gettext_lazy("Contact supprimé"),
    "contact:imported": gettext_lazy("Contacts importés"),
    "contact:exported": gettext_lazy("Contacts exportés"),
    "contact:erased": gettext_lazy("Contact effacé à sa demande"),
    "seal:asked": gettext_lazy("Cachet du cabinet demandé"),
    "seal:issued": gettext_lazy("Cachet du cabinet délivré"),
    "seal:revoked": gettext_lazy("Cachet du cabinet révoqué"),
    "seal-mandate:asked": gettext_lazy("Mandat permanent de cachet préparé"),
    "seal-mandate:given": gettext_lazy("Mandat permanent de cachet signé"),
    "seal-mandate:withdrawn": gettext_lazy("Mandat permanent de cachet retiré"),
    "batch:created": gettext_lazy("Lot à sceller créé"),
    "batch:changed": gettext_lazy("Lot à sceller modifié"),
    "batch:deleted": gettext_lazy("Lot à sceller supprimé"),
    "batch:proposed": gettext_lazy("Lot proposé à une deuxième personne"),
    "batch:released": gettext_lazy("Lot libéré"),
    "batch:not-released": gettext_lazy("Libération du lot abandonnée"),
    "batch:part-sealed": gettext_lazy("Partie du lot scellée"),
    "batch:paused": gettext_lazy("Scellement du lot suspendu"),
    "batch:resumed": gettext_lazy("Scellement du lot repris"),
    "batch:cancelled": gettext_lazy("Scellement du lot arrêté"),
    "batch:retried": gettext_lazy("Échecs du lot repris"),
    "batch:done": gettext_lazy("Lot terminé"),
    "batch:downloaded": gettext_lazy("Lot téléchargé"),
    "batch:delivering": gettext_lazy("Documents du lot envoyés à leurs destinataires"),
    "batch:received": gettext_lazy("Document ouvert par son destinataire"),
    "batch:emptied": gettext_lazy("Fichiers du lot supprimés"),
    "program:token-issued": gettext_lazy("Jeton de programme créé"),
    "program:token-ended": gettext_lazy("Jeton de programme retiré"),
    "credit:topped-up": gettext_lazy("Crédit rechargé"),
    "credit:reserved": gettext_lazy("Crédit réservé"),
    "credit:debited": gettext_lazy("Crédit débité"),
    "credit:given-back": gettext_lazy("Crédit rendu"),
    "firm:opened": gettext_lazy("Service ouvert au cabinet"),
    "firm:options-changed": gettext_lazy("Réglages du cabinet modifiés"),
    "firm:terms-signed": gettext_lazy("Conditions signées"),
    "firm:exported": gettext_lazy("Données du cabinet exportées"),
    "firm:closed": gettext_lazy("Service fermé pour le cabinet"),
    "firm:reopened": gettext_lazy("Service rouvert pour le cabinet"),
}

#: What happened to people themselves; only each of them reads it, with his own data.
PERSON_WORDS: Final[dict[str, Promise]] = {
    "person:signed-in": gettext_lazy("Connexion"),
    "person:signed-out": gettext_lazy("Déconnexion"),
    "person:sessions-ended": gettext_lazy("Sessions fermées"),
    "person:preferences-changed": gettext_lazy("Préférences modifiées"),
    "person:rights-ended": gettext_lazy("Droits retirés par le fournisseur d'identité"),
    "person:exported": gettext_lazy("Données personnelles exportées"),
    "enrolment:started": gettext_lazy("Enregistrement commencé"),
    "enrolment:confirmed": gettext_lazy("Données confirmées"),
    "enrolment:mobile-given": gettext_lazy("Mobile donné"),
    "enrolment:sent-to-trust": gettext_lazy("Envoi chez le tiers de confiance"),
    "enrolment:returned": gettext_lazy("Retour du tiers de confiance"),
    "enrolment:certificate-received": gettext_lazy("Certificat reçu"),
    "enrolment:identity-refused": gettext_lazy("Identité refusée"),
    "enrolment:terms-accepted": gettext_lazy("Conditions acceptées"),
    "enrolment:completed": gettext_lazy("Enregistrement terminé"),
}


def word(tag: str) -> str:
    """Return what people read for ``tag``; one that has no words yet is shown as it is."""
    return str(WORDS.get(tag) or PERSON_WORDS.get(tag) or tag)
