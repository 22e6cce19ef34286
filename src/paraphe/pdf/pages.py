"""The page tree: every page with its boxes, as seen upright, and the way back to the coordinates of the file."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.errors import Damaged, NoPages, TooManyPages
from paraphe.pdf.opening import items, look, numbers
from paraphe.pdf.values import Box, PageBox

MAX_PAGES = 10_000
MAX_DEPTH = 64
US_LETTER = (0.0, 0.0, 612.0, 792.0)
INHERITED = ("/MediaBox", "/CropBox", "/Rotate", "/Resources")

Attributes = dict[str, generic.PdfObject]


@dataclass(frozen=True)
class Page:
    """One page: the rectangle of the file that is seen, its rotation clockwise, its dictionary."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int
    dictionary: generic.DictionaryObject
    resources: generic.PdfObject | None = None
    """What it inherits to draw with, where it has none of its own."""

    @property
    def seen(self) -> PageBox:
        """Return the size as seen upright."""
        width, height = self.right - self.left, self.top - self.bottom
        if self.rotation in (90, 270):
            width, height = height, width
        return PageBox(width, height, self.rotation)

    def to_file(self, box: Box) -> tuple[float, float, float, float]:
        """Return ``box``, given as seen, in coordinates of the file: left, bottom, right, top (ISO 32000-2 §8.3.2)."""
        x, y, width, height = box.x, box.y, box.width, box.height
        if self.rotation == 90:
            return self.left + y, self.bottom + x, self.left + y + height, self.bottom + x + width
        if self.rotation == 180:
            return self.right - x - width, self.bottom + y, self.right - x, self.bottom + y + height
        if self.rotation == 270:
            return self.right - y - height, self.top - x - width, self.right - y, self.top - x
        return self.left + x, self.top - y - height, self.left + x + width, self.top - y

    def to_seen(self, number: int, rectangle: tuple[float, float, float, float]) -> Box:
        """Return a rectangle of the file as it is seen on this page, which is page ``number``: ``to_file`` undone."""
        x1, y1, x2, y2 = rectangle
        left, bottom, right, top = min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
        width, height = right - left, top - bottom
        if self.rotation == 90:
            return Box(number, bottom - self.bottom, left - self.left, height, width)
        if self.rotation == 180:
            return Box(number, self.right - right, bottom - self.bottom, width, height)
        if self.rotation == 270:
            return Box(number, self.top - top, self.right - right, height, width)
        return Box(number, left - self.left, self.top - top, width, height)


def read_pages(reader: PdfFileReader) -> list[Page]:
    """Return every page in order. Raises NoPages, TooManyPages, Damaged for a tree that is none."""
    pages = [_page(leaf, attributes) for leaf, attributes in leaves(look(reader.root, "/Pages"))]
    if not pages:
        raise NoPages()
    return pages


def leaves(root: generic.PdfObject | None) -> Iterator[tuple[generic.DictionaryObject, Attributes]]:
    """Yield every page with what it inherits. A node that hangs in two places makes no tree; a loop is one such."""
    waiting: list[tuple[generic.PdfObject | None, Attributes, int]] = [(root, {}, 0)]
    seen: set[object] = set()
    found = 0
    while waiting:
        node, inherited, depth = waiting.pop()
        if not isinstance(node, generic.DictionaryObject) or depth > MAX_DEPTH:
            raise Damaged(reason="page tree")
        here = {**inherited, **{key: node[key] for key in INHERITED if key in node}}
        if "/Kids" in node:
            waiting += [(kid, here, depth + 1) for kid in reversed(_kids(node, seen))]
        elif str(look(node, "/Type")) != "/Pages":
            found += 1
            yield node, here
        if found + len(waiting) > MAX_PAGES:
            raise TooManyPages(limit=MAX_PAGES)


def _kids(node: generic.DictionaryObject, seen: set[object]) -> list[generic.PdfObject]:
    kids = node["/Kids"]
    if not isinstance(kids, generic.ArrayObject):
        raise Damaged(reason="page tree")
    if len(kids) > MAX_PAGES:
        raise TooManyPages(limit=MAX_PAGES)
    for number in range(len(kids)):
        raw = kids.raw_get(number)
        if isinstance(raw, generic.IndirectObject):
            if raw.reference in seen:
                raise Damaged(reason="page tree")
            seen.add(raw.reference)
    return items(kids)


def _page(leaf: generic.DictionaryObject, attributes: Attributes) -> Page:
    media = _rectangle(attributes.get("/MediaBox")) or US_LETTER
    crop = _rectangle(attributes.get("/CropBox")) or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right - left < 1 or top - bottom < 1:
        left, bottom, right, top = media
    rotation = attributes.get("/Rotate")
    turned = int(rotation) % 360 if isinstance(rotation, generic.NumberObject | generic.FloatObject) else 0
    return Page(
        left, bottom, right, top, turned if turned in (0, 90, 180, 270) else 0, leaf, attributes.get("/Resources")
    )


def _rectangle(value: generic.PdfObject | None) -> tuple[float, float, float, float] | None:
    if not isinstance(value, generic.ArrayObject) or len(value) != 4:
        return None
    x1, y1, x2, y2 = numbers(value)
    left, right, bottom, top = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    return (left, bottom, right, top) if right - left >= 1 and top - bottom >= 1 else None
