"""What a recipient reads when he cannot go on, by the code of the reason: what it means and what to do."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paraphe.kernel.errors import DomainError
from paraphe.platform.signing.api import EnrolmentStatus


@dataclass(frozen=True)
class Words:
    """A title and a text."""

    title: str | Promise
    text: str | Promise


TRUST_AWAY = Words(
    gettext_lazy("La signature n'est pas possible pour l'instant"),
    gettext_lazy(
        "Le site qui envoie les codes et fait les signatures ne répond pas. Rien n'est perdu et rien n'est signé. "
        "Cette page réessaie seule ; vous pouvez aussi la fermer et revenir plus tard par le même lien."
    ),
)
STORAGE_AWAY = Words(
    gettext_lazy("La signature n'est pas possible pour l'instant"),
    gettext_lazy(
        "Ce site ne peut rien enregistrer en ce moment. Rien n'est perdu et rien n'est signé. "
        "Cette page réessaie seule ; vous pouvez aussi la fermer et revenir plus tard par le même lien."
    ),
)
CANNOT: dict[str, Words] = {
    "not_your_turn": Words(
        gettext_lazy("Ce n'est pas encore votre tour"),
        gettext_lazy("D'autres personnes signent avant vous. Vous recevrez un message dès que ce sera à vous."),
    ),
    "certificate_suspended": Words(
        gettext_lazy("Votre certificat est suspendu"),
        gettext_lazy(
            "Rien n'est signé en votre nom tant qu'il l'est. Rétablissez-le sur le site du tiers de confiance, puis "
            "revenez par le même lien."
        ),
    ),
    "certificate_unpaid": Words(
        gettext_lazy("Votre identité ne peut pas être vérifiée pour l'instant"),
        gettext_lazy(
            "Cela ne dépend pas de vous : il manque quelque chose du côté de l'expéditeur. Prévenez-le, puis revenez "
            "par le même lien."
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
    "storage_full": STORAGE_AWAY,
    "storage_failed": STORAGE_AWAY,
    "storage_away": STORAGE_AWAY,
}
#: What passes by itself: the page asks again.
PASSING = frozenset({"trust_unavailable", "storage_full", "storage_failed", "storage_away"})
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
        gettext_lazy("Votre signature n'a pas pu être terminée"),
        gettext_lazy("Une panne a duré plus longtemps que votre code. Rien n'est signé : demandez un nouveau code."),
    ),
    "not_finished": Words(
        gettext_lazy("Votre signature n'a pas pu être terminée"),
        gettext_lazy("Une panne a duré trop longtemps. Rien n'est signé : demandez un nouveau code."),
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


@dataclass(frozen=True)
class Standing:
    """How far the check of an identity is: what is said, what the button is called, what has to be mended.

    ``steps``: what will happen is told; ``button`` is empty while there is nothing to do.
    """

    title: str | Promise
    text: str | Promise
    button: str | Promise = ""
    steps: bool = False
    tone: str = ""
    reason: str = ""
    other_name: bool = False


_AGAIN = gettext_lazy("Recommencer")
_STANDINGS: dict[str, Standing] = {
    "none": Standing(
        gettext_lazy("Votre identité est vérifiée, une seule fois"),
        gettext_lazy(
            "L'expéditeur demande une signature avancée : elle est faite avec un certificat à votre nom, délivré après "
            "vérification de votre pièce d'identité et valable cinq ans. La fois suivante, un code suffira."
        ),
        gettext_lazy("Présenter ma pièce d'identité"),
        steps=True,
    ),
    "begun": Standing(
        gettext_lazy("Votre demande vous attend"),
        gettext_lazy("Vous l'avez commencée sur le site du tiers de confiance. Reprenez-la où vous l'avez laissée."),
        gettext_lazy("Poursuivre ma demande"),
    ),
    "retake": Standing(
        gettext_lazy("Une autre photo est nécessaire"),
        gettext_lazy("Votre pièce d'identité n'a pas pu être lue avec la photo envoyée."),
        gettext_lazy("Reprendre la photo"),
    ),
    "review": Standing(
        gettext_lazy("Votre pièce d'identité est en cours de vérification"),
        gettext_lazy(
            "Un agent du tiers de confiance la regarde, en général dans la journée. Vous pouvez fermer cette page : un "
            "e-mail vous préviendra, et le même lien vous ramène ici."
        ),
    ),
    "accepted": Standing(
        gettext_lazy("Votre identité est vérifiée"),
        gettext_lazy(
            "Il reste à lire l'accord de souscription du certificat et à l'accepter, avec un code par SMS. Puis vous "
            "signez."
        ),
        gettext_lazy("Continuer"),
    ),
    "refused": Standing(
        gettext_lazy("Votre pièce d'identité n'a pas été acceptée"),
        gettext_lazy("Rien n'est signé. Vous pouvez recommencer, avec une autre pièce ou de meilleures photos."),
        _AGAIN,
    ),
    "expired": Standing(
        gettext_lazy("Votre demande a expiré"),
        gettext_lazy("Elle n'a pas été terminée dans les trente jours. Vous pouvez en commencer une autre."),
        _AGAIN,
        steps=True,
    ),
    "over": Standing(
        gettext_lazy("Votre certificat n'est plus valable"),
        gettext_lazy(
            "Il a expiré ou a été révoqué. Ce document demande une signature avancée : votre identité est vérifiée de "
            "nouveau, puis un autre certificat est délivré à votre nom."
        ),
        gettext_lazy("Présenter ma pièce d'identité"),
        steps=True,
    ),
    "elsewhere": Standing(
        gettext_lazy("Il vous faut votre certificat"),
        gettext_lazy(
            "L'expéditeur demande une signature faite avec un certificat que vous avez déjà chez {provider}. Aucun n'y "
            "est trouvé à votre adresse e-mail. Vérifiez-la avec lui, ou obtenez ce certificat, puis revenez par le "
            "même lien."
        ),
    ),
    "other_name": Standing(
        gettext_lazy("Votre nom n'est pas celui de la demande"),
        gettext_lazy(
            "Le nom lu sur votre pièce d'identité n'est pas celui que l'expéditeur a écrit. Dites-lui votre nom exact"
            " : il le corrige, vous en êtes prévenu, et vous continuez par le même lien."
        ),
        other_name=True,
    ),
}
_STAGE = {"started": "begun", "agreement": "accepted", "code": "accepted", "issuing": "accepted"}


def standing(found: EnrolmentStatus, language: str) -> Standing:
    """Return what a recipient reads of the check of his identity."""
    if found.other_name:
        return _STANDINGS["other_name"]
    stage = _STAGE.get(found.status, found.status)
    if stage == "documents":
        stage = "retake" if found.reason.get("code") else "begun"
    reason = found.reason.get(f"sentence_{language}", "") if stage in ("retake", "refused") else ""
    known = _STANDINGS.get(stage, _STANDINGS["none"])
    provider = settings.ADVANCED_TRUST_NAME or _("le tiers de confiance")
    return replace(known, text=str(known.text).format(provider=provider), reason=reason)


def failed(state: str, failure: str) -> Words:
    """Return how a signature ended that came to nothing."""
    known = FAILED.get("refused" if state == "refused" else failure)
    title = _("La signature n'a pas abouti")
    return known or Words(title, _("Rien n'a été signé. Vous pouvez recommencer avec un nouveau code."))
