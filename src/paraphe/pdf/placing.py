"""Every field that people are going to fill and sign, placed in one revision before the first of them signs.

Afterwards nothing is added but values and signatures: no later signature breaks an earlier one (ISO 32000-2 §12.8.2.2).
"""

from collections.abc import Sequence

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from paraphe.pdf.errors import FieldMissing, FieldTaken, NotPermitted
from paraphe.pdf.filling import upright
from paraphe.pdf.forms import FieldTree
from paraphe.pdf.inspection import is_certified
from paraphe.pdf.opening import look, open_reader, opened, refusing
from paraphe.pdf.pages import Page, read_pages
from paraphe.pdf.place import seat_in, taken_names
from paraphe.pdf.reading import inspect
from paraphe.pdf.reserving import foundation
from paraphe.pdf.stages import Tail
from paraphe.pdf.values import Box, NewField, Source
from paraphe.pdf.writing import TailWriter

NAME = generic.pdf_name
KINDS = {"text": "/Tx", "lines": "/Tx", "checkbox": "/Btn"}
READ_ONLY, MULTILINE = 1, 1 << 12
PRINTED = 4
ON, OFF = "/Yes", "/Off"
RULE, INK = b"0.55 0.6 0.7 RG 0.75 w", b"0.078 0.129 0.239 RG 1 J 1 j"
TICK = ((0.22, 0.52), (0.42, 0.28), (0.8, 0.76))


def place_fields(
    source: Source, fields: Sequence[NewField], *, reserved: Sequence[str] = (), password: str | None = None
) -> Tail:
    """Return what puts ``fields`` into ``source``, in one revision; nothing where there are none.

    ``reserved`` names fields that the document brought and that readers must not offer to fill either; in a signed
    document they are left as they are. Signature fields may also be new in a signed document, other fields not: they
    would be a forbidden change. Raises a PdfRefused: FieldTaken for a name that is used, empty or has a dot;
    FieldMissing; NoSuchPage, BadBox; NotPermitted.
    """
    found = inspect(source, password=password)
    forms = [one for one in fields if one.kind != "signature"]
    if found.signed_fields and forms:
        raise NotPermitted(rule="ISO 32000-2 table 257: no new form field after a signature")
    reserved = () if found.signed_fields else reserved
    with opened(source) as buffer, refusing():
        if not fields and not reserved:
            return Tail(len(buffer), b"")
        before = foundation(buffer, found)
        reader = open_reader(buffer, before, password=password)
        if is_certified(reader):
            raise NotPermitted(rule="DocMDP (ISO 32000-2 §12.8.2.2): no new field", empty_fields=found.empty_fields)
        _check_names(reader, fields)
        pages = read_pages(reader)
        writer = TailWriter(buffer, before, password=password)
        for one in fields:
            _place(writer, reader, pages, one)
        _reserve(writer, reserved)
        return Tail(len(buffer), writer.finished())


def _check_names(reader: PdfFileReader, fields: Sequence[NewField]) -> None:
    taken = taken_names(reader)
    for one in fields:
        if one.name in taken or not one.name.strip() or "." in one.name:
            raise FieldTaken(field=one.name)
        taken.add(one.name)


def _place(writer: TailWriter, reader: PdfFileReader, pages: Sequence[Page], one: NewField) -> None:
    if one.box is None:
        append_signature_field(writer, SigFieldSpec(one.name, readable_field_name=one.label or None))
        return
    page, box = seat_in(reader, pages, one.box)
    sides = tuple(round(side, 2) for side in page.to_file(box))
    if one.kind == "signature":
        left, bottom, right, top = (round(side) for side in sides)
        spec = SigFieldSpec(
            one.name, on_page=box.page, box=(left, bottom, right, top), readable_field_name=one.label or None
        )
        append_signature_field(writer, spec)
        return
    _add(writer, box.page, _widget(writer, one, page, box, sides))


