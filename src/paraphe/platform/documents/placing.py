"""Where a signature stands: one rule for many documents, as pure decisions about pages and boxes."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from paraphe.pdf import api as pdf
from paraphe.platform.documents.errors import FieldMissing, TextMissing

Place = Literal["last", "first", "field", "text", "none"]
PLACES: Final[tuple[Place, ...]] = get_args(Place)

Side = Literal["right", "centre", "left"]
SIDES: Final[tuple[Side, ...]] = get_args(Side)

BOX_WIDTH, BOX_HEIGHT, MARGIN = 200.0, 72.0, 36.0
#: Between a text and the signature under it, in points.
UNDER_TEXT = 6.0

Pages = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Rule:
    """Where signatures stand.

    On the last or first page, at its foot on one ``side`` or exactly in ``box`` (left, top, width, height in points, as
    seen); in the first empty signature field; under the last place where ``text`` stands; or nowhere to be seen.
    """

    place: Place = "last"
    text: str = ""
    side: Side = "right"
    box: tuple[float, float, float, float] | None = None


def foot_of(pages: Pages, index: int, side: Side = "right") -> pdf.Box:
    """Return the box at the foot of page ``index``, on one side inside the margin; smaller on a small page."""
    width, height = pages[index]
    box_width, box_height = min(BOX_WIDTH, width * 0.8), min(BOX_HEIGHT, height * 0.3)
    free = max(width - box_width, 0.0)
    x = {"right": free - MARGIN, "centre": free / 2, "left": MARGIN}[side]
    y = max(height - box_height - MARGIN, 0.0)
    return pdf.Box(page=index, x=min(max(x, 0.0), free), y=y, width=box_width, height=box_height)


def inside(pages: Pages, box: pdf.Box) -> pdf.Box:
    """Return ``box`` moved and sized so that it lies on its page: the signature can be seen whatever was asked."""
    index = min(max(box.page, 0), len(pages) - 1)
    page_width, page_height = pages[index]
    width = min(max(box.width, 60.0), page_width)
    height = min(max(box.height, 30.0), page_height)
    x = min(max(box.x, 0.0), page_width - width)
    y = min(max(box.y, 0.0), page_height - height)
    return pdf.Box(page=index, x=x, y=y, width=width, height=height)


def placed(rule: Rule, pages: Pages, data: bytes) -> tuple[pdf.Box | None, str | None]:
    """Return the box and the existing field for the signature of the document ``data`` under ``rule``.

    Raises FieldMissing, TextMissing where the document has no such place, and PdfRefused.
    """
    if rule.place == "none":
        return None, None
    if rule.place == "field":
        empty = pdf.inspect(data).empty_fields
        if not empty:
            raise FieldMissing()
        return None, empty[0]
    if rule.place == "text":
        found = pdf.find_text(data, rule.text)
        if found is None:
            raise TextMissing(text=rule.text)
        below = pdf.Box(found.page, found.x, found.y + found.height + UNDER_TEXT, BOX_WIDTH, BOX_HEIGHT)
        return inside(pages, below), None
    index = 0 if rule.place == "first" else len(pages) - 1
    if rule.box is not None:
        return inside(pages, pdf.Box(index, *rule.box)), None
    return foot_of(pages, index, rule.side), None
