"""A document at launch: every field of every signer is placed before anybody signs."""

from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

NAME = generic.pdf_name


def launched(data: bytes, people: int, *, visible: bool = True, with_form: bool = True) -> bytes:
    """Return ``data`` with a signature field, a text field and a box to tick for each of ``people`` signers.

    They are called ``Signature é 0``, ``Text é 0``, ``Tick é 0`` and so on, on the first page.
    """
    writer = IncrementalPdfFileWriter(BytesIO(data), strict=False)
    for number in range(people):
        box = (40, 40 + 24 * number, 160, 60 + 24 * number) if visible else None
        append_signature_field(writer, SigFieldSpec(f"Signature é {number}", on_page=0, box=box))
        if not with_form:
            continue
        rectangle = (200, 40 + 24 * number, 330, 60 + 24 * number)
        _add(writer, _widget(f"Text é {number}", "/Tx", rectangle))
        tick = _widget(f"Tick é {number}", "/Btn", (350, 40 + 24 * number, 362, 52 + 24 * number))
        states = {
            NAME(state): writer.add_object(_drawing(data))
            for state, data in (("/Yes", b"0 0 12 12 re f"), ("/Off", b""))
        }
        tick[NAME("/AP")] = generic.DictionaryObject({NAME("/N"): generic.DictionaryObject(states)})
        tick[NAME("/AS")] = tick[NAME("/V")] = NAME("/Off")
        _add(writer, tick)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _widget(name: str, kind: str, box: tuple[int, int, int, int]) -> generic.DictionaryObject:
    values = {
        "/Type": NAME("/Annot"), "/Subtype": NAME("/Widget"), "/FT": NAME(kind),
        "/T": generic.TextStringObject(name), "/F": generic.NumberObject(4),
        "/DA": generic.TextStringObject("/Helv 0 Tf 0 g"),
        "/Rect": generic.ArrayObject([generic.NumberObject(side) for side in box]),
    }  # fmt: skip
    return generic.DictionaryObject({NAME(key): value for key, value in values.items()})


def _drawing(data: bytes) -> generic.StreamObject:
    box = generic.ArrayObject([generic.NumberObject(side) for side in (0, 0, 12, 12)])
    values = {NAME("/Type"): NAME("/XObject"), NAME("/Subtype"): NAME("/Form"), NAME("/BBox"): box}
    return generic.StreamObject(generic.DictionaryObject(values), stream_data=data)


def _add(writer: IncrementalPdfFileWriter, widget: generic.DictionaryObject) -> None:
    page, _ = writer.find_page_for_modification(0)
    holder = page.get_object()
    widget[NAME("/P")] = page
    reference = writer.add_object(widget)
    if "/Annots" not in holder:
        holder[NAME("/Annots")] = generic.ArrayObject()
    holder["/Annots"].append(reference)
    form = writer.root["/AcroForm"]
    form["/Fields"].append(reference)
    for changed in (holder, holder["/Annots"], form, form["/Fields"]):
        if changed.container_ref is not None and changed.container_ref != page.reference:
            writer.update_container(changed)
    writer.mark_update(page)
