"""What a person sees of a signature: a small drawing made for its box, upright on rotated pages, never overflowing."""

import unicodedata
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import layout
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from paraphe.pdf.values import SignatureSettings

REGULAR, BOLD = "ParapheSans", "ParapheSans-Bold"
INK, SOFT = HexColor("#14213d"), HexColor("#52607a")
LARGEST, SMALLEST, STEP = 12.0, 3.0, 0.25
LEADING = 1.3
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORDS = {
    "fr": {"signature": "Signé électroniquement par", "seal": "Scellé électroniquement par", "at": "le {} à {}"},
    "en": {"signature": "Electronically signed by", "seal": "Electronically sealed by", "at": "{}, {}"},
}

Line = tuple[str, str]
"""A text and its font."""


@cache
def register_fonts() -> None:
    """Make Noto Sans known to the drawing library, once in a process. It is embedded as a subset where it is used."""
    folder = files("paraphe.pdf").joinpath("fonts")
    for name, file in ((REGULAR, "NotoSans-Regular.ttf"), (BOLD, "NotoSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, BytesIO(folder.joinpath(file).read_bytes())))


def stamp_style(settings: SignatureSettings, width: float, height: float, rotation: int) -> StaticStampStyle:
    """Return the appearance for a box of ``width`` by ``height`` points as seen, on a page turned by ``rotation``."""
    return StaticStampStyle(
        background=_Drawing(_draw(settings, width, height, rotation)),
        border_width=0,
        background_opacity=1.0,
        background_layout=layout.SimpleBoxLayoutRule(
            x_align=layout.AxisAlignment.ALIGN_MIN,
            y_align=layout.AxisAlignment.ALIGN_MIN,
            margins=layout.Margins(0, 0, 0, 0),
            inner_content_scaling=layout.InnerScaling.NO_SCALING,
        ),
    )


def lines_of(settings: SignatureSettings) -> list[Line]:
    """Return the lines of the appearance with their fonts, most important second."""
    words = WORDS["en" if settings.language == "en" else "fr"]
    lines = [(words[settings.kind], REGULAR), (settings.signer_name, BOLD)]
    if settings.firm:
        lines.append((settings.firm, REGULAR))
    if (at := settings.signed_at) is not None:
        day = f"{at.day} {MONTHS[at.month - 1]} {at.year}" if settings.language == "en" else f"{at:%d/%m/%Y}"
        lines.append((words["at"].format(day, f"{at:%H:%M}"), REGULAR))
    register_fonts()
    return [(drawable(text, font), font) for text, font in lines if text.strip()]


class _Drawing(PdfContent):
    """A page of a small PDF made here, as content of another."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        super().__init__()

    def render(self) -> bytes:
        xobject = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._data)), page_ix=0)
        self.resources.xobject["/Drawing"] = xobject
        x1, y1, x2, y2 = xobject.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(x1 - x2), height=abs(y1 - y2))
        return b"/Drawing Do"


def _draw(settings: SignatureSettings, width: float, height: float, rotation: int) -> bytes:
    lines = lines_of(settings)
    target = BytesIO()
    turned = rotation in (90, 270)
    size = (height, width) if turned else (width, height)
    canvas = Canvas(target, pagesize=size, invariant=1, initialFontName=REGULAR)  # type: ignore[arg-type] # a name, whatever its stub says
    if rotation == 90:
        canvas.translate(height, 0)
    elif rotation == 180:
        canvas.translate(width, height)
    elif rotation == 270:
        canvas.translate(0, width)
    canvas.rotate(rotation)
    canvas.setFillColor(INK)
    bar = min(2.5, width * 0.02)
    canvas.rect(0, 0, bar, height, stroke=0, fill=1)
    _write(canvas, lines, bar + min(6.0, width * 0.04), width, height)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _write(canvas: Canvas, lines: list[Line], left: float, width: float, height: float) -> None:
    size, lines = _fitted(lines, width - left - 1, height)
    y = height - (height - len(lines) * size * LEADING) / 2 - size
    for text, font in lines:
        canvas.setFillColor(INK if font == BOLD else SOFT)
        canvas.setFont(font, size)
        canvas.drawString(left, y, text)
        y -= size * LEADING


def _fitted(lines: list[Line], width: float, height: float) -> tuple[float, list[Line]]:
    """Return the largest size at which everything fits, long lines folded between words, and the folded lines.

    Where even the smallest size is too large, lines are cut with an ellipsis and the last ones left out.
    """
    size = LARGEST
    while size > SMALLEST:
        folded = [(part, font) for text, font in lines for part in simpleSplit(text, font, size, width)]
        widest = max((pdfmetrics.stringWidth(text, font, size) for text, font in folded), default=0.0)
        if widest <= width and len(folded) * size * LEADING <= height:
            return size, folded
        size -= STEP
    room = max(int(height // (SMALLEST * LEADING)), 1)
    return SMALLEST, [(_shortened(text, font, SMALLEST, width), font) for text, font in lines[:room]]


def _shortened(text: str, font: str, size: float, width: float) -> str:
    """Return ``text``, cut with an ellipsis where it is too wide."""
    if pdfmetrics.stringWidth(text, font, size) <= width:
        return text
    while text and pdfmetrics.stringWidth(text + "…", font, size) > width:
        text = text[:-1]
    return text + "…"


def drawable(text: str, font: str) -> str:
    """Return ``text`` on one line, composed, each character that the font lacks replaced by its base letter or "?"."""
    face: Any = pdfmetrics.getFont(font)
    known = face.face.charToGlyph
    found = []
    for character in unicodedata.normalize("NFC", " ".join(text.split())):
        base = unicodedata.normalize("NFKD", character)[0]
        found.append(next((one for one in (character, base) if ord(one) in known), "?"))
    return "".join(found)
