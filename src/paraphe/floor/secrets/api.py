"""The door of secrets: seal and open small values, hash them under a key, compare in constant time.

Each purpose has a key of its own, derived from the sealing key of the site (HKDF-SHA256, RFC 5869): a value sealed for
one purpose cannot be opened for another, and a hash made for one says nothing about a hash made for another.
"""

import hmac
import os
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from paraphe.floor.secrets.errors import SealBroken
from paraphe.floor.secrets.fields import SealedTextField

__all__ = ["SealBroken", "SealedTextField", "keyed_hash", "same", "seal", "seal_text", "unseal", "unseal_text"]

VERSION = b"\x01"
NONCE_OCTETS = 12
TAG_OCTETS = 16


def seal(data: bytes, purpose: str) -> bytes:
    """Return ``data`` sealed by AES-256-GCM for ``purpose``; 29 bytes longer, different at each call."""
    nonce = os.urandom(NONCE_OCTETS)
    return VERSION + nonce + AESGCM(_key("seal", purpose)).encrypt(nonce, data, VERSION + purpose.encode())


def unseal(blob: bytes, purpose: str) -> bytes:
    """Return what was sealed in ``blob`` for ``purpose``. Raises SealBroken."""
    blob = bytes(blob)
    if len(blob) < len(VERSION) + NONCE_OCTETS + TAG_OCTETS or not blob.startswith(VERSION):
        raise SealBroken(purpose=purpose)
    nonce, sealed = blob[1 : 1 + NONCE_OCTETS], blob[1 + NONCE_OCTETS :]
    try:
        return AESGCM(_key("seal", purpose)).decrypt(nonce, sealed, VERSION + purpose.encode())
    except InvalidTag:
        raise SealBroken(purpose=purpose) from None


def seal_text(text: str, purpose: str) -> bytes:
    """Return ``text`` sealed for ``purpose``."""
    return seal(text.encode(), purpose)


def unseal_text(blob: bytes, purpose: str) -> str:
    """Return the text that was sealed in ``blob`` for ``purpose``. Raises SealBroken."""
    return unseal(blob, purpose).decode()


def keyed_hash(value: str | bytes, purpose: str) -> str:
    """Return the HMAC-SHA256 of ``value`` for ``purpose``: 64 lower-case hexadecimal characters, always the same."""
    data = value.encode() if isinstance(value, str) else value
    return hmac.new(_key("hash", purpose), data, sha256).hexdigest()


def same(one: str | bytes, other: str | bytes) -> bool:
    """Tell whether two secrets are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(
        one.encode() if isinstance(one, str) else one, other.encode() if isinstance(other, str) else other
    )


def _key(use: str, purpose: str) -> bytes:
    return _derived(settings.SEALING_KEY, f"paraphe|{use}|{purpose}")


@lru_cache(maxsize=256)
def _derived(master: bytes, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode()).derive(master)
