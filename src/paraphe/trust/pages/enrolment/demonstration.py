"""Photographs of identity cards that do not exist, for those who try the demonstration."""

from django.templatetags.static import static
from django.utils.text import slugify
from django.utils.translation import gettext as _

#: People of the demonstration for whom there is a card (``static/trust/demonstration``), as they are named.
PEOPLE = ("Alice Martin", "Étienne Le Gall-Dubois", "Bob Petit", "Paul Garnier")


def samples(name: str, side: str) -> list[tuple[str, str]]:
    """Return label and address of the drawn card in this ``name``; for anybody else, of all of them."""
    people = [name] if name in PEOPLE else PEOPLE
    label = _("%(name)s, recto") if side == "front" else _("%(name)s, verso")
    return [(label % {"name": one}, static(f"trust/demonstration/{slugify(one)}-{side}.jpg")) for one in people]
