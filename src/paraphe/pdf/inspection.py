"""What is in a PDF, and can it be signed. Runs inside the reading process; the door asks it through ``reading``."""

from collections.abc import Iterator

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields

from paraphe.pdf.errors import CertifiedNoChanges, DynamicForm, TooLarge
from paraphe.pdf.opening import items, look, open_reader, refusing
from paraphe.pdf.pages import Page, read_pages
from paraphe.pdf.values import Inspection

MAX_BYTES = 150_000_000
MAX_ANNOTATIONS = 20_000
MAX_NEXT = 50
ORDER = ("scripts", "launch_actions", "hidden_layers", "embedded_files", "form_fields", "certified")


def inspect_here(data: bytes, limit: int = MAX_BYTES) -> Inspection:
    """Return what is in ``data``. Raises a PdfRefused for what cannot be signed, whatever the bytes are."""
    if len(data) > limit:
        raise TooLarge(limit=limit)
    reader = open_reader(data)
    with refusing():
        return _inspect(reader, len(data))


def _inspect(reader: PdfFileReader, size: int) -> Inspection:
    pages = read_pages(reader)
    root = reader.root
    form = look(root, "/AcroForm")
    if isinstance(form, generic.DictionaryObject) and "/XFA" in form:
        raise DynamicForm()
    signed = reader.embedded_signatures
    for one in signed:
        if one.docmdp_level is MDPPerm.NO_CHANGES:
            raise CertifiedNoChanges(field=one.field_name)
    empty = tuple(str(name) for name, value, _ in enumerate_sig_fields(reader, filled_status=False) if value is None)
    warnings = {*_document_warnings(root), *_page_warnings(pages)}
    if is_certified(reader):
        warnings.add("certified")
    major, minor = reader.input_version
    return Inspection(
        version=f"{major}.{minor}",
        size=size,
        pages=tuple(page.seen for page in pages),
        signed_fields=tuple(str(one.field_name) for one in signed),
        empty_fields=empty,
        warnings=tuple(code for code in ORDER if code in warnings),
    )


def is_certified(reader: PdfFileReader) -> bool:
    """Tell whether an author's signature limits what may be changed (ISO 32000-2 §12.8.2.2)."""
    return any(one.docmdp_level is not None for one in reader.embedded_signatures)


def _document_warnings(root: generic.DictionaryObject) -> Iterator[str]:
    names = look(root, "/Names")
    if look(names, "/JavaScript") is not None:
        yield "scripts"
    if "/OCProperties" in root:
        yield "hidden_layers"
    if look(names, "/EmbeddedFiles") is not None or "/AF" in root:
        yield "embedded_files"
    yield from _action_warnings(look(root, "/OpenAction"))
    yield from _additional_actions(root)


def _page_warnings(pages: list[Page]) -> Iterator[str]:
    budget = MAX_ANNOTATIONS
    for page in pages:
        yield from _additional_actions(page.dictionary)
        annotations = look(page.dictionary, "/Annots")
        if not isinstance(annotations, generic.ArrayObject):
            continue
        for annotation in items(annotations):
            budget -= 1
            if budget < 0:
                return
            yield from _action_warnings(look(annotation, "/A"))
            yield from _additional_actions(annotation)
            kind, parent = look(annotation, "/FT"), look(annotation, "/Parent")
            if str(look(annotation, "/Subtype")) == "/Widget" and str(kind or look(parent, "/FT")) != "/Sig":
                yield "form_fields"


def _additional_actions(holder: object) -> Iterator[str]:
    actions = look(holder, "/AA")
    if isinstance(actions, generic.DictionaryObject):
        for event in actions:
            yield from _action_warnings(look(actions, event))


def _action_warnings(action: generic.PdfObject | None) -> Iterator[str]:
    """Say what the chain of actions does, as far as a reader of ours follows it (ISO 32000-2 §12.6.2)."""
    for _ in range(MAX_NEXT):
        kind = str(look(action, "/S"))
        if kind == "/JavaScript":
            yield "scripts"
        if kind == "/Launch":
            yield "launch_actions"
        action = look(action, "/Next")
        if isinstance(action, generic.ArrayObject):
            action = action[0] if len(action) else None
