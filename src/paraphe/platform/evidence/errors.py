"""Errors of the evidence room."""

from paraphe.kernel.errors import DomainError


class UnknownTag(DomainError):
    """The event is not in the vocabulary: a fault of the program, found by tests."""

    code = "unknown_tag"


class FirmMissing(DomainError):
    """An event of a collection does not say of which firm: a fault of the program, found by tests."""

    code = "firm_missing"
