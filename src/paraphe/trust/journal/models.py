"""The journal of the trust services."""

from paraphe.floor.chain import ChainedEntry


class JournalEntry(ChainedEntry):
    """One event of the trust services. Append-only and hash-chained.

    Personal data: numbers of persons and officers, network addresses and user agents. Kept as long as the trust
    service exists (ETSI EN 319 401 §7.10); names never stand here, so that erasing a person leaves the chain valid.
    """
