"""Initials at the foot of every page, as stamps of the revision that the signature covers (ISO 32000-2 §12.5.6.12).

A stamp and not a form field: what a later program changes of a field may pass for filling in a form, what it changes of
a stamp never does. A stamp and not page content: the content of the pages stays, byte for byte, what was brought.
"""

from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints

from paraphe.pdf.appearance import initials_style
from paraphe.pdf.errors import Damaged, InitialsOnSigned
from paraphe.pdf.pages import Page, read_pages
from paraphe.pdf.values import Box, Inspection, SignatureSettings

WIDTH, HEIGHT, MARGIN = 48.0, 22.0, 20.0
FLAGS: Final = 4 | 64 | 128
"""Printed, read only, locked (ISO 32000-2 table 167)."""
WORDS: Final = {"fr": "Paraphe de {}", "en": "Initials of {}"}


def write_initials(writer: IncrementalPdfFileWriter, settings: SignatureSettings, found: Inspection) -> None:
    """Put the initials of ``settings`` on every page but the one that shows the signature.

    Raises InitialsOnSigned for a document that is signed already: new annotations would be changes under that
    signature.
    """
    if not settings.initials:
        return
    if found.signed_fields:
        raise InitialsOnSigned()
    drawn: dict[int, generic.IndirectObject] = {}
    for number, page in enumerate(read_pages(writer.prev)):
        if settings.box is not None and settings.box.page == number:
            continue
        if page.rotation not in drawn:
            drawn[page.rotation] = _drawing(writer, settings, page.rotation)
        _stamp(writer, settings, number, page, drawn[page.rotation])


def _drawing(writer: IncrementalPdfFileWriter, settings: SignatureSettings, rotation: int) -> generic.IndirectObject:
    size = (HEIGHT, WIDTH) if rotation in (90, 270) else (WIDTH, HEIGHT)
    style = initials_style(settings.initials, WIDTH, HEIGHT, rotation)
    drawing: generic.IndirectObject = style.create_stamp(writer, BoxConstraints(*size), {}).register()
    return drawing


def _stamp(
    writer: IncrementalPdfFileWriter,
    settings: SignatureSettings,
    number: int,
    page: Page,
    drawing: generic.IndirectObject,
) -> None:
    seen = page.seen
    width, height = min(WIDTH, seen.width_pt), min(HEIGHT, seen.height_pt)
    x, y = max(seen.width_pt - width - MARGIN, 0.0), max(seen.height_pt - height - MARGIN, 0.0)
    rectangle = page.to_file(Box(number, x, y, width, height))
    reference = page.dictionary.container_ref
    if not isinstance(reference, generic.Reference):
        # A page inside another object has no place to hang an annotation on.
        raise Damaged(reason="page tree")
    annotation = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Stamp"),
            pdf_name("/Name"): pdf_name("/Initials"),
            pdf_name("/NM"): pdf_string(f"initials-{number + 1}"),
            pdf_name("/Rect"): generic.ArrayObject([generic.FloatObject(round(one, 2)) for one in rectangle]),
            pdf_name("/F"): generic.NumberObject(FLAGS),
            pdf_name("/Contents"): pdf_string(
                WORDS["en" if settings.language == "en" else "fr"].format(settings.signer_name)
            ),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): drawing}),
            pdf_name("/P"): generic.IndirectObject(reference.idnum, reference.generation, writer),
        }
    )
    writer.register_annotation(reference, writer.add_object(annotation))
