"""The grammar of dictionaries as far as the fast path needs it: top-level entries, and where each value lies.

ISO 32000-2 §7.2 and §7.3. Whatever is legal but rare (comments inside values, names written with #, strings nested more
than twice, containers nested deeper than four, bytes beyond ASCII outside strings) is ``Unusual``, not wrong: the
general path reads it. Every expression is possessive, so that none can take more than linear time on any bytes.
"""

import re
from dataclasses import dataclass
from mmap import mmap
from typing import Any, cast

Buffer = bytes | mmap

LONGEST = 1 << 18
"""Bytes of one dictionary above which it is unusual."""


class Unusual(Exception):
    """The fast path does not know this shape of file; nothing is said of whether it is right."""


W = rb"[\t\n\r ]"
_GAP = W + rb"*+"
_BREAK = rb"(?![^\t\n\r /<>\[\]()%])"
_STRING = rb"\((?:[^()\\]|\\(?s:.)|\((?:[^()\\]|\\(?s:.)|\((?:[^()\\]|\\(?s:.))*+\))*+\))*+\)"
_HEX = rb"<[0-9A-Fa-f\t\n\r ]*+>"
STRING = rb"(?:" + _HEX + rb"|" + _STRING + rb")"
_REF = rb"[1-9][0-9]{0,9}+" + W + rb"++[0-9]{1,5}+" + W + rb"++R" + _BREAK
_NAME = rb"/[!\"$&'*-.0-;=?-Z\\^-z|~]*+" + _BREAK
_WORD = rb"(?:true|false|null|[+-]?+(?:[0-9]++\.?+[0-9]*+|\.[0-9]++))" + _BREAK
_PLAIN = rb"|".join((_NAME, _REF, _WORD, _HEX, _STRING))


def _value(depth: int) -> bytes:
    """Return the expression of a value in which containers are nested at most ``depth`` times."""
    if depth == 0:
        return _PLAIN
    inner = rb"(?:" + _value(depth - 1) + rb")"
    dictionary = rb"<<(?:" + _GAP + _NAME + _GAP + inner + rb")*+" + _GAP + rb">>"
    array = rb"\[(?:" + _GAP + inner + rb")*+" + _GAP + rb"\]"
    return rb"|".join((_PLAIN, dictionary, array))


_COMMENTED = rb"(?:" + W + rb"|%[^\r\n]*+[\r\n])*+"
_ENTRY = re.compile(_COMMENTED + rb"/([A-Za-z0-9_.:+*$@!-]++)" + _GAP + rb"(" + _value(4) + rb")")
_OPEN = re.compile(_GAP + rb"<<")
_CLOSE = re.compile(_COMMENTED + rb">>")
REFERENCE = re.compile(rb"([1-9][0-9]{0,9}+)" + W + rb"++([0-9]{1,5}+)" + W + rb"++R" + _BREAK)
_REFERENCES = re.compile(rb"\[(?:" + _GAP + _REF + rb")*+" + _GAP + rb"\]")
_INTEGER = re.compile(rb"[0-9]{1,15}+")
SPACES = re.compile(_GAP)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary: its bytes from ``<<`` to ``>>``, its entries as they are written, where it ended."""

    raw: bytes
    entries: dict[bytes, bytes]
    end: int

    def reference(self, key: bytes) -> int:
        """Return the object number of the reference under ``key``, generation 0. Raises Unusual."""
        return reference(self.entries.get(key, b""))

    def integer(self, key: bytes) -> int:
        """Return the natural number under ``key``. Raises Unusual."""
        return integer(self.entries.get(key, b""))


def reference(raw: bytes) -> int:
    """Return the object number of a reference with generation 0. Raises Unusual for anything else."""
    found = REFERENCE.fullmatch(raw)
    if found is None or int(found[2]):
        raise Unusual("reference")
    return int(found[1])


def references(raw: bytes) -> list[int]:
    """Return the object numbers in an array of references, all with generation 0. Raises Unusual."""
    if _REFERENCES.fullmatch(raw) is None:
        raise Unusual("array of references")
    found = REFERENCE.findall(raw)
    if any(int(generation) for _, generation in found):
        raise Unusual("generation")
    return [int(number) for number, _ in found]


def integer(raw: bytes) -> int:
    """Return a natural number. Raises Unusual for anything else."""
    if _INTEGER.fullmatch(raw) is None:
        raise Unusual("number")
    return int(raw)


def dictionary(data: Buffer, start: int) -> Dictionary:
    """Return the dictionary at ``start``. Raises Unusual where there is none, or an entry comes twice."""
    limit = min(len(data), start + LONGEST)
    opened = _OPEN.match(data, start, limit)
    if opened is None:
        raise Unusual("dictionary")
    entries: dict[bytes, bytes] = {}
    count = 0
    last = opened
    # The same expression again and again from where it ended: the scanner of the library, which has no types.
    following = cast(Any, _ENTRY).scanner(data, opened.end(), limit).match
    while (entry := following()) is not None:
        key, value = entry.groups()
        entries[key] = value
        count += 1
        last = entry
    if count != len(entries):
        raise Unusual("entry twice")
    closed = _CLOSE.match(data, last.end(), limit)
    if closed is None:
        raise Unusual("entry")
    return Dictionary(data[opened.end() - 2 : closed.end()], entries, closed.end())
