"""The fields of a form: their names, kinds, pages, and which are locked by a signature (ISO 32000-2 §12.7)."""

from collections.abc import Iterator
from typing import Literal, cast

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPSpec

from paraphe.pdf.errors import Damaged
from paraphe.pdf.opening import look, numbers
from paraphe.pdf.pages import Page
from paraphe.pdf.values import FormField, OpenField

MAX_FIELDS, MAX_DEPTH = 20_000, 32
MOST_OPEN = 500
"""Empty fields of which the place is told."""
MULTILINE, PASSWORD, RADIO, PUSHED, FILE, COMB, RICH = (1 << bit for bit in (12, 13, 15, 16, 20, 24, 25))
NOT_PLAIN = {"Tx": PASSWORD | FILE | COMB | RICH, "Btn": RADIO | PUSHED}
"""Fields that hold something else than a text or a tick (ISO 32000-2 tables 229 and 231)."""
HIDDEN = 2 | 32
LEAST_SIDE = 6.0


class FieldTree:
    """Every terminal field of a form, read once. Raises Damaged for a tree that is none."""

    def __init__(self, reader: PdfFileReader, pages: list[Page]) -> None:
        self._locks = list(_locks(reader))
        self._found = list(_terminal(look(look(reader.root, "/AcroForm"), "/Fields")))
        self._pages = pages
        self._widgets: dict[object, int] | None = None

    def fields(self) -> tuple[FormField, ...]:
        """Return every field that is no signature."""
        return tuple(
            FormField(name, kind, any(lock.is_locked(name) for lock in self._locks))
            for name, kind, _ in self._found
            if kind != "Sig"
        )

    def page_of(self, name: str) -> int | None:
        """Return the page, from 0, that shows the field ``name``; None for one that is shown nowhere."""
        if self._widgets is None:
            self._widgets = dict(_widgets(self._pages))
        for found, _, references in self._found:
            if found == name:
                return next((self._widgets[one] for one in references if one in self._widgets), None)
        return None

    def open_fields(self) -> tuple[OpenField, ...]:
        """Return the first MOST_OPEN fields that are empty, seen once, and can be filled or signed as they are."""
        found: list[OpenField] = []
        pages = dict(_widgets(self._pages))
        for name, kind, references in self._found:
            if len(references) != 1 or references[0] not in pages or any(one.is_locked(name) for one in self._locks):
                continue
            number = pages[references[0]]
            one = _open(references[0].get_object(), name, kind, number, self._pages[number])
            if one is not None:
                found.append(one)
            if len(found) >= MOST_OPEN:
                break
        return tuple(found)

    def only_widget(self, name: str) -> generic.Reference | None:
        """Return the object that is both the field ``name`` and its one widget; None where there is no such one."""
        for found, _, references in self._found:
            if found == name:
                return references[0] if len(references) == 1 else None
        return None


def _terminal(fields: object) -> Iterator[tuple[str, str, list[generic.Reference]]]:
    """Yield name, kind and widgets of every field without fields below it."""
    waiting = [(one, "", "", 0) for one in _raw(fields)]
    seen: set[object] = set()
    while waiting:
        raw, above, kind, depth = waiting.pop(0)
        reference = raw.reference if isinstance(raw, generic.IndirectObject) else None
        if (reference is not None and reference in seen) or depth > MAX_DEPTH or len(seen) > MAX_FIELDS:
            raise Damaged(reason="fields")
        seen.add(reference if reference is not None else len(seen))
        node = raw.get_object()
        if not isinstance(node, generic.DictionaryObject):
            continue
        name = ".".join(part for part in (above, str(look(node, "/T") or "")) if part)
        kind = str(look(node, "/FT") or kind).lstrip("/")
        kids = _raw(look(node, "/Kids"))
        if any(look(one.get_object(), "/T") is not None for one in kids):
            waiting += [(one, name, kind, depth + 1) for one in kids]
        else:
            own = [one.reference for one in kids if isinstance(one, generic.IndirectObject)]
            yield name, kind, [*own, *([reference] if reference is not None else [])]


def _open(node: object, name: str, kind: str, number: int, page: Page) -> OpenField | None:
    """Return a field that is its own widget, where it is empty and plain and can be seen."""
    rectangle, seen, own = look(node, "/Rect"), _number(look(node, "/F")), _kind_of(node, kind)
    if own is None or not isinstance(rectangle, generic.ArrayObject) or len(rectangle) != 4 or seen & HIDDEN:
        return None
    try:
        box = page.to_seen(number, cast(tuple[float, float, float, float], tuple(numbers(rectangle))))
    except ValueError:
        return None
    size = page.seen
    inside = 0 <= box.x <= size.width_pt - box.width + 1 and 0 <= box.y <= size.height_pt - box.height + 1
    if not name or not inside or min(box.width, box.height) < LEAST_SIDE:
        return None
    return OpenField(name, own, box, str(look(node, "/TU") or "")[:200])


def _kind_of(node: object, kind: str) -> Literal["signature", "text", "lines", "checkbox"] | None:
    """Return what can be put into an empty field; None for what is filled, computed, or neither text nor tick."""
    flags, keys = _number(look(node, "/Ff")), set(node) if isinstance(node, generic.DictionaryObject) else set()
    if flags & NOT_PLAIN.get(kind, 0) or "/AA" in keys:
        return None
    if kind == "Sig":
        return "signature" if "/V" not in keys else None
    if kind == "Tx" and "/MaxLen" not in keys and not str(look(node, "/V") or ""):
        return "lines" if flags & MULTILINE else "text"
    states = look(look(node, "/AP"), "/N")
    ticks = isinstance(states, generic.DictionaryObject) and any(str(one) != "/Off" for one in states)
    return "checkbox" if kind == "Btn" and ticks and str(look(node, "/V") or "/Off") == "/Off" else None


def _number(value: object) -> int:
    return int(value) if isinstance(value, generic.NumberObject) else 0


def _raw(array: object) -> list[generic.PdfObject]:
    return [array.raw_get(number) for number in range(len(array))] if isinstance(array, generic.ArrayObject) else []


def _widgets(pages: list[Page]) -> Iterator[tuple[object, int]]:
    for number, page in enumerate(pages):
        for one in _raw(look(page.dictionary, "/Annots")):
            if isinstance(one, generic.IndirectObject):
                yield one.reference, number


def _locks(reader: PdfFileReader) -> Iterator[FieldMDPSpec]:
    for one in reader.embedded_signatures:
        lock = one.fieldmdp
        if lock is not None:
            yield lock
