"""SHA-256 and nothing else, in the three shapes that the code needs."""

import hashlib
import json
from collections.abc import Iterable, Mapping


def sha256(data: bytes) -> bytes:
    """Return the 32-byte SHA-256 digest of ``data``."""
    return hashlib.sha256(data).digest()


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 digest of ``data`` as 64 lower-case hexadecimal characters."""
    return hashlib.sha256(data).hexdigest()


def sha256_stream(chunks: Iterable[bytes]) -> bytes:
    """Return the SHA-256 digest of ``chunks`` joined, reading them once."""
    state = hashlib.sha256()
    for chunk in chunks:
        state.update(chunk)
    return state.digest()


def canonical_json(value: Mapping[str, object]) -> bytes:
    """Return the one byte string that stands for ``value``: sorted keys, no spaces, UTF-8.

    Raises TypeError for values that JSON does not know.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
