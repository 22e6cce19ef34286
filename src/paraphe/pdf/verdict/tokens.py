"""A strict lexer for PDF objects as they lie in the file (ISO 32000-2 §7.2, §7.3): no repair, no guessing.

Its own, so that two readers which share nothing look at a signature. Every key of a dictionary is kept with how often
it stands there; every string with where it stands. Time is linear in the bytes read; depth and size are bounded.
"""

import mmap
import re
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Bytes = bytes | mmap.mmap

MAX_DEPTH = 32
MAX_TOKENS = 200_000
MAX_STRING = 64 * 1024 * 1024

SPACE = rb"[\0\t\n\f\r ]"
REGULAR = rb"[^\0\t\n\f\r ()<>\[\]{}/%]"
SKIP = re.compile(rb"(?:" + SPACE + rb"++|%[^\r\n]*+)*+")
GAP = rb"(?:" + SPACE + rb"|%[^\r\n]*+[\r\n])++"
TOKEN = re.compile(
    rb"(?P<ref>(?P<number>\d{1,10})" + GAP + rb"(?P<generation>\d{1,5})" + GAP + rb"R(?!" + REGULAR + rb"))"
    rb"|(?P<integer>[+-]?\d{1,20}+(?![.\d]|" + REGULAR + rb"))"
    rb"|(?P<real>[+-]?(?:\d{1,40}+\.\d{0,40}+|\.\d{1,40}+)(?!" + REGULAR + rb"))"
    rb"|/(?P<name>" + REGULAR + rb"{0,256}+)"
    rb"|(?P<open><<)|(?P<close>>>)"
    rb"|<(?P<hex>[0-9A-Fa-f\0\t\n\f\r ]*+)>"
    rb"|(?P<left>\[)|(?P<right>\])|(?P<literal>\()"
    rb"|(?P<word>true|false|null)(?!" + REGULAR + rb")"
)
HEADER = re.compile(rb"(\d{1,10})" + GAP + rb"(\d{1,5})" + GAP + rb"obj(?!" + REGULAR + rb")")
AFTER = re.compile(rb"(?P<stream>stream(?:\r\n|\n|\r))|(?P<endobj>endobj(?!" + REGULAR + rb"))")
BRACKET = re.compile(rb"[()\\]")
ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|\r|\n)|(.))", re.DOTALL)
HASH = re.compile(rb"#([0-9A-Fa-f]{2})")
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class LexError(ValueError):
    """The bytes are no PDF object, or one beyond the limits."""


class Name(str):
    """A name without its slash, #xx resolved, one character a byte."""

    __slots__ = ()


class Ref(NamedTuple):
    """An indirect reference."""

    number: int
    generation: int


@dataclass(frozen=True)
class String:
    """A string: what it says, and where it stands with its delimiters."""

    value: bytes
    start: int = field(compare=False)
    end: int = field(compare=False)
    hexadecimal: bool = field(compare=False)


@dataclass
class Dictionary:
    """A dictionary: the first value of each key, where it stands, and the further values of a key."""

    start: int = field(compare=False)
    end: int = field(default=0, compare=False)
    entries: dict[str, "Value"] = field(default_factory=dict)
    duplicates: dict[str, list["Value"]] = field(default_factory=dict)

    def get(self, key: str) -> "Value":
        """Return the value of ``key``, None where there is none."""
        return self.entries.get(key)


Value: TypeAlias = "bool | int | float | Name | Ref | String | Dictionary | list[Value] | None"


@dataclass(frozen=True)
class Indirect:
    """An object with its number: ``stream`` is where its data begin, None for an object that is no stream."""

    number: int
    generation: int
    value: Value
    start: int
    end: int
    """Behind the value: before ``endobj`` or ``stream``."""
    stream: int | None
    closed: bool
    """Whether ``endobj`` or ``stream`` follows, as it must."""


