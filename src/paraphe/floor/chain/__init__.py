"""The hash-chained, append-only log that evidence and journal are made of."""

from paraphe.floor.chain.api import (
    AppendOnly,
    ChainedEntry,
    EntryRefused,
    Head,
    append,
    exported,
    head,
    is_intact,
    plain,
    verify,
)

__all__ = [
    "AppendOnly",
    "ChainedEntry",
    "EntryRefused",
    "Head",
    "append",
    "exported",
    "head",
    "is_intact",
    "plain",
    "verify",
]