def _reserve(writer: TailWriter, names: Sequence[str]) -> None:
    tree = FieldTree(writer.prev, [])
    for name in names:
        reference = tree.only_widget(name)
        if reference is None:
            raise FieldMissing(field=name)
        field, flags = writer.get_object(reference), look(reference.get_object(), "/Ff")
        before = int(flags) if isinstance(flags, generic.NumberObject) else 0
        field[NAME("/Ff")] = generic.NumberObject(before | READ_ONLY)
        writer.mark_update(reference)


def _widget(
    writer: TailWriter, one: NewField, page: Page, box: Box, sides: Sequence[float]
) -> generic.DictionaryObject:
    widget = {
        "/Type": NAME("/Annot"),
        "/Subtype": NAME("/Widget"),
        "/FT": NAME(KINDS[one.kind]),
        "/T": generic.TextStringObject(one.name),
        "/F": generic.NumberObject(PRINTED),
        "/Rect": generic.ArrayObject([generic.FloatObject(side) for side in sides]),
        # Filled in the ceremony only: a reader does not offer to write there.
        "/Ff": generic.NumberObject(READ_ONLY | (MULTILINE if one.kind == "lines" else 0)),
    }
    if one.label:
        widget["/TU"] = generic.TextStringObject(one.label)
    if one.kind == "checkbox":
        drawn = {NAME(state): writer.add_object(_tick(box, page.rotation, state)) for state in (ON, OFF)}
        widget["/AP"] = generic.DictionaryObject({NAME("/N"): generic.DictionaryObject(drawn)})
        widget["/AS"] = widget["/V"] = NAME(OFF)
    else:
        widget["/DA"] = generic.TextStringObject("/Helv 0 Tf 0 g")
        empty = writer.add_object(_drawing(b"/Tx BMC EMC", box, page.rotation))
        widget["/AP"] = generic.DictionaryObject({NAME("/N"): empty})
    return generic.DictionaryObject({NAME(key): value for key, value in widget.items()})


def _tick(box: Box, rotation: int, state: str) -> generic.StreamObject:
    """Return the frame of a box to tick, with the tick where it is on."""
    width, height = box.width, box.height
    data = b"q %s %s cm 0.5 0.5 %.2f %.2f re S" % (RULE, upright(width, height, rotation), width - 1, height - 1)
    if state == ON:
        first, middle, last = (b"%.2f %.2f" % (x * width, y * height) for x, y in TICK)
        data += b" %s %.2f w %s m %s l %s l S" % (INK, min(width, height) * 0.12, first, middle, last)
    return _drawing(data + b" Q", box, rotation)


def _drawing(data: bytes, box: Box, rotation: int) -> generic.StreamObject:
    width, height = (box.height, box.width) if rotation in (90, 270) else (box.width, box.height)
    sides = generic.ArrayObject([generic.FloatObject(round(side, 2)) for side in (0.0, 0.0, width, height)])
    values = {NAME("/Type"): NAME("/XObject"), NAME("/Subtype"): NAME("/Form"), NAME("/BBox"): sides}
    return generic.StreamObject(generic.DictionaryObject(values), stream_data=data)


def _add(writer: TailWriter, index: int, widget: generic.DictionaryObject) -> None:
    """Hang a field under its page and under the form; whichever object holds a list is written anew."""
    page, _ = writer.find_page_for_modification(index)  # type: ignore[no-untyped-call]
    holder = page.get_object()
    widget[NAME("/P")] = page
    reference = writer.add_object(widget)
    form = _form(writer)
    for parent, key in ((holder, "/Annots"), (form, "/Fields")):
        if look(parent, key) is None:
            parent[NAME(key)] = generic.ArrayObject()
        parent[key].append(reference)
        for changed in (parent, parent[key]):
            if changed.container_ref is not None:
                writer.update_container(changed)
    writer.mark_update(page)


def _form(writer: TailWriter) -> generic.DictionaryObject:
    form = look(writer.root, "/AcroForm")
    if isinstance(form, generic.DictionaryObject):
        return form
    made = generic.DictionaryObject({NAME("/Fields"): generic.ArrayObject()})
    writer.root[NAME("/AcroForm")] = writer.add_object(made)
    writer.update_root()  # type: ignore[no-untyped-call]
    return made
