"""Errors of sealing."""

from paraphe.kernel.errors import DomainError


class SealBroken(DomainError):
    """The sealed value was changed, cut, sealed for another purpose, or sealed under another key."""

    code = "seal_broken"
