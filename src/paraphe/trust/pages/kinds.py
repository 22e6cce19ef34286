"""Names of the kinds and sides of identity documents, as people read them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KIND_LABELS: dict[str, Promise] = {
    "identity_card": _("Carte nationale d'identité"),
    "passport": _("Passeport"),
    "residence_permit": _("Titre de séjour"),
    "driving_licence": _("Permis de conduire"),
}
KIND_HELP: dict[str, Promise] = {
    "identity_card": _("Recto et verso. Ancien ou nouveau format."),
    "passport": _("La page avec votre photo."),
    "residence_permit": _("Recto et verso."),
    "driving_licence": _("Recto et verso. Format carte de crédit."),
}
SIDE_LABELS: dict[str, Promise] = {"front": _("Recto"), "back": _("Verso")}
