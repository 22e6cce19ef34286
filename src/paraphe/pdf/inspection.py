"""What is in a PDF, and can it be signed."""

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields

from paraphe.pdf.errors import CertifiedNoChanges, DynamicForm, TooLarge
from paraphe.pdf.opening import look, open_reader, refusing
from paraphe.pdf.pages import read_pages
from paraphe.pdf.values import Inspection

MAX_BYTES = 2_000_000_000


def inspect(data: bytes, *, limit: int = MAX_BYTES) -> Inspection:
    """Return what is in ``data``. Raises a PdfRefused for what cannot be signed, whatever the bytes are."""
    if len(data) > limit:
        raise TooLarge(limit=limit)
    reader = open_reader(data)
    with refusing():
        return _inspect(reader, len(data))


def _inspect(reader: PdfFileReader, size: int) -> Inspection:
    pages = tuple(page.seen for page in read_pages(reader))
    root = reader.root
    form = look(root, "/AcroForm")
    if isinstance(form, generic.DictionaryObject) and "/XFA" in form:
        raise DynamicForm()
    signed = tuple(one.field_name for one in reader.embedded_signatures)
    for one in reader.embedded_signatures:
        if one.docmdp_level is MDPPerm.NO_CHANGES:
            raise CertifiedNoChanges(field=one.field_name)
    empty = tuple(name for name, value, _ in enumerate_sig_fields(reader, filled_status=False) if value is None)
    major, minor = reader.input_version
    return Inspection(
        version=f"{major}.{minor}",
        size=size,
        pages=pages,
        signed_fields=signed,
        empty_fields=empty,
        warnings=tuple(_warnings(root)),
    )


def _warnings(root: generic.DictionaryObject) -> list[str]:
    found = []
    names = look(root, "/Names")
    kind = str(look(look(root, "/OpenAction"), "/S"))
    if look(names, "/JavaScript") is not None or kind == "/JavaScript" or "/AA" in root:
        found.append("scripts")
    if kind == "/Launch":
        found.append("launch_actions")
    if "/OCProperties" in root:
        found.append("hidden_layers")
    if look(names, "/EmbeddedFiles") is not None or "/AF" in root:
        found.append("embedded_files")
    return found
