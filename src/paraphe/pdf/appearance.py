"""What a person sees of a signature: a small drawing made for its box, upright on rotated pages, never overflowing."""

from functools import cache
from importlib.resources import files
from io import BytesIO

from pyhanko.pdf_utils import layout
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from paraphe.pdf.values import SignatureSettings

REGULAR, BOLD = "ParapheSans", "ParapheSans-Bold"
INK, SOFT = HexColor("#14213d"), HexColor("#52607a")
LARGEST, SMALLEST = 12.0, 3.0
LEADING = 1.3
WORDS = {
    "fr": {"signature": "Signé électroniquement par", "seal": "Scellé électroniquement par", "at": "le {} à {}"},
    "en": {"signature": "Electronically signed by", "seal": "Electronically sealed by", "at": "{}, {}"},
}


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


def lines_of(settings: SignatureSettings) -> list[tuple[str, str]]:
    """Return the lines of the appearance with their fonts, most important second."""
    words = WORDS["en" if settings.language == "en" else "fr"]
    lines = [(words[settings.kind], REGULAR), (settings.signer_name, BOLD)]
    if settings.firm:
        lines.append((settings.firm, REGULAR))
    if settings.signed_at:
        pattern = "%d %b %Y" if settings.language == "en" else "%d/%m/%Y"
        lines.append((words["at"].format(f"{settings.signed_at:{pattern}}", f"{settings.signed_at:%H:%M}"), REGULAR))
    return [(" ".join(text.split()), font) for text, font in lines if text.strip()]


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
    register_fonts()
    target = BytesIO()
    turned = rotation in (90, 270)
    canvas = Canvas(target, pagesize=(height, width) if turned else (width, height), invariant=1)
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
    _write(canvas, lines_of(settings), bar + min(6.0, width * 0.04), width, height)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _write(canvas: Canvas, lines: list[tuple[str, str]], left: float, width: float, height: float) -> None:
    size = _size(lines, width - left - 1, height)
    lines = [(_shortened(text, font, size, width - left - 1), font) for text, font in lines]
    lines = lines[: max(int(height // (size * LEADING)), 1)]
    y = height - (height - len(lines) * size * LEADING) / 2 - size
    for text, font in lines:
        canvas.setFillColor(INK if font == BOLD else SOFT)
        canvas.setFont(font, size)
        canvas.drawString(left, y, text)
        y -= size * LEADING


def _size(lines: list[tuple[str, str]], width: float, height: float) -> float:
    """Return the largest size at which every line fits, not below the smallest that can be read."""
    widest = max(pdfmetrics.stringWidth(text, font, 1.0) for text, font in lines) or 1.0
    fitting = min(width / widest, height / (len(lines) * LEADING), LARGEST)
    return float(max(fitting, SMALLEST))


def _shortened(text: str, font: str, size: float, width: float) -> str:
    """Return ``text``, cut with an ellipsis where even the smallest size is too wide."""
    if pdfmetrics.stringWidth(text, font, size) <= width:
        return text
    while text and pdfmetrics.stringWidth(text + "…", font, size) > width:
        text = text[:-1]
    return text + "…"
