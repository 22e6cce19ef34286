"""What an entry's hash covers, and which values an entry may hold. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from paraphe.floor.chain.errors import EntryRefused
from paraphe.kernel.digests import canonical_json, sha256_hex

GENESIS = "0" * 64


def plain(value: object, place: str = "data") -> Any:
    """Return ``value`` as JSON that both databases give back unchanged.

    Identifiers and moments become text; text loses NUL and lone surrogates, which PostgreSQL refuses. Raises
    EntryRefused for floats (databases print them differently), bytes and everything else.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return text(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Mapping):
        return {text(str(key)): plain(item, f"{place}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [plain(item, f"{place}[{index}]") for index, item in enumerate(items)]
    raise EntryRefused(reason="not_plain", place=place, type=type(value).__name__)


def text(value: str, limit: int | None = None) -> str:
    """Return ``value`` without what cannot be stored, cut to ``limit`` characters."""
    return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")[:limit]


def moment(at: datetime) -> str:
    """Return ``at`` in UTC to the microsecond, always in the same shape."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def hash_of(fields: Mapping[str, object]) -> str:
    """Return the SHA-256, in hexadecimal, of the canonical JSON of ``fields``."""
    return sha256_hex(canonical_json(fields))
