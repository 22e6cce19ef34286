"""Errors of the pki library."""

from paraphe.kernel.errors import DomainError


class TimestampUnavailable(DomainError):
    """No timestamp token can be had now; asking again later may help."""

    code = "timestamp_unavailable"


class RevocationUnavailable(DomainError):
    """No revocation information can be had now; asking again later may help."""

    code = "revocation_unavailable"
