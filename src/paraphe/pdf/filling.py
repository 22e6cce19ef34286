"""Form fields get their values, with what shows them drawn in an embedded font (ISO 32000-2 §12.7.4, §12.7.5).

Everything goes into the revision that the signature of the same person is about to make: one revision per signer.
"""

import unicodedata
from collections.abc import Sequence
from importlib.resources import files
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from reportlab.pdfbase.pdfmetrics import stringWidth

from paraphe.pdf.appearance import REGULAR, drawable, register_fonts
from paraphe.pdf.errors import FieldMissing, FieldTaken
from paraphe.pdf.forms import FieldTree
from paraphe.pdf.opening import look, numbers
from paraphe.pdf.pages import Page, read_pages
from paraphe.pdf.values import FieldValue
from paraphe.pdf.writing import TailWriter

LARGEST, SMALLEST, STEP, LEADING, MARGIN = 11.0, 4.0, 0.5, 1.25, 2.0
MOST_CHARACTERS = 2000
INK = b"0.078 0.129 0.239 rg"
MULTILINE = 1 << 12
ON = "/On"


class Filler:
    """Fills fields of one document in the revision of ``writer``; its font is embedded once, and only when used."""

    def __init__(self, writer: TailWriter) -> None:
        self._writer = writer
        self._pages = read_pages(writer.prev)
        self._tree = FieldTree(writer.prev, self._pages)
        self._font: GlyphAccumulator | None = None

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

    def _fill(self, value: FieldValue) -> None:
        reference = self._tree.only_widget(value.name)
        if reference is None:
            raise FieldMissing(field=value.name)
        field = self._writer.get_object(reference)
        if value.checked is None:
            self._write_text(field, reference, value.text)
        else:
            self._tick(field, value.checked)
        self._writer.mark_update(reference)

    def _write_text(self, field: generic.DictionaryObject, reference: generic.Reference, text: str) -> None:
        text = unicodedata.normalize("NFC", text)[:MOST_CHARACTERS]
        if str(look(field, "/V") or "") not in ("", text):
            raise FieldTaken(field=str(look(field, "/T")))
        width, height, rotation = self._size(field, reference)
        flags = look(field, "/Ff")
        lines = bool(isinstance(flags, generic.NumberObject) and int(flags) & MULTILINE)
        drawing = self._drawing(text, width, height, rotation, multiline=lines)
        field["/V"] = generic.TextStringObject(text)
        field["/AP"] = generic.DictionaryObject({generic.pdf_name("/N"): self._writer.add_object(drawing)})

    def _tick(self, field: generic.DictionaryObject, checked: bool) -> None:
        states = look(look(field, "/AP"), "/N")
        names = [str(one) for one in states] if isinstance(states, generic.DictionaryObject) else []
        on = next((one for one in names if one != "/Off"), None)
        if on is None:
            raise FieldMissing(field=str(look(field, "/T")))
        state = generic.NameObject(on if checked else "/Off")
        field["/V"], field["/AS"] = state, state

    def _size(self, field: generic.DictionaryObject, reference: generic.Reference) -> tuple[float, float, int]:
        """Return width and height as seen, and the rotation of the page."""
        rectangle = look(field, "/Rect")
        if not isinstance(rectangle, generic.ArrayObject) or len(rectangle) != 4:
            return 0.0, 0.0, 0
        x1, y1, x2, y2 = numbers(rectangle)
        width, height = abs(x2 - x1), abs(y2 - y1)
        rotation = next((page.rotation for page in self._pages if _holds(page, reference)), 0)
        return (height, width, rotation) if rotation in (90, 270) else (width, height, rotation)

    def _drawing(
        self, text: str, width: float, height: float, rotation: int, *, multiline: bool
    ) -> generic.StreamObject:
        """Return the drawing of a text for a box of this size as seen, upright on a page turned by ``rotation``."""
        size, lines = fitted(text, width, height, multiline=multiline)
        top = height - MARGIN - size if multiline else (height - size) / 2 + size * 0.22
        shown = b"".join(
            b"1 0 0 1 %.2f %.2f Tm %s\n"
            % (MARGIN, top - number * size * LEADING, self._engine().shape(line, with_actual_text=False).graphics_ops)
            for number, line in enumerate(lines)
            if line
        )
        matrix = upright(width, height, rotation)
        text_object = b"BT %s /Paraphe %.2f Tf\n%sET" % (INK, size, shown) if shown else b""
        data = b"/Tx BMC q %s cm %s Q EMC" % (matrix, text_object)
        box = (height, width) if rotation in (90, 270) else (width, height)
        fonts = {generic.pdf_name("/Paraphe"): self._engine().as_resource()} if shown else {}
        return generic.StreamObject(
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
            stream_data=data,
        )

    def _engine(self) -> GlyphAccumulator:
        if self._font is None:
            data = files("paraphe.pdf").joinpath("fonts", "NotoSans-Regular.ttf").read_bytes()
            self._font = GlyphAccumulator(self._writer, BytesIO(data), font_size=LARGEST)
        return self._font


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
