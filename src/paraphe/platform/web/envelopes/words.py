"""What people read for states, roles and kinds of boxes."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from paraphe.platform.envelopes import api as envelopes

STATES: Final[dict[str, Promise]] = {
    "template": gettext_lazy("Modèle"),
    "draft": gettext_lazy("Brouillon"),
    "launching": gettext_lazy("Lancement"),
    "running": gettext_lazy("En cours"),
    "completing": gettext_lazy("Archivage"),
    "completed": gettext_lazy("Terminée"),
    "refused": gettext_lazy("Refusée"),
    "expired": gettext_lazy("Expirée"),
    "cancelled": gettext_lazy("Annulée"),
}
TONES: Final = {
    "draft": "secondary",
    "template": "secondary",
    "launching": "info",
    "running": "info",
    "completing": "info",
    "completed": "success",
    "refused": "danger",
    "expired": "warning",
    "cancelled": "warning",
}
#: Filters of the list: their word in the address, what people read, which states.
FILTERS: Final[tuple[tuple[str, Promise, tuple[str, ...]], ...]] = (
    ("", gettext_lazy("Toutes"), ()),
    ("brouillons", gettext_lazy("Brouillons"), ("draft",)),
    ("en-cours", gettext_lazy("En cours"), ("launching", "running", "completing")),
    ("terminees", gettext_lazy("Terminées"), ("completed",)),
    ("closes", gettext_lazy("Refusées, expirées, annulées"), ("refused", "expired", "cancelled")),
)
RECIPIENT_STATES: Final[dict[str, Promise]] = {
    "waiting": gettext_lazy("Attend son tour"),
    "invited": gettext_lazy("Invité"),
    "opened": gettext_lazy("A ouvert le lien"),
    "read": gettext_lazy("A lu les documents"),
    "signed": gettext_lazy("A signé"),
    "approved": gettext_lazy("A approuvé"),
    "refused": gettext_lazy("A refusé"),
    "bounced": gettext_lazy("E-mail non remis"),
    "replaced": gettext_lazy("Remplacé"),
}
#: Filters of the people of a collection that runs: their word in the address, what people read, which states.
PEOPLE_STATES: Final[dict[str, tuple[Promise, tuple[str, ...]]]] = {
    "": (gettext_lazy("Tous"), ()),
    "attendus": (gettext_lazy("N'ont pas répondu"), ("invited", "opened", "read")),
    "plus-tard": (gettext_lazy("Attendent leur tour"), ("waiting",)),
    "non-remis": (gettext_lazy("Adresse à corriger"), ("bounced",)),
    "repondu": (gettext_lazy("Ont répondu"), ("signed", "approved")),
    "refus": (gettext_lazy("Ont refusé"), ("refused",)),
}
RECIPIENT_TONES: Final = {"signed": "success", "approved": "success", "refused": "danger", "bounced": "danger"}
#: What holds somebody up that passes by itself or is for the operator to mend, as the sender reads it.
HELD_UP: Final[dict[str, Promise]] = {
    "mail_waiting": gettext_lazy(
        "Son invitation n'est pas encore partie : le serveur de courriel ne la prend pas. Elle partira seule."
    ),
    "sms_waiting": gettext_lazy(
        "Le SMS qui l'annonce n'est pas encore parti. L'invitation par e-mail n'en dépend pas."
    ),
    "codes_delayed": gettext_lazy(
        "Les codes de signature ne partent pas en ce moment. L'exploitant le voit ; il n'y a rien à faire."
    ),
    "finishing": gettext_lazy(
        "A donné son code. Sa signature attend un service qui ne répond pas, et se termine seule à son retour."
    ),
    "not_signed": gettext_lazy(
        "Sa signature n'a pas pu être terminée après une panne. Un message lui demande de recommencer."
    ),
    "trust_unavailable": gettext_lazy(
        "N'a pas pu signer : le tiers de confiance ne répondait pas. Le même lien lui sert à recommencer."
    ),
    "trust_refused": gettext_lazy(
        "N'a pas pu signer : le tiers de confiance refuse ces données. Vérifiez son nom, son e-mail et son mobile."
    ),
    "document_tampered": gettext_lazy(
        "Un document gardé n'est plus celui qui a été envoyé : rien ne peut plus y être signé. L'exploitant le voit."
    ),
    "storage_full": gettext_lazy(
        "N'a pas pu signer : la plateforme ne pouvait rien enregistrer. Le même lien lui sert à recommencer."
    ),
}
#: Why somebody who wants to sign cannot yet, as the sender reads it, and whether it is for the sender to mend.
WAITS: Final[dict[str, tuple[Promise, bool]]] = {
    "identity_needed": (gettext_lazy("Doit faire vérifier son identité, une seule fois."), False),
    "identity_review": (gettext_lazy("Sa pièce d'identité est en cours de vérification."), False),
    "identity_accepted": (
        gettext_lazy("Son identité est vérifiée ; il lui reste à accepter son certificat, puis à signer."),
        False,
    ),
    "identity_retake": (gettext_lazy("Doit reprendre la photo de sa pièce d'identité."), False),
    "identity_refused": (
        gettext_lazy("Sa pièce d'identité n'a pas été acceptée ; il peut en présenter une autre."),
        False,
    ),
    "identity_elsewhere": (
        gettext_lazy("N'a pas de certificat chez le tiers de confiance à cette adresse e-mail."),
        False,
    ),
    "identity_name": (
        gettext_lazy("Sa pièce d'identité porte un autre {field}. Demandez-le-lui, puis corrigez-le."),
        True,
    ),
    "signer_differs": (gettext_lazy("Son certificat porte un autre {field}. Corrigez-le."), True),
    "certificate_suspended": (
        gettext_lazy("Son certificat est suspendu : il doit le rétablir avant de signer."),
        False,
    ),
    "certificate_unpaid": (gettext_lazy("Le crédit du cabinet ne suffit pas pour son certificat. Rechargez-le."), True),
    "mobile_missing": (gettext_lazy("Il manque son numéro de mobile. Ajoutez-le."), True),
}
NAME_PARTS: Final[dict[tuple[str, ...], Promise]] = {
    ("given_name",): gettext_lazy("prénom"),
    ("family_name",): gettext_lazy("nom"),
}
ROLES: Final[dict[str, Promise]] = {
    "signer": gettext_lazy("Signe"),
    "approver": gettext_lazy("Approuve sans signer"),
    "copy": gettext_lazy("Reçoit une copie"),
}
LEVELS: Final[dict[str, Promise]] = {
    "simple": gettext_lazy("Simple"),
    "advanced": gettext_lazy("Avancée"),
}
FIELDS: Final[dict[envelopes.FieldKind, Promise]] = {
    "signature": gettext_lazy("Signature"),
    "initials": gettext_lazy("Paraphe"),
    "mention": gettext_lazy("Mention manuscrite"),
    "text": gettext_lazy("Texte"),
    "date": gettext_lazy("Date"),
    "checkbox": gettext_lazy("Case à cocher"),
}
#: Fields that a document brought, by what can be put into them.
BROUGHT: Final[dict[str, Promise]] = {
    "signature": gettext_lazy("signature"),
    "text": gettext_lazy("texte"),
    "lines": gettext_lazy("texte"),
    "checkbox": gettext_lazy("case à cocher"),
}
