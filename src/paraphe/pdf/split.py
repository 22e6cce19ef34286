"""One document into many, by a rule: a number of pages, or a text that stands where a part begins."""

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from paraphe.pdf.errors import AnchorMissing, Damaged
from paraphe.pdf.reading import ask_reader
from paraphe.pdf.render import values_after
from paraphe.pdf.values import Source

SECONDS = 60.0
ROOM = 32_000_000
"""Bytes of parts that are held at once, or one part that is larger."""
LONGEST_ANCHOR = 200
LENGTH = struct.Struct(">Q")

Taken = Literal["nothing", "word", "line"]


@dataclass(frozen=True)
class EveryPages:
    """A part is ``count`` pages; the last one what is left."""

    count: int

    def __post_init__(self) -> None:
        """Refuse less than one page. Raises ValueError."""
        if self.count < 1:
            raise ValueError("a part has at least one page")


@dataclass(frozen=True)
class AtText:
    """A part begins on every page where ``text`` stands, letters large or small, spaces not counted.

    ``label``: what follows the text on its line, one ``word`` or the whole ``line``, names the part; pages one after
    another with the same name are one part. Pages before the first such page are a part without a name.
    """

    text: str
    label: Taken = "nothing"

    def __post_init__(self) -> None:
        """Refuse a text that says nothing, or a book. Raises ValueError."""
        if not 1 <= len("".join(self.text.split())) <= LONGEST_ANCHOR:
            raise ValueError("the text at which parts begin has 1 to 200 characters")


Rule = EveryPages | AtText


@dataclass(frozen=True)
class Part:
    """``count`` pages of a document from ``first`` (from 0), and what names them; ``found`` the text begins it."""

    first: int
    count: int
    label: str = ""
    found: bool = True


def parts(source: Source, rule: Rule, *, password: str | None = None) -> tuple[Part, ...]:
    """Return how ``rule`` splits ``source``; every page is in exactly one part.

    Raises a PdfRefused: SplitSigned for what is signed, AnchorMissing where the text stands on no page, those of
    ``inspect``; TooComplex, RenderFailed for what cannot be read within 60 s and 1 GB.
    """
    pages = int(json.loads(ask_reader({"verb": "pages", "password": password}, source, b"", SECONDS)))
    if isinstance(rule, EveryPages):
        return tuple(Part(first, min(rule.count, pages - first)) for first in range(0, pages, rule.count))
    values = values_after(source, rule.text, rule.label, password=password, seconds=SECONDS)
    if len(values) != pages:
        raise Damaged(reason="page tree")
    if not any(value is not None for value in values):
        raise AnchorMissing(text=rule.text)
    return tuple(_parts(values, same=rule.label != "nothing"))


def split(source: Source, wanted: Sequence[Part], *, password: str | None = None) -> Iterator[bytes]:
    """Yield the documents of ``wanted``, in order; little of them is in memory at once. The same part, the same bytes.

    What is drawn goes along: fonts, pictures, layers, comments, and what the document says of itself. What belongs to
    the whole or acts does not: outline, form (its fields stay as they look), attachments, scripts, structure tree,
    links to other pages. Raises the refusals of ``parts``.
    """
    done = 0
    while done < len(wanted):
        asked = [[one.first, one.count] for one in wanted[done:]]
        question = {"verb": "extract", "password": password, "parts": asked, "room": ROOM, "budget": SECONDS / 3}
        for made in _unpacked(ask_reader(question, source, b"", SECONDS)):
            done += 1
            yield made


def packed(documents: Iterable[bytes]) -> bytes:
    """Return ``documents`` one after another, each behind its length: how they leave the reading process."""
    return b"".join(piece for one in documents for piece in (LENGTH.pack(len(one)), one))


def _unpacked(data: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(data):
        (length,) = LENGTH.unpack_from(data, place)
        place += LENGTH.size
        yield data[place : place + length]
        place += length


def _parts(values: Sequence[str | None], *, same: bool) -> Iterator[Part]:
    """Yield the parts of a document whose pages have ``values`` after the text, None where it does not stand."""
    begins: list[tuple[int, str | None]] = []
    for number, value in enumerate(values):
        goes_on = same and bool(value) and bool(begins) and begins[-1][1] == value
        if (number == 0 or value is not None) and not goes_on:
            begins.append((number, value))
    ends = [number for number, _ in begins[1:]] + [len(values)]
    for (first, label), end in zip(begins, ends, strict=True):
        yield Part(first, end - first, label or "", label is not None)