class Lexer:
    """Reads objects of ``data`` from any place, never beyond ``limit``."""

    def __init__(self, data: Bytes, limit: int | None = None) -> None:
        self._data = data
        self._limit = len(data) if limit is None else min(limit, len(data))
        self._tokens = 0
        self.furthest = 0
        """How far anything was read, whether it could be understood or not."""

    def skip(self, position: int) -> int:
        """Return the place of the next byte that is neither white space nor comment."""
        found = SKIP.match(self._data, position, self._limit)
        return found.end() if found else position

    def value(self, position: int) -> tuple[Value, int]:
        """Return the object at ``position`` and the place behind it. Raises LexError."""
        self._tokens = 0
        if not 0 <= position <= self._limit:
            raise LexError("outside")
        return self._value(position, 0)

    def indirect(self, position: int) -> Indirect:
        """Return the numbered object whose number stands exactly at ``position``. Raises LexError."""
        if not 0 <= position < self._limit:
            raise LexError("outside")
        header = HEADER.match(self._data, position, self._limit)
        if header is None:
            raise LexError("no object")
        value, end = self.value(header.end())
        after = AFTER.match(self._data, self.skip(end), self._limit)
        stream = after.end() if after and after["stream"] and isinstance(value, Dictionary) else None
        number, generation = int(header[1]), int(header[2])
        return Indirect(number, generation, value, position, end, stream, closed=after is not None)

    def _value(self, position: int, depth: int) -> tuple[Value, int]:
        token = self._token(position)
        kind = token.lastgroup
        if kind == "open":
            return self._dictionary(token, depth + 1)
        if kind == "left":
            return self._array(token.end(), depth + 1)
        if kind == "literal":
            return self._literal(token.start())
        if kind in ("close", "right"):
            raise LexError("unexpected end")
        return self._simple(token), token.end()

    def _token(self, position: int) -> "re.Match[bytes]":
        self._tokens += 1
        if self._tokens > MAX_TOKENS:
            raise LexError("too many tokens")
        start = self.skip(position)
        token = TOKEN.match(self._data, start, self._limit)
        self.furthest = max(self.furthest, token.end() if token else start)
        if token is None:
            raise LexError("no token")
        return token

    def _simple(self, token: "re.Match[bytes]") -> Value:
        kind, text = token.lastgroup, token[0]
        if kind == "ref":
            return Ref(int(token["number"]), int(token["generation"]))
        if kind == "integer":
            return int(text)
        if kind == "real":
            return float(text)
        if kind == "name":
            return Name(HASH.sub(lambda one: bytes.fromhex(one[1].decode()), token["name"]).decode("latin-1"))
        if kind == "hex":
            digits = token["hex"].translate(None, b"\0\t\n\f\r ")
            text = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
            return String(text, token.start(), token.end(), hexadecimal=True)
        return {b"true": True, b"false": False, b"null": None}[text]

    def _dictionary(self, opening: "re.Match[bytes]", depth: int) -> tuple[Value, int]:
        if depth > MAX_DEPTH:
            raise LexError("too deep")
        found = Dictionary(opening.start())
        position = opening.end()
        while True:
            token = self._token(position)
            if token.lastgroup == "close":
                found.end = token.end()
                return found, token.end()
            if token.lastgroup != "name":
                raise LexError("no key")
            key = str(self._simple(token))
            value, position = self._value(token.end(), depth)
            if key in found.entries:
                found.duplicates.setdefault(key, []).append(value)
            else:
                found.entries[key] = value

    def _array(self, position: int, depth: int) -> tuple[Value, int]:
        if depth > MAX_DEPTH:
            raise LexError("too deep")
        found: list[Value] = []
        while True:
            start = self.skip(position)
            if self._data[start : start + 1] == b"]" and start < self._limit:
                return found, start + 1
            value, position = self._value(start, depth)
            found.append(value)

    def _literal(self, start: int) -> tuple[Value, int]:
        depth, position = 1, start + 1
        while depth:
            found = BRACKET.search(self._data, position, min(self._limit, start + MAX_STRING))
            if found is None:
                self.furthest = self._limit
                raise LexError("string without end")
            position = found.end() + (found[0] == b"\\")
            depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if position > self._limit:
            raise LexError("string without end")
        self.furthest = max(self.furthest, position)
        value = ESCAPE.sub(_unescaped, bytes(self._data[start + 1 : position - 1]))
        return String(value, start, position, hexadecimal=False), position


def _unescaped(escape: "re.Match[bytes]") -> bytes:
    octal, line, other = escape.groups()
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    return b"" if line else ESCAPED.get(other, other)
