"""The door of the library."""

from paraphe.trustlists.errors import ListNotSigned, ListOutdated, ListUnreadable
from paraphe.trustlists.store import EU_LISTS, Store, Update, known_signers
from paraphe.trustlists.values import TrustedService

__all__ = [
    "EU_LISTS",
    "ListNotSigned",
    "ListOutdated",
    "ListUnreadable",
    "Store",
    "TrustedService",
    "Update",
    "known_signers",
]
