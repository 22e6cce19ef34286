"""What can be wrong with documents and with what is asked of them."""

from paraphe.kernel.errors import DomainError
from paraphe.pdf.api import PdfRefused
from paraphe.platform.signing.api import BeingSigned as AlreadyBeingSigned

__all__ = [
    "AlreadyBeingSigned",
    "FieldMissing",
    "FileTooLarge",
    "Held",
    "HeldTogether",
    "MayNot",
    "NothingChosen",
    "PdfRefused",
    "ReasonMissing",
    "TextMissing",
    "TitleEmpty",
    "TooBusy",
    "TooLong",
    "TooMany",
    "UnknownKind",
    "WrongOffset",
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


class TitleEmpty(DomainError):
    """A title has at least one character that is seen."""

    code = "title_empty"


class TooLong(DomainError):
    """A text is longer than ``params["limit"]`` characters."""

    code = "text_too_long"


class Held(DomainError):
    """The document is under legal hold: nobody deletes it."""

    code = "held"


class HeldTogether(DomainError):
    """An order for many documents holds this one: that order ends, not the hold of one document."""

    code = "held_together"


class ReasonMissing(DomainError):
    """A legal hold has a reason."""

    code = "reason_missing"


class WrongOffset(DomainError):
    """Bytes came for another place than the next one; ``params["offset"]`` is where to go on."""

    code = "wrong_offset"


class TooBusy(DomainError):
    """The person sends more files at once than the platform takes; again in ``params["seconds"]`` seconds."""

    code = "too_busy"
