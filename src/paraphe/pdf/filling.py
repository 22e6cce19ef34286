"""Form fields get their values, with what shows them drawn in an embedded font (ISO 32000-2 §12.7.4, §12.7.5).

Everything goes into the revision that the signature of the same person is about to make: one revision per signer. Text
is always shown as text; what was drawn by hand is lines beside it.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from reportlab.pdfbase.pdfmetrics import stringWidth

from paraphe.pdf.appearance import BOLD, HANDWRITING_SHARE, REGULAR, Line, drawable, fitted_lines, register_fonts
from paraphe.pdf.errors import FieldMissing, FieldTaken
from paraphe.pdf.forms import FieldTree
from paraphe.pdf.ink import Ink, operators
from paraphe.pdf.opening import look, numbers
from paraphe.pdf.pages import Page, read_pages
from paraphe.pdf.values import FieldValue
from paraphe.pdf.writing import TailWriter

LARGEST, SMALLEST, STEP, LEADING, MARGIN = 11.0, 4.0, 0.5, 1.25, 2.0
MOST_CHARACTERS = 2000
INK, SOFT, PEN = b"0.078 0.129 0.239 rg", b"0.322 0.376 0.478 rg", b"0.078 0.129 0.239 RG"
MULTILINE = 1 << 12
CAPTION, LEAST_CAPTION = 0.3, 6.0
"""The part of the height that is left to the text under what was drawn, and the least of it in points."""
LONG = 2000
FONTS = {REGULAR: ("Paraphe", "NotoSans-Regular.ttf"), BOLD: ("ParapheBold", "NotoSans-Bold.ttf")}


@dataclass(frozen=True)
class _Seat:
    """The box of a field as seen, in points, on a page turned by ``rotation``."""

    width: float
    height: float
    rotation: int


class Filler:
    """Fills fields of one document in the revision of ``writer``; its font is embedded once, and only when used."""

    def __init__(self, writer: TailWriter) -> None:
        self._writer = writer
        self._pages = read_pages(writer.prev)
        self._tree = FieldTree(writer.prev, self._pages)
        self._fonts: dict[str, GlyphAccumulator] = {}

    def fill(self, values: Sequence[FieldValue]) -> None:
        """Give each field its value. Raises FieldMissing, FieldTaken for one that is locked, filled, or no such one."""
        states = {one.name: one for one in self._tree.fields()}
        for value in values:
            known = states.get(value.name)
            if known is None:
                raise FieldMissing(field=value.name)
            if known.locked or known.kind != ("Tx" if value.checked is None else "Btn"):
                raise FieldTaken(field=value.name)
            self._fill(value)

    def echo(self, names: Sequence[str], lines: Sequence[Line], ink: Ink | None) -> None:
        """Write ``lines`` into text fields as the appearance of the signature shows them. Raises as ``fill``."""
        states = {one.name: one for one in self._tree.fields()}
        for name in names:
            reference, known = self._tree.only_widget(name), states.get(name)
            if reference is None or known is None:
                raise FieldMissing(field=name)
            if known.locked or known.kind != "Tx":
                raise FieldTaken(field=name)
            field = self._writer.get_object(reference)
            self._give(field, reference, "\n".join(text for text, _ in lines), self._echo(field, reference, lines, ink))

    def page_of(self, name: str) -> int | None:
        """Return the page, from 0, that shows the field ``name``; None for one that is shown nowhere."""
        return self._tree.page_of(name)

    def _fill(self, value: FieldValue) -> None:
        reference = self._tree.only_widget(value.name)
        if reference is None:
            raise FieldMissing(field=value.name)
        field = self._writer.get_object(reference)
        if value.checked is not None:
            self._tick(field, value.checked)
            self._writer.mark_update(reference)
            return
        text = unicodedata.normalize("NFC", value.text)[:MOST_CHARACTERS]
        flags = look(field, "/Ff")
        several = bool(isinstance(flags, generic.NumberObject) and int(flags) & MULTILINE)
        seat = self._seat(field, reference)
        drawn = self._written(text, seat, several=several, ink=value.ink)
        self._give(field, reference, text, self._drawing(drawn, seat))

    def _give(
        self, field: generic.DictionaryObject, reference: generic.Reference, text: str, drawing: generic.StreamObject
    ) -> None:
        if str(look(field, "/V") or "") not in ("", text):
            raise FieldTaken(field=str(look(field, "/T")))
        field["/V"] = generic.TextStringObject(text)
        field["/AP"] = generic.DictionaryObject({generic.pdf_name("/N"): self._writer.add_object(drawing)})
        self._writer.mark_update(reference)

    def _tick(self, field: generic.DictionaryObject, checked: bool) -> None:
        states = look(look(field, "/AP"), "/N")
        names = [str(one) for one in states] if isinstance(states, generic.DictionaryObject) else []
        on = next((one for one in names if one != "/Off"), None)
        if on is None:
            raise FieldMissing(field=str(look(field, "/T")))
        state = generic.NameObject(on if checked else "/Off")
        field["/V"], field["/AS"] = state, state

    def _seat(self, field: generic.DictionaryObject, reference: generic.Reference) -> _Seat:
        rectangle = look(field, "/Rect")
        if not isinstance(rectangle, generic.ArrayObject) or len(rectangle) != 4:
            return _Seat(0.0, 0.0, 0)
        x1, y1, x2, y2 = numbers(rectangle)
        width, height = abs(x2 - x1), abs(y2 - y1)
        rotation = next((page.rotation for page in self._pages if _holds(page, reference)), 0)
        return _Seat(height, width, rotation) if rotation in (90, 270) else _Seat(width, height, rotation)

    def _written(self, text: str, seat: _Seat, *, several: bool, ink: Ink | None) -> bytes:
        """Return what shows a text; under what was drawn by hand, where there is such, or right of it in a low box."""
        left, width, height, before = 0.0, seat.width, seat.height, b""
        if ink is not None:
            caption = max(height * CAPTION, LEAST_CAPTION)
            if height - caption >= LEAST_CAPTION:
                before = _inked(ink, MARGIN, caption, width - 2 * MARGIN, height - caption - 1, middle=False)
                height = caption
            else:
                before = _inked(ink, MARGIN, 1, width / 2 - 2 * MARGIN, height - 2)
                left, width = width / 2, width / 2
        size, lines = fitted(text, width, height, multiline=several)
        top = height - MARGIN - size if several and ink is None else (height - size) / 2 + size * 0.22
        shown = [
            (left + MARGIN, top - number * size * LEADING, line, REGULAR, INK) for number, line in enumerate(lines)
        ]
        return before + self._texts(size, shown)

    def _echo(
        self, field: generic.DictionaryObject, reference: generic.Reference, lines: Sequence[Line], ink: Ink | None
    ) -> generic.StreamObject:
        """Return the lines of a signature with the bar at their left, what was drawn by hand at their right."""
        seat = self._seat(field, reference)
        bar = min(2.5, seat.width * 0.02)
        left = bar + min(6.0, seat.width * 0.04)
        room, bottom = seat.width - left - min(3.0, seat.width * 0.02), 0.0
        data = b"q %s 0 0 %.2f %.2f re f Q " % (INK, bar, seat.height)
        if ink is not None and seat.height > seat.width:
            bottom = seat.height * HANDWRITING_SHARE
            data += _inked(ink, left, 2, room, bottom - 4)
        elif ink is not None:
            share = room * HANDWRITING_SHARE
            data += _inked(ink, left + room - share, 2, share, seat.height - 4)
            room -= share + 4
        height = seat.height - bottom
        size, folded = fitted_lines(lines, room, height)
        y = seat.height - (height - len(folded) * size * LEADING) / 2 - size
        shown = [
            (left, y - number * size * LEADING, text, font, INK if font == BOLD else SOFT)
            for number, (text, font) in enumerate(folded)
        ]
        return self._drawing(data + self._texts(size, shown), seat)

    def _texts(self, size: float, shown: Sequence[tuple[float, float, str, str, bytes]]) -> bytes:
        """Return the text object that shows each line: where, what, in which font and colour."""
        parts = [
            b"%s /%s %.2f Tf 1 0 0 1 %.2f %.2f Tm %s\n"
            % (colour, FONTS[font][0].encode(), size, x, y, self._glyphs(text, font))
            for x, y, text, font, colour in shown
            if text
        ]
        return b"BT %sET" % b"".join(parts) if parts else b""

    def _drawing(self, data: bytes, seat: _Seat) -> generic.StreamObject:
        """Return a drawing for this seat as seen, upright on a page that is turned."""
        whole = b"/Tx BMC q %s cm %s Q EMC" % (upright(seat.width, seat.height, seat.rotation), data)
        box = (seat.height, seat.width) if seat.rotation in (90, 270) else (seat.width, seat.height)
        fonts = {
            generic.pdf_name(f"/{short}"): self._fonts[font].as_resource()
            for font, (short, _) in FONTS.items()
            if font in self._fonts and b"/%s " % short.encode() in data
        }
        drawing = generic.StreamObject(
            generic.DictionaryObject(
                {
                    generic.pdf_name("/Type"): generic.pdf_name("/XObject"),
                    generic.pdf_name("/Subtype"): generic.pdf_name("/Form"),
                    generic.pdf_name("/BBox"): generic.ArrayObject(
                        [generic.FloatObject(one) for one in (0.0, 0.0, *(round(side, 2) for side in box))]
                    ),
                    generic.pdf_name("/Resources"): generic.DictionaryObject(
                        {generic.pdf_name("/Font"): generic.DictionaryObject(fonts)}
                    ),
                }
            ),
            stream_data=whole,
        )
        if len(whole) > LONG:
            # Handwriting on every page of a contract.
            drawing.compress()
        return drawing

    def _glyphs(self, text: str, font: str) -> bytes:
        if font not in self._fonts:
            data = files("paraphe.pdf").joinpath("fonts", FONTS[font][1]).read_bytes()
            self._fonts[font] = GlyphAccumulator(self._writer, BytesIO(data), font_size=LARGEST)
        return self._fonts[font].shape(text, with_actual_text=False).graphics_ops


def _inked(ink: Ink, left: float, bottom: float, width: float, height: float, *, middle: bool = True) -> bytes:
    return b"q %s %s Q " % (PEN, operators(*ink.placed(left, bottom, width, height, middle=middle)))


def fitted(text: str, width: float, height: float, *, multiline: bool) -> tuple[float, list[str]]:
    """Return the size at which ``text`` fits a box, and its lines; cut with an ellipsis where nothing helps."""
    register_fonts()
    paragraphs = [drawable(line, REGULAR) for line in text.splitlines()] or [""]
    if not multiline:
        paragraphs = [" ".join(paragraphs)]
    room = width - 2 * MARGIN
    size = min(LARGEST, max(height - 2 * MARGIN, SMALLEST))
    while True:
        lines = [part for one in paragraphs for part in (_folded(one, size, room) if multiline else [one])]
        widest = max(stringWidth(one, REGULAR, size) for one in lines)
        if widest <= room and len(lines) * size * LEADING <= max(height, size * LEADING):
            return size, lines
        if size <= SMALLEST:
            most = max(int(height // (size * LEADING)), 1)
            return size, [_cut(one, size, room) for one in lines[:most]]
        size -= STEP


def _folded(text: str, size: float, width: float) -> list[str]:
    found, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and stringWidth(longer, REGULAR, size) > width:
            found.append(line)
            line = word
        else:
            line = longer
    return [*found, line]


def _cut(text: str, size: float, width: float) -> str:
    if stringWidth(text, REGULAR, size) <= width:
        return text
    while text and stringWidth(text + "…", REGULAR, size) > width:
        text = text[:-1]
    return text + "…"


def upright(width: float, height: float, rotation: int) -> bytes:
    """Return the matrix that turns a drawing of this size as seen to how the page of the file lies."""
    if rotation == 90:
        return b"0 1 -1 0 %.2f 0" % height
    if rotation == 180:
        return b"-1 0 0 -1 %.2f %.2f" % (width, height)
    if rotation == 270:
        return b"0 -1 1 0 0 %.2f" % width
    return b"1 0 0 1 0 0"


def _holds(page: Page, reference: generic.Reference) -> bool:
    annotations = look(page.dictionary, "/Annots")
    if not isinstance(annotations, generic.ArrayObject):
        return False
    raw = (annotations.raw_get(number) for number in range(len(annotations)))
    return any(isinstance(one, generic.IndirectObject) and one.reference == reference for one in raw)
