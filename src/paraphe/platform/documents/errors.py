"""What can be wrong with documents and with what is asked of them."""

from paraphe.kernel.errors import DomainError
from paraphe.pdf.api import PdfRefused
from paraphe.platform.signing.api import BeingSigned as AlreadyBeingSigned

__all__ = [
    "AlreadyBeingSigned",
    "FieldMissing",
    "FileTooLarge",
    "MayNot",
    "NothingChosen",
    "PdfRefused",
    "TextMissing",
    "TooMany",
    "UnknownKind",
]


class FileTooLarge(DomainError):
    """The file is larger than this platform accepts; ``params["limit"]`` is the limit in bytes."""

    code = "file_too_large"


class FieldMissing(PdfRefused):
    """The document has no empty signature field."""

    code = "no_empty_field"


class TextMissing(PdfRefused):
    """The document nowhere has the text under which it was to be signed; ``params["text"]`` is that text."""

    code = "text_missing"


class NothingChosen(DomainError):
    """No document was chosen."""

    code = "nothing_chosen"


class TooMany(DomainError):
    """More documents were chosen than can be signed at once; ``params["limit"]`` is how many can."""

    code = "too_many_documents"


class UnknownKind(DomainError):
    """There is no such kind of document."""

    code = "unknown_kind"


class MayNot(DomainError):
    """The person does not have the right for this in this firm; ``params["right"]`` names it."""

    code = "may_not"
