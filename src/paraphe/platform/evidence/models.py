"""The evidence log."""

from paraphe.floor.chain import ChainedEntry


class EvidenceEntry(ChainedEntry):
    """One event. Append-only and hash-chained.

    Personal data: numbers of persons, network addresses and user agents. Kept as long as evidence is kept; names and
    addresses of people never stand here, so that erasing a person leaves the chain valid.
    """
