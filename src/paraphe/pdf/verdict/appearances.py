"""What a drawing says and hides: the text of a form field beside its value, the marks of a comment."""

import re
import unicodedata

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError

from paraphe.pdf.verdict.context import Context
from paraphe.pdf.verdict.history import Thing, keys_of, raw
from paraphe.pdf.verdict.tokens import Lexer, LexError, String

STRING = re.compile(rb"[(<]")
OPERATOR = re.compile(rb"(?<![^\s\]>)])(Tj|TJ|'|\"|Do|sh|BI|f\*?|F|B\*?|b\*?)(?![^\s/\[(<%])")
TEXT_OR_IMAGE = frozenset({b"Tj", b"TJ", b"'", b'"', b"Do", b"sh", b"BI"})
PICTURES = frozenset({b"Do", b"sh", b"BI"})
FILLING = frozenset({b"f", b"f*", b"F", b"B", b"B*", b"b", b"b*"})
COMMENTS = frozenset({"/Text", "/Popup", "/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Ink"})
MAX_NOTE = 60.0
MAX_DATA = 1_000_000


def says_otherwise(context: Context, field: Thing, *, blank_is_fine: bool = False) -> bool:
    """Tell whether the appearance of a filled text field shows another text than its value.

    ``blank_is_fine``: an appearance without any text says nothing else.

    Where the text cannot be read (fonts with their own encoding) or a script formats it, nobody can tell: False.
    """
    value = _value(context, field)
    drawing = context.history.look(context.history.look(field, "/AP", context.new), "/N", context.new)
    formats = context.history.look(context.history.look(field, "/AA", context.new), "/F", context.new)
    if value is None or formats is not None or not isinstance(drawing, generic.StreamObject):
        return False
    data = _data(drawing)
    if data is None or set(OPERATOR.findall(data)) & PICTURES:
        # No program draws pictures to show a text.
        return True
    shown = _text(context, drawing, data)
    if shown is None or (blank_is_fine and not _plain(shown)):
        return False
    return _plain(shown) != _plain(value)


def _value(context: Context, field: Thing) -> str | None:
    """Return the value of a text field, its own or that of the field it is a widget of."""
    node, depth = field, 0
    kind = value = None
    while node is not None and depth < 16:
        kind = kind or context.history.look(node, "/FT", context.new)
        value = value or context.history.look(node, "/V", context.new)
        node, depth = context.history.look(node, "/Parent", context.new), depth + 1
    flags = context.history.look(field, "/Ff", context.new)
    hidden = isinstance(flags, generic.NumberObject) and int(flags) & (1 << 13)
    if str(kind) != "/Tx" or hidden or not isinstance(value, generic.TextStringObject):
        return None
    return str(value)


def _text(context: Context, drawing: generic.StreamObject, data: bytes) -> str | None:
    """Return what simple fonts show; None where another font does."""
    resources = context.history.look(drawing, "/Resources", context.new)
    fonts = context.history.look(resources, "/Font", context.new)
    for key in keys_of(fonts):
        font = context.history.look(fonts, key, context.new)
        if str(raw(font, "/Subtype")) == "/Type0" or isinstance(
            context.history.look(font, "/Encoding", context.new), generic.DictionaryObject
        ):
            return None
    lexer, shown, position = Lexer(data), b"", 0
    while (found := STRING.search(data, position)) is not None:
        try:
            value, position = lexer.value(found.start())
        except LexError:
            position = found.end()
            continue
        shown += value.value if isinstance(value, String) else b""
    return shown.decode("cp1252", "replace")


def _data(drawing: generic.StreamObject) -> bytes | None:
    try:
        data = bytes(drawing.data)
    except (PdfError, ValueError, TypeError, KeyError, RuntimeError):
        return None
    return data if len(data) <= MAX_DATA else None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text)
    return "".join(one for one in folded if one.isascii() and one.isalnum())


def is_comment(context: Context, annotation: Thing, revision: int) -> bool:
    """Tell whether an annotation is one of those that comment on the text and cannot hide or replace it."""
    subtype = str(context.history.look(annotation, "/Subtype", revision))
    if subtype not in COMMENTS or keys_of(annotation) & {"/A", "/AA", "/PA"}:
        return False
    rectangle = context.rectangle(annotation, revision)
    if subtype == "/Text" and rectangle is not None:
        width, height = rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]
        if width > MAX_NOTE or height > MAX_NOTE:
            return False
    states = context.history.look(annotation, "/AP", revision)
    drawings = [context.history.look(states, key, revision) for key in keys_of(states)]
    return all(_marks_only(context, subtype, one, revision) for one in drawings)


def _marks_only(context: Context, subtype: str, drawing: Thing, revision: int) -> bool:
    """Tell whether a drawing leaves legible what is below: lines, or paint that multiplies."""
    if not isinstance(drawing, generic.StreamObject):
        return False
    data = _data(drawing)
    if data is None:
        return False
    if subtype in ("/Text", "/Popup"):
        return True
    operators = set(OPERATOR.findall(data))
    if operators & TEXT_OR_IMAGE - {b"Do"}:
        return False
    inner = context.history.look(context.history.look(drawing, "/Resources", revision), "/XObject", revision)
    parts = [context.history.look(inner, key, revision) for key in keys_of(inner)]
    if b"Do" in operators and not all(_marks_only(context, subtype, one, revision) for one in parts[:8]):
        return False
    return subtype != "/Highlight" or not operators & FILLING or _multiplies(context, drawing, revision)


def _multiplies(context: Context, drawing: Thing, revision: int) -> bool:
    resources = context.history.look(drawing, "/Resources", revision)
    states = context.history.look(resources, "/ExtGState", revision)
    modes = {
        str(context.history.look(context.history.look(states, key, revision), "/BM", revision))
        for key in keys_of(states)
    }
    return "/Multiply" in modes
