"""The fields of a form: their names, kinds, pages, and which are locked by a signature (ISO 32000-2 §12.7)."""

from collections.abc import Iterator

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPSpec

from paraphe.pdf.errors import Damaged
from paraphe.pdf.opening import look
from paraphe.pdf.pages import Page
from paraphe.pdf.values import FormField

MAX_FIELDS, MAX_DEPTH = 20_000, 32


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
