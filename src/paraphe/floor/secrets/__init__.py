"""Sealing of small values and keyed hashes under the key of the site."""

from paraphe.floor.secrets.api import (
    SealBroken,
    SealedTextField,
    keyed_hash,
    same,
    seal,
    seal_text,
    unseal,
    unseal_text,
)

__all__ = ["SealBroken", "SealedTextField", "keyed_hash", "same", "seal", "seal_text", "unseal", "unseal_text"]
