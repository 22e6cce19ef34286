"""What can be wrong with a trusted list."""

from paraphe.kernel.errors import DomainError


class ListUnreadable(DomainError):
    """The bytes are no trusted list of version 5 or 6."""

    code = "list_unreadable"


class ListNotSigned(DomainError):
    """The list bears no signature by one of the certificates that may sign it, over all of it."""

    code = "list_not_signed"


class ListOutdated(DomainError):
    """The list is older than the one that is known already."""

    code = "list_outdated"
