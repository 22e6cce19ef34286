"""What a list of documents shows, as it stands in the address of the page."""

from collections.abc import Mapping
from typing import Final, cast, get_args
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from paraphe.platform.documents import api as documents
from paraphe.platform.documents.api import Filters

KINDS: Final = (
    ("engagement_letter", gettext_lazy("Lettre de mission")),
    ("annual_accounts", gettext_lazy("Comptes annuels")),
    ("payslip", gettext_lazy("Bulletin de paie")),
    ("attestation", gettext_lazy("Attestation")),
    ("other", gettext_lazy("Autre")),
)
STATES: Final[tuple[tuple[str, Promise], ...]] = (
    ("unsigned", gettext_lazy("À signer")),
    ("signed", gettext_lazy("Signés ici")),
    ("ending", gettext_lazy("Bientôt supprimés")),
    ("held", gettext_lazy("Gelés")),
)
LONGEST_TEXT: Final = 100


def filters_of(words: Mapping[str, str]) -> Filters:
    """Return the filters that an address asks for; what makes no sense filters nothing."""
    kind, state, owner = words.get("nature", ""), words.get("etat", ""), words.get("qui", "")
    return Filters(
        kind=kind if kind in dict(KINDS) else "",
        state=cast(documents.State, state) if state in get_args(documents.State) else "",
        text=words.get("texte", "")[:LONGEST_TEXT],
        owner=int(owner) if owner.isascii() and owner.isdecimal() and len(owner) < 16 else None,
    )


def query_of(filters: Filters, **more: str) -> str:
    """Return the address part that says ``filters``, with its question mark; empty when there are none."""
    words = {"nature": filters.kind, "etat": filters.state, "texte": filters.text, **more}
    if filters.owner is not None:
        words["qui"] = str(filters.owner)
    given = {name: value for name, value in words.items() if value}
    return f"?{urlencode(given)}" if given else ""
