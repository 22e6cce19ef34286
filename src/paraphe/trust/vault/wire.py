"""How the signer and its clients speak: a length in four bytes, then JSON; over a Unix socket of any path length."""

import base64
import contextlib
import json
import os
import socket
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

MAX_MESSAGE = 1 << 20


class BadMessage(Exception):
    """What came over the socket is not a message: cut short, too long, or not a JSON object."""


def send(connection: socket.socket, message: Mapping[str, object]) -> None:
    """Send one message. Raises BadMessage when it is too long, OSError when the other side is gone."""
    data = json.dumps(message, separators=(",", ":")).encode()
    if len(data) > MAX_MESSAGE:
        raise BadMessage
    connection.sendall(struct.pack(">I", len(data)) + data)


def receive(connection: socket.socket) -> dict[str, object] | None:
    """Return the next message, None when the other side closed between two. Raises BadMessage, OSError."""
    head = _exactly(connection, 4)
    if head is None:
        return None
    (length,) = struct.unpack(">I", head)
    data = _exactly(connection, length) if 0 < length <= MAX_MESSAGE else None
    if data is None:
        raise BadMessage
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):
        raise BadMessage from None
    if not isinstance(message, dict):
        raise BadMessage
    return message


def encode(values: list[bytes]) -> list[str]:
    """Return bytes as JSON carries them."""
    return [base64.b64encode(value).decode() for value in values]


def decode(values: object) -> list[bytes]:
    """Return the bytes that JSON carried. Raises BadMessage for anything else than a list of base64 texts."""
    if not isinstance(values, list):
        raise BadMessage
    try:
        return [base64.b64decode(value, validate=True) for value in values]
    except (ValueError, TypeError):
        raise BadMessage from None


def at(path: Path, act: Callable[[str], None]) -> None:
    """Call ``act`` with an address of ``path`` that fits a socket address (108 bytes), however long the path is."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        act(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)


def close(connection: socket.socket) -> None:
    """Close, whatever state the connection is in."""
    with contextlib.suppress(OSError):
        connection.close()


def _exactly(connection: socket.socket, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(min(length - len(parts), 65536))
        if not part:
            if parts:
                raise BadMessage
            return None
        parts += part
    return bytes(parts)
