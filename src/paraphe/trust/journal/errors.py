"""Errors of the journal."""

from paraphe.floor.chain import EntryRefused
from paraphe.kernel.errors import DomainError

__all__ = ["EntryRefused", "TagRefused"]


class TagRefused(DomainError):
    """The tag is not ``noun:verb`` in lower case."""

    code = "tag_refused"
