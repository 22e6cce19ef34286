"""What a person sees of a signature: a small drawing made for its box, upright on rotated pages, never overflowing."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from PIL import Image
from pyhanko.pdf_utils import layout
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from paraphe.pdf.errors import BadImage
from paraphe.pdf.ink import Ink
from paraphe.pdf.values import SignatureSettings

REGULAR, BOLD = "ParapheSans", "ParapheSans-Bold"
INK, SOFT = HexColor("#14213d"), HexColor("#52607a")
LARGEST, SMALLEST, STEP = 12.0, 3.0, 0.25
LEADING = 1.3
LOGO_SHARE, HANDWRITING_SHARE, IMAGE_SHARE, GAP = 0.28, 0.42, 0.86, 6.0
"""How much of the width and of the height images may take, and the points between them and the text."""
MAX_PIXELS, MAX_SIDE = 40_000_000, 1200
MIN_LOGO_SIDE = 16
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORDS = {
    "fr": {
        "signature": "Signé électroniquement par", "seal": "Scellé électroniquement par", "at": "le {} à {}",
        "echo": "Signature en page {}", "elsewhere": "Signature dans ce document",
    },
    "en": {
        "signature": "Electronically signed by", "seal": "Electronically sealed by", "at": "{}, {}",
        "echo": "Signature on page {}", "elsewhere": "Signature in this document",
    },
}  # fmt: skip

Line = tuple[str, str]
"""A text and its font."""


@dataclass(frozen=True)
class Room:
    """What is free in the box, in points from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float


