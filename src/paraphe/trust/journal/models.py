"""The journal of the trust services."""

from paraphe.floor.chain import ChainedEntry


class JournalEntry(ChainedEntry):
    """One event of the trust services. Append-only and hash-chained.

    Personal data: numbers of persons and officers, network addresses and user agents. Kept for seven years after the
    last certificate that it speaks of has expired (ETSI EN 319 411-1 §6.4.6); names never stand here, so that erasing
    a person leaves the chain valid.
    """
