"""Errors of messaging."""

from paraphe.kernel.errors import DomainError, NotFound


class AddressRefused(DomainError):
    """The e-mail address or the telephone number cannot be one (``kind`` says which it should have been)."""

    code = "address_refused"


class MessageUnknown(NotFound):
    """There is no such message, or it is older than ninety days."""
