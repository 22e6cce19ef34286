"""The door of the documents room."""

from paraphe.platform.documents.actions import (
    add,
    delete,
    delete_due,
    note_download,
    note_opened,
)
from paraphe.platform.documents.errors import (
    AlreadyBeingSigned,
    FieldMissing,
    FileTooLarge,
    MayNot,
    NothingChosen,
    PdfRefused,
    TextMissing,
    TooMany,
)
from paraphe.platform.documents.placing import PLACES, Rule, foot_of, inside
from paraphe.platform.documents.queries import (
    DocumentView,
    SignatureView,
    content,
    get,
    listing,
    page_image,
    signatures,
    unsigned,
)
from paraphe.platform.documents.rules import download_name
from paraphe.platform.documents.signature import (
    MOST_AT_ONCE,
    SignedDocument,
    begin_signature,
    begin_signatures,
    refusals_of,
    results_of,
    settle,
    settle_recent,
)

__all__ = [
    "MOST_AT_ONCE",
    "PLACES",
    "AlreadyBeingSigned",
    "DocumentView",
    "FieldMissing",
    "FileTooLarge",
    "MayNot",
    "NothingChosen",
    "PdfRefused",
    "Rule",
    "SignatureView",
    "SignedDocument",
    "TextMissing",
    "TooMany",
    "add",
    "begin_signature",
    "begin_signatures",
    "content",
    "delete",
    "delete_due",
    "download_name",
    "foot_of",
    "get",
    "inside",
    "listing",
    "note_download",
    "note_opened",
    "page_image",
    "refusals_of",
    "results_of",
    "settle",
    "settle_recent",
    "signatures",
    "unsigned",
]
