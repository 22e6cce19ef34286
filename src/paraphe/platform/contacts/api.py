"""The door of the contacts room."""

from paraphe.platform.contacts.actions import add, change, delete, merge
from paraphe.platform.contacts.errors import BadContact, BadFile, MayNot, NothingToMerge
from paraphe.platform.contacts.exporting import export_csv, export_vcard
from paraphe.platform.contacts.folding import fold as folded
from paraphe.platform.contacts.importing import (
    ImportPreview,
    ImportResult,
    Refusal,
    abandon_import,
    begin_import,
    import_rows,
    pending_import,
)
from paraphe.platform.contacts.privacy import about, erase
from paraphe.platform.contacts.queries import (
    ContactView,
    DuplicateGroup,
    Listing,
    check,
    duplicates,
    everybody,
    get,
    listing,
)
from paraphe.platform.contacts.reading import MOST_BYTES, MOST_LINES
from paraphe.platform.contacts.rules import FIELDS, LANGUAGES, LENGTHS, ContactData

__all__ = [
    "FIELDS",
    "LANGUAGES",
    "LENGTHS",
    "MOST_BYTES",
    "MOST_LINES",
    "BadContact",
    "BadFile",
    "ContactData",
    "ContactView",
    "DuplicateGroup",
    "ImportPreview",
    "ImportResult",
    "Listing",
    "MayNot",
    "NothingToMerge",
    "Refusal",
    "abandon_import",
    "about",
    "add",
    "begin_import",
    "change",
    "check",
    "delete",
    "duplicates",
    "erase",
    "everybody",
    "export_csv",
    "export_vcard",
    "folded",
    "get",
    "import_rows",
    "listing",
    "merge",
    "pending_import",
]
