"""What lies in /Contents: one BER or DER object, zeros behind it, and which kind of CMS it is by its first bytes.

Only the shape (RFC 5652 §3 to §5, ISO 32000-2 §12.8.3); what the message says is read elsewhere, by a CMS library.
"""

from dataclasses import dataclass
from typing import Literal

MAX_DEPTH = 32
MAX_ITEMS = 200_000
SEQUENCE, OID, OCTETS, CONSTRUCTED_OCTETS, TAG_0 = 0x30, 0x06, 0x04, 0x24, 0xA0
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
DATA = bytes.fromhex("2a864886f70d010701")
TST_INFO = bytes.fromhex("2a864886f70d0109100104")

Shape = Literal["detached", "attached", "timestamp", "octets", "other", "unreadable"]


@dataclass(frozen=True)
class Contents:
    """The object in /Contents, and whether only zeros follow it."""

    der: bytes
    shape: Shape
    padded_with_zeros: bool


class BerError(ValueError):
    """The bytes are no BER object."""


@dataclass(frozen=True)
class Item:
    """One tag, length and value: where its value begins and ends, and where the whole ends."""

    tag: int
    start: int
    stop: int
    end: int


def examine(padded: bytes) -> Contents:
    """Return what ``padded`` holds. Never raises."""
    try:
        whole = item(padded, 0)
    except BerError:
        return Contents(b"", "unreadable", padded_with_zeros=False)
    der = padded[: whole.end]
    return Contents(der, _shape(der, whole), not padded[whole.end :].strip(b"\0"))


def _shape(data: bytes, whole: Item) -> Shape:
    if whole.tag in (OCTETS, CONSTRUCTED_OCTETS):
        return "octets"
    try:
        kind = item(data, whole.start)
        if whole.tag != SEQUENCE or kind.tag != OID or data[kind.start : kind.stop] != SIGNED_DATA:
            return "other"
        signed = item(data, item(data, kind.end).start)
        algorithms = item(data, item(data, signed.start).end)
        inside = item(data, algorithms.end)
        content_type = item(data, inside.start)
    except BerError:
        return "unreadable"
    if signed.tag != SEQUENCE or inside.tag != SEQUENCE or content_type.tag != OID:
        return "unreadable"
    attached = content_type.end < inside.stop and data[content_type.end] == TAG_0
    kinds: dict[bytes, Shape] = {DATA: "attached" if attached else "detached", TST_INFO: "timestamp"}
    return kinds.get(data[content_type.start : content_type.stop], "other")


def item(data: bytes, position: int) -> Item:
    """Return the item at ``position``; of an indefinite length, too (X.690 §8.1.3.6). Raises BerError."""
    if position + 2 > len(data):
        raise BerError("cut off")
    tag, length, start = data[position], data[position + 1], position + 2
    if tag & 0x1F == 0x1F:
        raise BerError("long tag")
    if length == 0x80:
        if not tag & 0x20:
            raise BerError("indefinite and primitive")
        stop = _indefinite(data, start)
        return Item(tag, start, stop, stop + 2)
    if length > 0x80:
        octets = length & 0x7F
        if octets > 4 or start + octets > len(data):
            raise BerError("length")
        length = int.from_bytes(data[start : start + octets], "big")
        start += octets
    if start + length > len(data):
        raise BerError("cut off")
    return Item(tag, start, start + length, start + length)


def _indefinite(data: bytes, position: int) -> int:
    """Return where the end-of-contents octets stand that close what begins at ``position``."""
    depth, seen = 1, 0
    while True:
        seen += 1
        if seen > MAX_ITEMS or position + 2 > len(data):
            raise BerError("no end")
        if data[position : position + 2] == b"\0\0":
            depth -= 1
            if not depth:
                return position
            position += 2
        elif data[position + 1] == 0x80 and data[position] & 0x20:
            depth += 1
            if depth > MAX_DEPTH:
                raise BerError("too deep")
            position += 2
        else:
            position = item(data, position).end
