"""Where on a page the recipient signs and fills: drawn over its image, and said to who does not see it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from paraphe.platform.envelopes import api as envelopes

WORDS: dict[str, Promise] = {
    "signature": gettext_lazy("Vous signez ici"),
    "repeats": gettext_lazy("Signature rappelée ici"),
    "initials": gettext_lazy("Votre paraphe"),
    "mention": gettext_lazy("Votre mention"),
    "text": gettext_lazy("À remplir"),
    "date": gettext_lazy("La date"),
    "checkbox": gettext_lazy("À cocher"),
}


@dataclass(frozen=True)
class Mark:
    """A box on a page, in points as seen, and what is asked there."""

    x: float
    y: float
    width: float
    height: float
    words: str | Promise


def marks_of(view: envelopes.ceremony.CeremonyView, document: envelopes.DocumentView, page: int) -> Iterator[Mark]:
    """Yield the boxes of the recipient on a page (from 0); none once he did what was asked."""
    if view.phase != "turn":
        return
    for one in view.fields:
        if one.document_id == document.id and one.page == page and one.width:
            words = WORDS["repeats" if one.repeats else one.kind]
            yield Mark(one.x, one.y, one.width, one.height, words)
