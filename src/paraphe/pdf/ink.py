"""Handwriting as lines: what a finger drew, read with care, and drawn in a box as strokes (ISO 32000-2 §8.5).

Lines and not a picture: there is no image format to parse, they stay sharp, and a form field that shows a picture
beside its text is what validators take for a fraud.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from paraphe.pdf.errors import BadImage

MOST_STROKES: Final = 300
MOST_POINTS: Final = 6000
MOST_CHARACTERS: Final = 60_000
FINE: Final = 1000
"""Units along the longer side of what is kept."""
PEN: Final = 0.024
"""Width of the pen, as a part of the longer side."""
_STROKE: Final = r"\d{1,5},\d{1,5}(?: \d{1,5},\d{1,5})*"
_WRITTEN: Final = re.compile(rf"{_STROKE}(?:;{_STROKE})*", re.ASCII)

Point = tuple[float, float]


@dataclass(frozen=True)
class Ink:
    """Strokes of points, whole numbers from the top left corner; at least one of them is as far away as FINE."""

    strokes: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height of what was drawn, at least 1."""
        points = [point for stroke in self.strokes for point in stroke]
        return max(1, *(x for x, _ in points)), max(1, *(y for _, y in points))

    def to_text(self) -> str:
        """Return what ``read_ink`` reads."""
        return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in self.strokes)

    def placed(
        self, left: float, bottom: float, width: float, height: float, *, middle: bool = True
    ) -> tuple[list[list[Point]], float]:
        """Return the strokes as large as a box allows, in points from below, and their pen.

        They stand in the middle of the box, or else at its left.
        """
        across, down = self.size
        pen = PEN * FINE
        scale = min(width / (across + pen), height / (down + pen))
        x0 = left + ((width - across * scale) / 2 if middle else pen * scale / 2)
        y0 = bottom + (height + down * scale) / 2
        strokes = [[(x0 + x * scale, y0 - y * scale) for x, y in stroke] for stroke in self.strokes]
        return strokes, max(pen * scale, 0.3)


def read_ink(text: str) -> Ink:
    """Return what was drawn: strokes joined by semicolons, points by spaces, each ``x,y``; cut to what is inked.

    Raises BadImage: ``too large``, ``unreadable``, ``too small`` for what nobody could see.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadImage(reason="too large")
    if not _WRITTEN.fullmatch(text):
        raise BadImage(reason="unreadable")
    strokes = [[(int(x), int(y)) for x, y in (one.split(",") for one in part.split(" "))] for part in text.split(";")]
    points = [point for stroke in strokes for point in stroke]
    if len(strokes) > MOST_STROKES or len(points) > MOST_POINTS:
        raise BadImage(reason="too large")
    left, top = min(x for x, _ in points), min(y for _, y in points)
    longest = max(max(x for x, _ in points) - left, max(y for _, y in points) - top)
    if longest < 2:
        raise BadImage(reason="too small")
    scale = FINE / longest
    return Ink(
        tuple(tuple((round((x - left) * scale), round((y - top) * scale)) for x, y in stroke) for stroke in strokes)
    )


def operators(strokes: Sequence[Sequence[Point]], pen: float) -> bytes:
    """Return what draws strokes with round ends; a point alone is a dot (ISO 32000-2 §8.5.3.2)."""
    parts = [b"%.2f w 1 J 1 j" % pen]
    for stroke in strokes:
        first, *rest = stroke
        lines = b" ".join(b"%.2f %.2f l" % point for point in rest or [first])
        parts.append(b"%.2f %.2f m %s S" % (*first, lines))
    return b" ".join(parts)
