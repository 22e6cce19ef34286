"""Documents of text made here: the subscription agreement, terms, policies. The same input gives the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, cast
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    ListFlowable,
    ListItem,
    PageTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

from paraphe.pdf.appearance import BOLD, INK, REGULAR, SOFT, drawable, register_fonts
from paraphe.pdf.opening import look, open_reader, refusing
from paraphe.pdf.pages import read_pages
from paraphe.pdf.values import Box

LINE = HexColor("#d5dbe6")
MARGIN = 24 * mm
PLACE = "signature-place"
PLACE_WIDTH, PLACE_HEIGHT = 220.0, 78.0
PAGE_WORDS = {"fr": "Page {} · version {}", "en": "Page {} · version {}"}


@dataclass(frozen=True)
class Heading:
    """A heading."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table with a line of headings.

    ``widths`` are shares of the width of the page, one per column; without them the columns find their own. ``small``
    is for many columns or many rows.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    small: bool = False


@dataclass(frozen=True)
class Entries:
    """A register: each entry a line and a smaller line under it, cut where they are too long; for ten thousands."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class KeyValues:
    """Names and values, one under another."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SignaturePlace:
    """An empty place with a label, in which a signature will be seen; found again by ``signature_place``."""

    label: str


# The font of the cells is named although paragraphs bring their own: otherwise Helvetica is asked for, not embedded.
_GRID = TableStyle(
    [
        ("FONTNAME", (0, 0), (-1, -1), REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
    ]
)

Block = Heading | Paragraph | Bullets | Table | Entries | KeyValues | SignaturePlace


@dataclass(frozen=True)
class TextDocument:
    """A document of text. ``created`` is the time in its metadata, an aware datetime."""

    title: str
    subtitle: str
    language: str
    version: str
    created: datetime
    blocks: tuple[Block, ...]


def compose(document: TextDocument) -> bytes:
    """Return ``document`` as PDF: A4, fonts embedded, title and language set; the same bytes for the same input."""
    register_fonts()
    target = BytesIO()
    frame = Frame(MARGIN, MARGIN, A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
    template = BaseDocTemplate(
        target,
        pagesize=A4,
        title=document.title,
        author="Paraphe",
        subject=document.subtitle,
        lang=document.language,
        creator="Paraphe",
        invariant=1,
        pageTemplates=[PageTemplate(frames=[frame], onPage=_footer(document))],
    )
    story: list[Flowable] = [
        Text(_marked(document.title), _style("title")),
        Text(_marked(document.subtitle), _style("subtitle")),
        Spacer(1, 6 * mm),
    ]
    for block in document.blocks:
        story += _flowables(block)
    template.build(story, canvasmaker=_dated(document.created))
    return target.getvalue()


def signature_place(data: bytes) -> Box | None:
    """Return where ``compose`` left the place of the signature, None when the document has none."""
    reader = open_reader(data)
    with refusing():
        info = reader.trailer["/Info"] if "/Info" in reader.trailer else None  # noqa: SIM401 - get does not follow
        words = str(look(info, "/Keywords") or "").split()
        if len(words) != 6 or words[0] != PLACE:
            return None
        left, bottom, right, top = (float(word) for word in words[2:])
        page = read_pages(reader)[int(words[1]) - 1]
    return Box(int(words[1]) - 1, left - page.left, page.top - top, right - left, top - bottom)


class _Place(Flowable):
    """The empty place: a thin frame, a label, and the keywords by which it is found again."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self._label = label
        self.width, self.height = PLACE_WIDTH, PLACE_HEIGHT + 18

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas: Canvas = self.canv
        canvas.setFont(REGULAR, 9)
        canvas.setFillColor(SOFT)
        canvas.drawString(0, PLACE_HEIGHT + 6, drawable(self._label, REGULAR))
        canvas.setStrokeColor(LINE)
        canvas.roundRect(0, 0, PLACE_WIDTH, PLACE_HEIGHT, 4)
        left, bottom = canvas.absolutePosition(4, 4)
        right, top = canvas.absolutePosition(PLACE_WIDTH - 4, PLACE_HEIGHT - 4)
        # The page and the rectangle travel in the document's keywords: no reader shows them, ours finds them again.
        corners = " ".join(f"{value:.2f}" for value in (left, bottom, right, top))
        canvas.setKeywords(f"{PLACE} {canvas.getPageNumber()} {corners}")


class _Register(Flowable):
    """Entries, drawn without the layout of paragraphs, which would take a minute for ten thousand of them."""

    STEP, SIZE, SMALL = 21.0, 8.0, 5.5

    def __init__(self, entries: Sequence[tuple[str, str]], first: int = 0, behind: int | None = None) -> None:
        super().__init__()
        self._entries, self._first = entries, first
        self._behind = len(entries) if behind is None else behind

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width, self.height = width, (self._behind - self._first) * self.STEP
        return self.width, self.height

    def split(self, _width: float, height: float) -> list[Flowable]:
        fits = self._first + int(height // self.STEP)
        if fits <= self._first:
            return []
        if fits >= self._behind:
            return [self]
        return [_Register(self._entries, self._first, fits), _Register(self._entries, fits, self._behind)]

    def draw(self) -> None:
        canvas: Canvas = self.canv
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.4)
        top = self.height
        for line, small in self._entries[self._first : self._behind]:
            self._line(line, top - 9.5, self.SIZE, INK)
            self._line(small, top - 16.5, self.SMALL, SOFT)
            canvas.line(0, top - self.STEP + 1, self.width, top - self.STEP + 1)
            top -= self.STEP

    def _line(self, text: str, y: float, size: float, colour: Color) -> None:
        canvas: Canvas = self.canv
        shown = drawable(text, REGULAR)
        # Half the size is about the width of a letter: only what may be too long is measured.
        if len(shown) * size * 0.5 > self.width:
            while shown and stringWidth(shown, REGULAR, size) > self.width:
                shown = shown[: int(len(shown) * 0.95) - 1] + "…"
        canvas.setFont(REGULAR, size)
        canvas.setFillColor(colour)
        canvas.drawString(0, y, shown)


def _flowables(block: Block) -> list[Flowable]:
    match block:
        case Heading():
            return [Text(_marked(block.text), _style("heading"))]
        case Paragraph():
            return [Text(_marked(block.text), _style("body"))]
        case Bullets():
            items: list[Any] = [ListItem(Text(_marked(item), _style("body")), leftIndent=14) for item in block.items]
            return [ListFlowable(items, bulletType="bullet", bulletFontName=REGULAR, bulletFontSize=7, start="•")]
        case Table() | Entries():
            made = _grid(block) if isinstance(block, Table) else _Register(block.entries)
            return [made, Spacer(1, 4 * mm)]
        case KeyValues():
            rows = [
                [Text(_marked(name), _style("soft")), Text(_marked(value), _style("body"))]
                for name, value in block.pairs
            ]
            grid = Grid(rows, colWidths=[52 * mm, None], hAlign="LEFT")
            grid.setStyle(_GRID)
            return [grid, Spacer(1, 4 * mm)]
        case SignaturePlace():
            return [KeepTogether([Spacer(1, 8 * mm), _Place(block.label)])]


def _grid(block: Table) -> Grid:
    head, body = ("small strong", "small") if block.small else ("strong", "body")
    rows = [[Text(_marked(cell), _style(head)) for cell in block.head]]
    rows += [[Text(_marked(cell), _style(body)) for cell in row] for row in block.rows]
    room = (A4[0] - 2 * MARGIN) / sum(block.widths) if block.widths else 0
    widths = [room * share for share in block.widths] if block.widths else None
    grid = Grid(rows, colWidths=widths, repeatRows=1, hAlign="LEFT")
    grid.setStyle(_GRID)
    return grid


def _marked(text: str) -> str:
    return escape(drawable(text, REGULAR))


def _style(name: str) -> ParagraphStyle:
    looks: dict[str, dict[str, Any]] = {
        "title": {"fontName": BOLD, "fontSize": 20, "leading": 25, "textColor": INK, "spaceAfter": 4},
        "subtitle": {"fontSize": 11, "leading": 15, "textColor": SOFT},
        "heading": {
            "fontName": BOLD,
            "fontSize": 12,
            "leading": 16,
            "textColor": INK,
            "spaceBefore": 12,
            "spaceAfter": 4,
        },
        "body": {"fontSize": 9.5, "leading": 13.5, "textColor": INK, "spaceAfter": 5},
        "soft": {"fontSize": 9.5, "leading": 13.5, "textColor": SOFT},
        "strong": {"fontName": BOLD, "fontSize": 9.5, "leading": 13.5, "textColor": INK},
        "small": {"fontSize": 7.5, "leading": 10, "textColor": INK},
        "small strong": {"fontName": BOLD, "fontSize": 7.5, "leading": 10, "textColor": INK},
    }
    look = {"fontName": REGULAR, **looks[name]}
    if name == "heading":
        look["keepWithNext"] = 1
    return ParagraphStyle(name, **look)


def _dated(created: datetime) -> Any:
    """Return a maker of canvases whose documents were created then: the library knows only now, or the year 2000."""

    def make(*arguments: Any, **options: Any) -> Canvas:
        # Without this every page begins in Helvetica, which is not embedded.
        canvas = Canvas(*arguments, **{**options, "initialFontName": REGULAR})
        stamp = cast(Any, canvas)._doc._timeStamp
        stamp.t = created.timestamp()
        stamp.lt = created.astimezone(UTC).timetuple()
        stamp.YMDhms = tuple(stamp.lt)[:6]
        return canvas

    return make


def _footer(document: TextDocument) -> Any:
    words = PAGE_WORDS["en" if document.language == "en" else "fr"]

    def draw(canvas: Canvas, template: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont(REGULAR, 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, 12 * mm, drawable(document.title, REGULAR)[:90])
        canvas.drawRightString(A4[0] - MARGIN, 12 * mm, words.format(template.page, document.version))
        canvas.restoreState()

    return draw
