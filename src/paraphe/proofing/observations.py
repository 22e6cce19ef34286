"""What was seen on the photographs, before anybody judges it. Plain data: it crosses from the child process as JSON."""

from dataclasses import dataclass, field
from typing import Literal

Side = Literal["front", "back"]
#: Corners of a quadrilateral on the kept photograph, clockwise from the top left of what it shows, as fractions of the
#: photograph's width and height (0 to 1; a little outside when a corner was cut off).
Place = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class MrzSeen:
    """The machine readable zone as the line reader saw it.

    ``lines`` after the grammar of ``format`` (a name of ``mrz.FORMATS``); ``raw`` as it came; ``confidences`` one
    number from 0 to 1 for each character of ``lines``.
    """

    format: str
    lines: tuple[str, ...]
    confidences: tuple[tuple[float, ...], ...]
    raw: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class TextLine:
    """One line of print as the page reader saw it; ``score`` from 0 to 1."""

    text: str
    score: float
    place: Place


@dataclass(frozen=True)
class CodeSeen:
    """A two-dimensional code: its kind (``datamatrix``, ``qr``) and its octets."""

    symbology: str
    data: bytes
    place: Place


@dataclass(frozen=True)
class Framing:
    """Where the document lies on the photograph.

    ``outline`` is None when it was not found. ``width`` is that of the document in pixels of the kept photograph,
    ``ratio`` its width over its height. ``inside`` is False when the outline reaches the border.
    """

    outline: Place | None
    width: int
    ratio: float
    inside: bool
    #: Largest blob of burnt-out pixels, as a part of the document's area, and where it is.
    glare: float = 0.0
    glare_place: Place | None = None
    #: Strength of the regular grain that a photographed screen shows (see ``outline``), 0 when there is none.
    screen: float = 0.0
    #: No outline, but something that is not the table lies across the border: most likely the document.
    crosses_border: bool = False
    #: Part of the frame around the document that is as white and even as a sheet of paper.
    paper: float = 0.0
    #: Where a corner is covered, by a finger most likely.
    covered: Place | None = None


@dataclass(frozen=True)
class SideSeen:
    """One side: framing, machine readable zone, print, codes; ``rectified`` is the flat document as JPEG.

    ``turned`` is by how many degrees clockwise the photograph had to be turned to stand upright. ``page_mrz`` are the
    lines in which the page reader saw a machine readable zone: the second reader. ``fingerprint`` is the perceptual
    hash (256 bits, hexadecimal) of the photograph: it recognises the same upload, not the same card.
    """

    framing: Framing
    mrz: MrzSeen | None = None
    page_mrz: tuple[str, ...] = ()
    print: tuple[TextLine, ...] = ()
    codes: tuple[CodeSeen, ...] = ()
    rectified: bytes = b""
    turned: int = 0
    fingerprint: str = ""


@dataclass(frozen=True)
class Observations:
    """Everything seen on the sides of one document, by name of the side.

    ``readers`` names the reading models by the SHA-256 of their files; empty when nothing could be read at all.
    ``seconds`` is processor time.
    """

    sides: dict[Side, SideSeen]
    readers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
