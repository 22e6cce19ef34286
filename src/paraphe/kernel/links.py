"""What chained logs hash: entries, links of a chain, commitments to what may be erased.

The log on the platform and the check of an evidence file without any server compute the same, from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from paraphe.kernel.digests import canonical_json, sha256_hex

GENESIS: Final = "0" * 64


@dataclass(frozen=True)
class Link:
    """One place in a chain: ``position`` counts from 1, hashes are 64 hexadecimal characters.

    ``inner`` is the hash of the link that the same entry has in a narrower chain (that of its collection), or empty:
    so the head of a firm's chain stands for the chains of all its collections.
    """

    scope: str
    position: int
    entry: str
    inner: str
    previous: str

    @property
    def hash(self) -> str:
        """Return the SHA-256 of the canonical JSON of this link."""
        fields: dict[str, object] = {
            "scope": self.scope,
            "position": self.position,
            "entry": self.entry,
            "inner": self.inner,
            "previous": self.previous,
        }
        return sha256_hex(canonical_json(fields))


def entry_hash(fields: Mapping[str, object]) -> str:
    """Return the SHA-256 of the canonical JSON of an entry, all its fields but the hash itself."""
    return sha256_hex(canonical_json({name: value for name, value in fields.items() if name != "entry_hash"}))


def commitment(salt: str, values: Mapping[str, object]) -> str:
    """Return what an entry says in the place of ``values``, of which nothing can be guessed once ``salt`` is gone.

    ``salt`` is 64 hexadecimal characters of random bits.
    """
    return sha256_hex(canonical_json({"salt": salt, "values": dict(values)}))
