"""Why a document is not checked now."""

from paraphe.kernel.errors import DomainError


class Busy(DomainError):
    """As many documents as this process checks at once are being checked."""

    code = "busy"


class TooLargeToCheck(DomainError):
    """The document has more than ``params["limit"]`` bytes."""

    code = "file_too_large"
