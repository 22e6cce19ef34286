"""Writing DER (ITU-T X.690 §10) by splicing bytes: for structures of which only a few octets change."""

SEQUENCE, SET, OCTET_STRING = 0x30, 0x31, 0x04


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return one value with its tag and its definite length in the fewest octets (§10.1)."""
    content = b"".join(parts)
    return bytes((tag,)) + length(len(content)) + content


def length(size: int) -> bytes:
    """Return the length octets for ``size`` octets of content."""
    if size < 0x80:
        return bytes((size,))
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


def sequence(*parts: bytes) -> bytes:
    """Return a SEQUENCE of encoded values."""
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes) -> bytes:
    """Return a SET OF encoded values, in the order that DER wants (§11.6)."""
    return tlv(SET, *sorted(parts))
