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
PROFILE_LABELS: dict[str, Promise] = {
    "fr_identity_card_2021": _("Carte d'identité française depuis 2021"),
    "fr_identity_card_1988": _("Carte d'identité française avant 2021"),
    "passport": _("Passeport"),
    "residence_permit": _("Titre de séjour français"),
    "driving_licence": _("Permis de conduire français depuis 2013"),
    "eu_identity_card_td1": _("Carte d'identité européenne, trois lignes"),
    "eu_identity_card_td2": _("Carte d'identité européenne, deux lignes"),
}
