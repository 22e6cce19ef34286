"""Where a signature goes: an existing field or a new one, its rectangle in the file, what is drawn in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, SigFieldSpec, enumerate_sig_fields
from pyhanko.stamp import StaticStampStyle

from paraphe.pdf.appearance import stamp_style
from paraphe.pdf.errors import BadBox, Damaged, FieldTaken, NoSuchPage, NotPermitted
from paraphe.pdf.forms import FieldTree
from paraphe.pdf.inspection import is_certified
from paraphe.pdf.opening import look, numbers
from paraphe.pdf.pages import Page, read_pages
from paraphe.pdf.values import Box, FieldLock, Inspection, SignatureSettings

SMALLEST = 4.0
"""A side of a box, in points, below which nothing can be seen."""


ACTIONS = {"all": FieldMDPAction.ALL, "include": FieldMDPAction.INCLUDE, "exclude": FieldMDPAction.EXCLUDE}


@dataclass(frozen=True)
class Place:
    """The field of the signature; ``new_field`` when it must be made, ``style`` when something is seen."""

    field_name: str
    new_field: SigFieldSpec | None
    style: StaticStampStyle | None


def place_of(reader: PdfFileReader, settings: SignatureSettings, found: Inspection) -> Place:
    """Return the place that ``settings`` ask for.

    Raises NoSuchPage, BadBox, FieldTaken; NotPermitted when a field would be new in a certified document, whose
    author allows only what he left empty (ISO 32000-2 §12.8.2.2, table 257).
    """
    name = settings.field_name
    if name is not None and (name in found.empty_fields or name in taken_names(reader)):
        return _existing(reader, settings, name, found)
    if is_certified(reader):
        raise NotPermitted(rule="DocMDP (ISO 32000-2 §12.8.2.2): no new field", empty_fields=found.empty_fields)
    if name is not None and (not name.strip() or "." in name):
        raise FieldTaken(field=name)
    name = name or _free_name(taken_names(reader))
    lock = _lock(settings.lock)
    if settings.box is None:
        return Place(name, SigFieldSpec(name, field_mdp_spec=lock), None)
    page, box = seat_in(reader, read_pages(reader), settings.box)
    left, bottom, right, top = (round(value) for value in page.to_file(box))
    style = stamp_style(settings, box.width, box.height, page.rotation)
    spec = SigFieldSpec(name, on_page=box.page, box=(left, bottom, right, top), field_mdp_spec=lock)
    return Place(name, spec, style)


def seat_in(reader: PdfFileReader, pages: Sequence[Page], box: Box) -> tuple[Page, Box]:
    """Return the page of ``box``, and the box moved into it. Raises NoSuchPage, BadBox, Damaged."""
    if not 0 <= box.page < len(pages):
        raise NoSuchPage(page=box.page)
    page = pages[box.page]
    seen, _ = reader.find_page_for_modification(box.page)
    if seen.reference != page.dictionary.container_ref:
        # The counts in the page tree lie: the library would put the field on another page than the one shown.
        raise Damaged(reason="page count")
    return page, _inside(page, box)


def taken_names(reader: PdfFileReader) -> set[str]:
    """Return the names of every field of the form, of whatever kind."""
    tree = FieldTree(reader, [])
    return {one.name for one in tree.fields()} | {str(name) for name, _, _ in enumerate_sig_fields(reader)}


def _lock(lock: FieldLock | None) -> FieldMDPSpec | None:
    if lock is None:
        return None
    return FieldMDPSpec(ACTIONS[lock.action], list(lock.fields) or None)


def _existing(reader: PdfFileReader, settings: SignatureSettings, name: str, found: Inspection) -> Place:
    if name not in found.empty_fields:
        raise FieldTaken(field=name)
    if any(one.fieldmdp is not None and one.fieldmdp.is_locked(name) for one in reader.embedded_signatures):
        raise NotPermitted(rule="FieldMDP (ISO 32000-2 §12.8.2.4): an earlier signature locked this field")
    if settings.lock is not None:
        raise NotPermitted(rule="a field that exists brings its own lock (ISO 32000-2 table 236)")
    _, _, reference = next(enumerate_sig_fields(reader, filled_status=False, with_name=name))
    field = reference.get_object()
    rectangle = look(field, "/Rect")
    if not isinstance(rectangle, generic.ArrayObject) or len(rectangle) != 4:
        return Place(name, None, None)
    x1, y1, x2, y2 = numbers(rectangle)
    width, height = abs(x2 - x1), abs(y2 - y1)
    if min(width, height) < SMALLEST:
        return Place(name, None, None)
    rotation = next((page.rotation for page in read_pages(reader) if _holds(page, reference)), 0)
    if rotation in (90, 270):
        width, height = height, width
    return Place(name, None, stamp_style(settings, width, height, rotation))


def _holds(page: Page, field: generic.IndirectObject) -> bool:
    annotations = look(page.dictionary, "/Annots")
    if not isinstance(annotations, generic.ArrayObject):
        return False
    return any(annotations.raw_get(number) == field for number in range(len(annotations)))


def _inside(page: Page, box: Box) -> Box:
    """Return ``box`` moved and, where it must be, shrunk into its page."""
    if not all(isfinite(value) for value in (box.x, box.y, box.width, box.height)):
        raise BadBox()
    seen = page.seen
    width, height = min(box.width, seen.width_pt), min(box.height, seen.height_pt)
    if width < SMALLEST or height < SMALLEST:
        raise BadBox(smallest=SMALLEST)
    x = min(max(box.x, 0.0), seen.width_pt - width)
    y = min(max(box.y, 0.0), seen.height_pt - height)
    return Box(box.page, x, y, width, height)


def _free_name(taken: set[str]) -> str:
    number = 1
    while f"Signature{number}" in taken:
        number += 1
    return f"Signature{number}"
