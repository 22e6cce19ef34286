"""Reading DER and BER by slicing: every value keeps the octets it was read from (X.690).

What was signed is never encoded anew: digests are taken over the octets as they stand in the file, and reading takes
time in proportion to what is read.
"""

from dataclasses import dataclass

MAX_DEPTH, MAX_CHILDREN = 40, 50_000


class Unreadable(ValueError):
    """The octets are no BER value of the expected form."""


@dataclass(frozen=True, slots=True)
class Node:
    """One value: its identifier octet, where its content begins and ends, where it ends itself."""

    data: bytes
    start: int
    tag: int
    begin: int
    stop: int
    end: int

    @property
    def octets(self) -> bytes:
        """Return the whole value with tag and length."""
        return self.data[self.start : self.end]

    @property
    def content(self) -> bytes:
        """Return the content octets; those of the parts, joined, where a string is in parts (X.690 §8.7.3)."""
        if self.tag == 0x24:
            return b"".join(one.content for one in self.children())
        return self.data[self.begin : self.stop]

    def children(self) -> list["Node"]:
        """Return the values inside. Raises Unreadable."""
        if not self.tag & 0x20:
            raise Unreadable("a primitive value has no parts")
        found: list[Node] = []
        place = self.begin
        while place < self.stop:
            node = read(self.data, place, self.stop)
            found.append(node)
            place = node.end
            if len(found) > MAX_CHILDREN:
                raise Unreadable("too many parts")
        return found

    def expect(self, tag: int) -> "Node":
        """Return the node itself. Raises Unreadable where it has another tag."""
        if self.tag != tag:
            raise Unreadable(f"tag {self.tag:02x} where {tag:02x} must be")
        return self

    def only(self) -> "Node":
        """Return the one value inside. Raises Unreadable for none or several."""
        found = self.children()
        if len(found) != 1:
            raise Unreadable("one value expected")
        return found[0]

    def retagged(self, tag: int) -> bytes:
        """Return the octets with another identifier octet: an IMPLICIT tag taken off (X.690 §8.14)."""
        return bytes((tag,)) + self.data[self.start + 1 : self.end]

    def integer(self) -> int:
        """Return an INTEGER. Raises Unreadable for another type or an empty one."""
        self.expect(0x02)
        if self.begin == self.stop:
            raise Unreadable("an integer without octets")
        return int.from_bytes(self.data[self.begin : self.stop], "big", signed=True)

    def oid(self) -> str:
        """Return an OBJECT IDENTIFIER in dotted form. Raises Unreadable."""
        self.expect(0x06)
        content = self.data[self.begin : self.stop]
        if not content or content[-1] & 0x80 or len(content) > 64:
            raise Unreadable("no object identifier")
        arcs, value = [], 0
        for octet in content:
            value = value << 7 | octet & 0x7F
            if not octet & 0x80:
                arcs.append(value)
                value = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(str(one) for one in (first, arcs[0] - 40 * first, *arcs[1:]))


def read(data: bytes, place: int = 0, limit: int | None = None, depth: int = 0) -> Node:
    """Return the value that begins at ``place`` and ends before ``limit``. Raises Unreadable."""
    limit = len(data) if limit is None else limit
    if place + 2 > limit or depth > MAX_DEPTH:
        raise Unreadable("no value")
    tag, octet = data[place], data[place + 1]
    if tag & 0x1F == 0x1F:
        raise Unreadable("a tag of several octets")
    begin = place + 2
    if octet == 0x80:
        return _indefinite(data, place, begin, limit, depth)
    size = octet
    if octet & 0x80:
        count = octet & 0x7F
        if count > 8 or begin + count > limit:
            raise Unreadable("a length that is none")
        size = int.from_bytes(data[begin : begin + count], "big")
        begin += count
    if begin + size > limit:
        raise Unreadable("longer than what holds it")
    return Node(data, place, tag, begin, begin + size, begin + size)


def whole(data: bytes) -> Node:
    """Return the value that ``data`` begins with, all of it. Raises Unreadable when something else follows."""
    node = read(data)
    if node.end != len(data):
        raise Unreadable("something follows")
    return node


def _indefinite(data: bytes, start: int, begin: int, limit: int, depth: int) -> Node:
    """Return a value whose length is not said (X.690 §8.1.3.6), found by reading what is inside."""
    if not data[start] & 0x20:
        raise Unreadable("a primitive value without length")
    place = begin
    while data[place : place + 2] != b"\0\0":
        place = read(data, place, limit, depth + 1).end
    if place + 2 > limit:
        raise Unreadable("no end")
    return Node(data, start, data[start], begin, place, place + 2)
