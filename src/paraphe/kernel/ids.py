"""Identifiers and random tokens."""

import secrets
import uuid


def new_id() -> uuid.UUID:
    """Return a new random identifier (UUID version 4)."""
    return uuid.uuid4()


def new_token(octets: int = 32) -> str:
    """Return an unguessable token of ``octets`` random bytes, safe in a URL. Store only its digest."""
    return secrets.token_urlsafe(octets)
