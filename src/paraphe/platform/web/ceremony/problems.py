"""What people read when an answer to one question cannot be taken."""

from django.utils.translation import gettext_lazy

EMPTY = gettext_lazy("Remplissez cette case.")
FIELD_PROBLEMS = {
    "empty": EMPTY,
    "too_long": gettext_lazy("Ce texte est trop long : 500 caractères au plus."),
    "date": gettext_lazy("Donnez une date, par exemple 28/11/2026."),
    "drawing": gettext_lazy("Ce dessin ne se lit pas : effacez-le et recommencez, ou écrivez au clavier."),
    "mention": gettext_lazy("Recopiez exactement la mention demandée."),
}
