"""What can be wrong with documents and with what is asked of them."""

from paraphe.kernel.errors import DomainError
from paraphe.pdf.api import PdfRefused
from paraphe.platform.signing.api import BeingSigned as AlreadyBeingSigned

__all__ = ["AlreadyBeingSigned", "FileTooLarge", "MayNot", "PdfRefused"]


class FileTooLarge(DomainError):
    """The file is larger than this platform accepts; ``params["limit"]`` is the limit in bytes."""

    code = "file_too_large"


class MayNot(DomainError):
    """The person does not have the right for this in this firm; ``params["right"]`` names it."""

    code = "may_not"
