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
RECIPIENT_TONES: Final = {"signed": "success", "approved": "success", "refused": "danger", "bounced": "danger"}
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