@cache
def register_fonts() -> None:
    """Make Noto Sans known to the drawing library, once in a process. It is embedded as a subset where it is used."""
    folder = files("paraphe.pdf").joinpath("fonts")
    for name, file in ((REGULAR, "NotoSans-Regular.ttf"), (BOLD, "NotoSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, BytesIO(folder.joinpath(file).read_bytes())))


def stamp_style(settings: SignatureSettings, width: float, height: float, rotation: int) -> StaticStampStyle:
    """Return the appearance for a box of ``width`` by ``height`` points as seen, on a page turned by ``rotation``."""
    return _style(_draw(settings, width, height, rotation))


def initials_style(text: str, width: float, height: float, rotation: int) -> StaticStampStyle:
    """Return the appearance of initials, for a box as in ``stamp_style``."""
    register_fonts()
    target = BytesIO()
    canvas = _turned(target, width, height, rotation)
    shown = drawable(text, BOLD)
    size = LARGEST
    while size > SMALLEST and pdfmetrics.stringWidth(shown, BOLD, size) > width - 4:
        size -= STEP
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, size)
    canvas.drawRightString(width - 2, 7, shown)
    canvas.rect(0, 2, width, 1, stroke=0, fill=1)
    canvas.showPage()
    canvas.save()
    return _style(target.getvalue())


def _style(drawing: bytes) -> StaticStampStyle:
    return StaticStampStyle(
        background=_Drawing(drawing),
        border_width=0,
        background_opacity=1.0,
        background_layout=layout.SimpleBoxLayoutRule(
            x_align=layout.AxisAlignment.ALIGN_MIN,
            y_align=layout.AxisAlignment.ALIGN_MIN,
            margins=layout.Margins(0, 0, 0, 0),
            inner_content_scaling=layout.InnerScaling.NO_SCALING,
        ),
    )


def echo_lines(settings: SignatureSettings, page: int | None) -> list[Line]:
    """Return the lines of a box that repeats a signature: the same, and where it is (``page`` from 0)."""
    words = WORDS["en" if settings.language == "en" else "fr"]
    where = words["elsewhere"] if page is None else words["echo"].format(page + 1)
    return [*lines_of(settings), (drawable(where, REGULAR), REGULAR)]


def lines_of(settings: SignatureSettings) -> list[Line]:
    """Return the lines of the appearance with their fonts, most important second."""
    words = WORDS["en" if settings.language == "en" else "fr"]
    lines = [(words[settings.kind], REGULAR), (settings.signer_name, BOLD)]
    if settings.role:
        lines.append((settings.role, REGULAR))
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
    canvas = _turned(target, width, height, rotation)
    canvas.setFillColor(INK)
    bar = min(2.5, width * 0.02)
    canvas.rect(0, 0, bar, height, stroke=0, fill=1)
    room = Room(bar + min(6.0, width * 0.04), 0.0, width - min(3.0, width * 0.02), height)
    _write(canvas, lines, _images(canvas, settings, room))
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _turned(target: BytesIO, width: float, height: float, rotation: int) -> Canvas:
    """Return a canvas on which one draws upright what a page turned by ``rotation`` shows upright."""
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
    return canvas


def _images(canvas: Canvas, settings: SignatureSettings, room: Room) -> Room:
    """Draw the logo first and the handwriting last, beside the text or, in a tall box, above and below it."""
    tall = room.top - room.bottom > room.right - room.left
    if settings.logo is not None:
        room = _picture(canvas, opaque(settings.logo), room, LOGO_SHARE, "top" if tall else "left")
    if settings.ink is not None:
        return _inked(canvas, settings.ink, room, "bottom" if tall else "right")
    if settings.handwriting is not None:
        room = _picture(canvas, opaque(settings.handwriting), room, HANDWRITING_SHARE, "bottom" if tall else "right")
    return room


def _picture(canvas: Canvas, image: Image.Image, room: Room, share: float, side: str) -> Room:
    """Draw an image as large as its share of the room allows, at one side, and return what is left."""
    width, height = room.right - room.left, room.top - room.bottom
    across, down = image.size
    beside = side in ("left", "right")
    limits = (width * share, height * IMAGE_SHARE) if beside else (width * IMAGE_SHARE, height * share)
    scale = min(limits[0] / across, limits[1] / down)
    drawn_width, drawn_height = across * scale, down * scale
    x = {"left": room.left, "right": room.right - drawn_width}.get(side, room.left)
    y = {"top": room.top - drawn_height - GAP / 2, "bottom": room.bottom + GAP / 2}.get(
        side, room.bottom + (height - drawn_height) / 2
    )
    canvas.drawImage(ImageReader(image), x, y, drawn_width, drawn_height)
    gap = min(GAP, width * 0.03)
    return replace(
        room,
        left=room.left + drawn_width + gap if side == "left" else room.left,
        right=room.right - drawn_width - gap if side == "right" else room.right,
        bottom=room.bottom + drawn_height + gap if side == "bottom" else room.bottom,
        top=room.top - drawn_height - gap if side == "top" else room.top,
    )


def _inked(canvas: Canvas, ink: Ink, room: Room, side: str) -> Room:
    """Draw what a finger drew, at the right or below, and return what is left."""
    width, height = room.right - room.left, room.top - room.bottom
    if side == "right":
        share = width * HANDWRITING_SHARE
        frame = (room.right - share, room.bottom + height * (1 - IMAGE_SHARE) / 2, share, height * IMAGE_SHARE)
        left = replace(room, right=room.right - share - min(GAP, width * 0.03))
    else:
        share = height * HANDWRITING_SHARE
        frame = (room.left, room.bottom + GAP / 2, width * IMAGE_SHARE, share)
        left = replace(room, bottom=room.bottom + share + GAP)
    strokes, pen = ink.placed(*frame)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(pen)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    path = canvas.beginPath()
    for first, *rest in strokes:
        path.moveTo(*first)
        for point in rest or [first]:
            path.lineTo(*point)
    canvas.drawPath(path)
    return left


def opaque(data: bytes) -> Image.Image:
    """Return a PNG or JPEG without transparency, on white: PDF/A-1 allows none (ISO 19005-1 §6.4).

    Larger ones are made smaller. Raises BadImage.
    """
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as found:
            if found.width * found.height > MAX_PIXELS:
                raise BadImage(reason="too large")
            found.thumbnail((MAX_SIDE, MAX_SIDE))
            with_alpha = found.convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage(reason="too large") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise BadImage(reason="unreadable") from error
    paper = Image.new("RGB", with_alpha.size, "white")
    paper.paste(with_alpha, mask=with_alpha.getchannel("A"))
    return paper


def clean_image(data: bytes) -> bytes:
    """Return a PNG or JPEG drawn anew as PNG, without transparency and without whatever else the file carries.

    Raises BadImage; its ``reason`` is ``unreadable``, ``too large`` or ``too small``.
    """
    image = opaque(data)
    if min(image.size) < MIN_LOGO_SIDE:
        raise BadImage(reason="too small")
    target = BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()


def _write(canvas: Canvas, lines: list[Line], room: Room) -> None:
    height = room.top - room.bottom
    size, lines = fitted_lines(lines, room.right - room.left - 1, height)
    y = room.top - (height - len(lines) * size * LEADING) / 2 - size
    for text, font in lines:
        canvas.setFillColor(INK if font == BOLD else SOFT)
        canvas.setFont(font, size)
        canvas.drawString(room.left, y, text)
        y -= size * LEADING


def fitted_lines(lines: Sequence[Line], width: float, height: float) -> tuple[float, list[Line]]:
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
