"""What is in a PDF, and can it be signed. Runs inside the reading process; the door asks it through ``reading``."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import StandardSecurityHandler
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields

from paraphe.kernel.errors import DomainError
from paraphe.pdf.errors import CertifiedNoChanges, Damaged, DynamicForm, Encrypted, EncryptedForRecipients, TooLarge
from paraphe.pdf.forms import FieldTree
from paraphe.pdf.opening import Buffer, check_may_sign, items, look, open_reader, refusing
from paraphe.pdf.pages import Page, read_pages
from paraphe.pdf.repair import repair
from paraphe.pdf.resources import page_fonts_missing, page_is_external
from paraphe.pdf.values import Inspection, SignedField
from paraphe.pdf.verdict import revisions

MAX_BYTES = 2_147_483_648
MAX_ANNOTATIONS = 20_000
MAX_NEXT = 50
MAX_DRAWN = 500
"""Pages whose fonts and pictures are looked at."""
MAX_METADATA = 2_000_000
ORDER = (
    "rebuilt", "scripts", "launch_actions", "hidden_layers", "embedded_files", "external_content", "fonts_not_embedded",
    "form_fields", "certified",
)  # fmt: skip
PDFA_PART = re.compile(rb"pdfaid:part(?:>|\s*=\s*[\"'])\s*(\d)")
PDFA_CONFORMANCE = re.compile(rb"pdfaid:conformance(?:>|\s*=\s*[\"'])\s*([A-Za-z])")
EXTERNAL_ACTIONS = {"/ImportData", "/SubmitForm", "/GoToE", "/Rendition"}
PERMISSIONS = {
    3: "print", 4: "modify", 5: "extract", 6: "annotate", 9: "fill_forms", 10: "accessibility", 11: "assemble",
    12: "print_high_quality",
}  # fmt: skip
"""Bits of /P (ISO 32000-2 table 22)."""


def inspect_here(data: Buffer, limit: int = MAX_BYTES, password: str | None = None) -> Inspection:
    """Return what is in ``data``. Raises a PdfRefused for what cannot be signed, whatever the bytes are."""
    if len(data) > limit:
        raise TooLarge(limit=limit)
    try:
        reader = open_reader(data, password=password)
        with refusing():
            return _inspect(reader, data, password)
    except Damaged:
        tail = repair(data)
        reader = open_reader(data, tail)
        with refusing():
            return _rebuilt(_inspect(reader, data, None))


def examine_here(data: Buffer, password: str | None = None) -> Inspection:
    """Return what is in ``data``, with the reason why it cannot be signed where there is one.

    Raises a PdfRefused only for what cannot be read.
    """
    try:
        return inspect_here(data, password=password)
    except DomainError as refused:
        try:
            found = _readable(data, password)
        except Encrypted:
            return _locked(data, "password", refused.code)
        except EncryptedForRecipients:
            return _locked(data, "public_key", refused.code)
        return replace(found, refusal=refused.code)


def _readable(data: Buffer, password: str | None) -> Inspection:
    reader = open_reader(data, password=password)
    with refusing():
        return _facts(reader, data, read_pages(reader))


def _locked(data: Buffer, kind: Literal["password", "public_key"], code: str) -> Inspection:
    """Return the little that can be said of a document that stays closed."""
    header = re.search(rb"%PDF-(\d\.\d)", data[:1024])
    version = header[1].decode() if header else ""
    return Inspection(version, len(data), (), (), (), (), encryption=kind, refusal=code)


def _rebuilt(found: Inspection) -> Inspection:
    return replace(found, warnings=("rebuilt", *found.warnings), cross_reference="rebuilt")


def _inspect(reader: PdfFileReader, data: Buffer, password: str | None) -> Inspection:
    check_may_sign(reader, password)
    pages = read_pages(reader)
    form = look(reader.root, "/AcroForm")
    if isinstance(form, generic.DictionaryObject) and "/XFA" in form:
        raise DynamicForm()
    for one in reader.embedded_signatures:
        if one.docmdp_level is MDPPerm.NO_CHANGES:
            raise CertifiedNoChanges(field=one.field_name)
    return _facts(reader, data, pages)


def _facts(reader: PdfFileReader, data: Buffer, pages: list[Page]) -> Inspection:
    signed = reader.embedded_signatures
    tree = FieldTree(reader, pages)
    empty = tuple(str(name) for name, value, _ in enumerate_sig_fields(reader, filled_status=False) if value is None)
    warnings = {*_document_warnings(reader.root), *_page_warnings(pages)}
    if is_certified(reader):
        warnings.add("certified")
    major, minor = reader.input_version
    order = revisions.read(data)
    mark = look(reader.root, "/MarkInfo")
    return Inspection(
        version=f"{major}.{minor}",
        size=len(data),
        pages=tuple(page.seen for page in pages),
        signed_fields=tuple(str(one.field_name) for one in signed),
        empty_fields=empty,
        warnings=tuple(code for code in ORDER if code in warnings),
        signatures=tuple(_signature(one, tree) for one in signed),
        form_fields=tree.fields(),
        open_fields=tree.open_fields(),
        encryption="password" if reader.encrypted else "none",
        permissions=_permissions(reader),
        pdfa=_pdfa(reader.root),
        tagged=str(look(mark, "/Marked")).lower() == "true",
        linearized=b"/Linearized" in data[:2048],
        cross_reference=order[-1].kind if order else "table",
        revisions=max(len(order), 1),
    )


def _signature(one: object, tree: FieldTree) -> SignedField:
    embedded: object = one
    holder = getattr(embedded, "sig_object", None)
    level = getattr(embedded, "docmdp_level", None)
    certificate = _signer(embedded)
    name = str(getattr(embedded, "field_name", ""))
    return SignedField(
        name=name,
        kind="timestamp" if str(look(holder, "/Type")) == "/DocTimeStamp" else "signature",
        subfilter=str(look(holder, "/SubFilter") or "").lstrip("/"),
        signer=certificate,
        docmdp=level.value if isinstance(level, MDPPerm) else None,
        page=tree.page_of(name),
    )


def _signer(embedded: object) -> str:
    """Return the name in the certificate; empty where the signature cannot be read that far."""
    try:
        subject = embedded.signer_cert.subject  # type: ignore[attr-defined] # of the library, which has no types
        return str(subject.native.get("common_name") or subject.human_friendly)
    except Exception:  # noqa: BLE001 - bytes from outside, and nobody believes them yet
        return ""


def _permissions(reader: PdfFileReader) -> tuple[str, ...]:
    handler = reader.security_handler
    if not isinstance(handler, StandardSecurityHandler):
        return ()
    bits = int(handler.perms.as_sint32())
    return tuple(name for bit, name in PERMISSIONS.items() if bits >> (bit - 1) & 1)


def _pdfa(root: generic.DictionaryObject) -> str:
    """Return what the metadata claim of PDF/A (ISO 19005-1 §6.7.11 and its successors)."""
    metadata = look(root, "/Metadata")
    if not isinstance(metadata, generic.StreamObject):
        return ""
    text = metadata.data[:MAX_METADATA]
    part, conformance = PDFA_PART.search(text), PDFA_CONFORMANCE.search(text)
    return (part[1] + (conformance[1].upper() if conformance else b"")).decode() if part else ""


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
    for number, page in enumerate(pages):
        yield from _additional_actions(page.dictionary)
        if number < MAX_DRAWN and page_fonts_missing(page):
            yield "fonts_not_embedded"
        if number < MAX_DRAWN and page_is_external(page):
            yield "external_content"
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
        if kind in EXTERNAL_ACTIONS:
            yield "external_content"
        action = look(action, "/Next")
        if isinstance(action, generic.ArrayObject):
            action = action[0] if len(action) else None
