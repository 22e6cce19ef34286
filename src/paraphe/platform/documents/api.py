"""The door of the documents room."""

from paraphe.platform.documents.actions import (
    add,
    begin_signature,
    delete,
    delete_due,
    note_download,
    settle,
    settle_recent,
)
from paraphe.platform.documents.errors import AlreadyBeingSigned, FileTooLarge, MayNot, PdfRefused
from paraphe.platform.documents.queries import (
    DocumentView,
    SignatureView,
    content,
    get,
    listing,
    page_image,
    signatures,
)
from paraphe.platform.documents.rules import download_name

__all__ = [
    "AlreadyBeingSigned",
    "DocumentView",
    "FileTooLarge",
    "MayNot",
    "PdfRefused",
    "SignatureView",
    "add",
    "begin_signature",
    "content",
    "delete",
    "delete_due",
    "download_name",
    "get",
    "listing",
    "note_download",
    "page_image",
    "settle",
    "settle_recent",
    "signatures",
]
