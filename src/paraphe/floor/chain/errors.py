"""Errors of the chained log."""

from paraphe.kernel.errors import DomainError


class EntryRefused(DomainError):
    """The entry cannot be written: its data is not plain JSON (``place`` says where), or it would change the past."""

    code = "entry_refused"
