"""What a recipient reads when he cannot go on, by the code of the reason: what it means and what to do."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paraphe.kernel.errors import DomainError
from paraphe.platform.web.ceremony.forms import EMPTY


@dataclass(frozen=True)
class Words:
    """A title and a text."""

    title: str | Promise
    text: str | Promise


TRUST_AWAY = Words(
    gettext_lazy("La signature n'est pas possible pour l'instant"),
    gettext_lazy(
        "Le site qui envoie les codes et fait les signatures ne répond pas. Rien n'est perdu et rien n'est signé : "
        "réessayez dans quelques minutes, ou revenez plus tard par le même lien."
    ),
)
CANNOT: dict[str, Words] = {
    "not_your_turn": Words(
        gettext_lazy("Ce n'est pas encore votre tour"),
        gettext_lazy("D'autres personnes signent avant vous. Vous recevrez un message dès que ce sera à vous."),
    ),
    "identity_needed": Words(
        gettext_lazy("Une pièce d'identité est demandée, une seule fois"),
        gettext_lazy(
            "Ce document demande une signature avancée : un certificat à votre nom, délivré après vérification de "
            "votre pièce d'identité. Il vous servira ensuite pendant cinq ans."
        ),
    ),
    "signer_differs": Words(
        gettext_lazy("Votre nom n'est pas le même que dans votre certificat"),
        gettext_lazy(
            "Vous avez déjà un certificat, sous un autre nom que celui de cette demande. Prévenez la personne qui vous "
            "a envoyé le document : elle peut corriger votre nom, et vous signerez par le même lien."
        ),
    ),
    "mobile_missing": Words(
        gettext_lazy("Il manque votre numéro de mobile"),
        gettext_lazy(
            "Le code de signature est envoyé par SMS. Donnez votre numéro à la personne qui vous a envoyé le "
            "document : elle l'ajoutera, et vous signerez par le même lien."
        ),
    ),
    "document_tampered": Words(
        gettext_lazy("Ce document ne peut pas être signé"),
        gettext_lazy(
            "Le fichier gardé n'est plus exactement celui qui vous a été envoyé. Par sécurité, plus rien ne peut y "
            "être signé ; l'expéditeur et l'exploitant en sont prévenus."
        ),
    ),
    "trust_unavailable": TRUST_AWAY,
    "trust_refused": Words(
        gettext_lazy("Le tiers de confiance a refusé cette demande"),
        gettext_lazy(
            "Rien n'a été signé. Vérifiez votre nom, votre e-mail et votre mobile avec la personne qui vous a envoyé "
            "le document, puis revenez par le même lien."
        ),
    ),
    "storage_full": TRUST_AWAY,
    "storage_failed": TRUST_AWAY,
}
FAILED: dict[str, Words] = {
    "refused": Words(
        gettext_lazy("Vous n'avez pas signé"),
        gettext_lazy("Vous avez arrêté avant de saisir le code. Vous pouvez recommencer quand vous voulez."),
    ),
    "abandoned": Words(
        gettext_lazy("Quelqu'un d'autre a signé entre-temps"),
        gettext_lazy(
            "Rien n'est perdu : il faut seulement un nouveau code, pour le document tel qu'il est maintenant."
        ),
    ),
    "activation_expired": Words(
        gettext_lazy("Le code a expiré"),
        gettext_lazy("Le délai est passé avant la fin de la signature. Demandez un nouveau code."),
    ),
}
CODE_PROBLEMS = {
    "wrong": gettext_lazy("Ce code n'est pas le bon."),
    "over": gettext_lazy("Ce code n'est plus valable. Demandez-en un nouveau."),
    "soon": gettext_lazy(
        "Un code vient de vous être envoyé. Patientez quelques secondes avant d'en demander un autre."
    ),
    "many": gettext_lazy("Beaucoup de codes ont été envoyés aujourd'hui. Réessayez demain."),
}
FIELD_PROBLEMS = {
    "empty": EMPTY,
    "too_long": gettext_lazy("Ce texte est trop long : 500 caractères au plus."),
    "date": gettext_lazy("Donnez une date, par exemple 28/11/2026."),
    "mention": gettext_lazy("Recopiez exactement la mention demandée."),
}


def cannot(error: DomainError) -> Words:
    """Return why the recipient cannot sign now."""
    known = CANNOT.get(error.code)
    if known is not None:
        return known
    title, text = (
        _("La signature n'est pas possible"),
        _("Le document ne peut pas être signé ({code}). Prévenez la personne qui vous l'a envoyé."),
    )
    return Words(title, text.format(code=error.code))


def failed(state: str, failure: str) -> Words:
    """Return how a signature ended that came to nothing."""
    known = FAILED.get("refused" if state == "refused" else failure)
    title = _("La signature n'a pas abouti")
    return known or Words(title, _("Rien n'a été signé. Vous pouvez recommencer avec un nouveau code."))
