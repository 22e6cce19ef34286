"""DER (ITU-T X.690 §10): written by splicing bytes, and read strictly, for small messages that come often."""

from paraphe.kernel.errors import DomainError

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OBJECT_IDENTIFIER, ENUMERATED = 0x01, 0x02, 0x03, 0x04, 5, 6, 0x0A
UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31
MOST_LENGTH_OCTETS = 4


class NotDer(DomainError):
    """The bytes are not DER, or not of the structure that is read."""

    code = "not_der"


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


def explicit(number: int, *parts: bytes) -> bytes:
    """Return a value under an explicit, context-specific tag."""
    return tlv(0xA0 | number, *parts)


def integer(value: int) -> bytes:
    """Return an INTEGER in the fewest octets (§8.3)."""
    size = (value.bit_length() if value >= 0 else (value + 1).bit_length()) // 8 + 1
    return tlv(INTEGER, value.to_bytes(size, "big", signed=True))


class Reader:
    """Reads the values of a structure one after the other; whatever is not strict DER raises NotDer.

    Tags of one octet and definite lengths in the fewest octets, which is all that our messages have.
    """

    def __init__(self, data: bytes, start: int = 0, end: int | None = None) -> None:
        self._data = data
        self._at = start
        self._end = len(data) if end is None else end

    @property
    def tag(self) -> int:
        """Return the tag of the next value, -1 at the end."""
        return self._data[self._at] if self._at < self._end else -1

    def take(self, tag: int) -> bytes:
        """Return the content of the next value, which must have this tag."""
        begin, end = self._next(tag)
        return self._data[begin:end]

    def whole(self, tag: int) -> bytes:
        """Return the next value with its tag and length."""
        start = self._at
        _, end = self._next(tag)
        return self._data[start:end]

    def inside(self, tag: int) -> "Reader":
        """Return a reader of what is inside the next value, which must have this tag."""
        return Reader(self._data, *self._next(tag))

    def integer(self) -> int:
        """Return the next value, an INTEGER in the fewest octets."""
        content = self.take(INTEGER)
        if not content or (len(content) > 1 and content[0] in (0, 0xFF) and (content[0] ^ content[1]) < 0x80):
            raise NotDer(reason="integer")
        return int.from_bytes(content, "big", signed=True)

    def boolean(self) -> bool:
        """Return the next value, a BOOLEAN of 00 or FF."""
        content = self.take(BOOLEAN)
        if content not in (b"\x00", b"\xff"):
            raise NotDer(reason="boolean")
        return content == b"\xff"

    def null(self) -> None:
        """Skip the next value, a NULL."""
        if self.take(NULL):
            raise NotDer(reason="null")

    def done(self) -> None:
        """Check that nothing follows."""
        if self._at != self._end:
            raise NotDer(reason="more than expected")

    def _next(self, tag: int) -> tuple[int, int]:
        data, at = self._data, self._at
        if self._end - at < 2 or data[at] != tag:
            raise NotDer(reason="tag")
        size, begin = data[at + 1], at + 2
        if size >= 0x80:
            count = size & 0x7F
            if not 1 <= count <= MOST_LENGTH_OCTETS or begin + count > self._end:
                raise NotDer(reason="length")
            size = int.from_bytes(data[begin : begin + count], "big")
            if size < 0x80 or size >> 8 * (count - 1) == 0:
                raise NotDer(reason="length")
            begin += count
        if begin + size > self._end:
            raise NotDer(reason="length")
        self._at = begin + size
        return begin, begin + size
