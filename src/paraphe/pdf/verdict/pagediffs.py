"""What changed on the pages: what they draw, how large they are, which annotations lie on them."""

from collections.abc import Callable

from pyhanko.pdf_utils import generic

from paraphe.pdf.verdict.appearances import is_comment
from paraphe.pdf.verdict.context import Context, Dirty
from paraphe.pdf.verdict.facts import Fact, Level
from paraphe.pdf.verdict.history import Ref, Thing, changed_keys, keys_of, raw, raw_items, ref_of
from paraphe.pdf.verdict.roles import Role

BOXES = frozenset({"/MediaBox", "/CropBox", "/Rotate", "/BleedBox", "/TrimBox", "/ArtBox", "/UserUnit"})
BOOKKEEPING = frozenset({"/Tabs", "/LastModified", "/PieceInfo", "/Metadata", "/StructParents"})
ANNOTATION_BOOKKEEPING = frozenset({"/M", "/NM", "/StructParent", "/P", "/Type"})
ACTIONS = frozenset({"/A", "/AA", "/PA"})
FONT = frozenset({"/Font", "/FontDescriptor", "/Encoding", "/CMap"})
PROGRAMS = frozenset({"/Type1C", "/CIDFontType0C", "/OpenType"})


def _page(context: Context, role: Role, _ref: Ref, dirty: Dirty) -> None:
    before, after = dirty.before, dirty.after
    if before is None or not isinstance(after, generic.DictionaryObject) or isinstance(after, generic.StreamObject):
        context.add(Fact("page_tree", "forbidden", role.page))
        return
    for key in sorted(changed_keys(before, after)):
        if key == "/Annots":
            _annotations(context, role.page, *context.pair(before, after, key))
        elif key == "/StructParents" and raw(before, key) is not None:
            context.add(Fact("structure", "suspicious", role.page, key))
        elif key in BOOKKEEPING:
            context.add(Fact("page_entry", "proof", role.page, key))
        elif key in BOXES:
            context.add(Fact("page_geometry", "forbidden", role.page, key))
        elif key in ACTIONS:
            context.add(Fact("action", "forbidden", role.page, key))
        else:
            context.add(Fact("page_content", "forbidden", role.page, key))


def _pages(context: Context, _role: Role, _ref: Ref, _dirty: Dirty) -> None:
    context.add(Fact("page_tree", "forbidden"))


def _listed(context: Context, role: Role, _ref: Ref, dirty: Dirty) -> None:
    _annotations(context, role.page, dirty.before, dirty.after)


def _annotations(context: Context, page: int | None, before: Thing, after: Thing) -> None:
    """Compare what lies on a page: nothing may go, what comes must be a comment or a place for a signature."""
    old = {_key(one): one for one in raw_items(before) if one is not None}
    new = {_key(one): one for one in raw_items(after) if one is not None}
    for key in old.keys() - new.keys():
        context.add(Fact("annotation_removed", _removal(context, old[key]), page))
    if [key for key in old if key in new] != [key for key in new if key in old]:
        context.add(Fact("annotation_order", "suspicious", page))
    for key in new.keys() - old.keys():
        _new_annotation(context, page, new[key])


def _key(one: Thing) -> object:
    return ref_of(one) if isinstance(one, generic.IndirectObject) else repr(one)


def _removal(context: Context, value: Thing) -> Level:
    field = isinstance(value, generic.IndirectObject) and ref_of(value) in context.roles.fields
    return "forbidden" if field else "annotation"


def _new_annotation(context: Context, page: int | None, value: Thing) -> None:
    if isinstance(value, generic.IndirectObject):
        ref = ref_of(value)
        if ref in context.widgets and page is not None:
            context.placed.setdefault(ref, page)
            return
        if ref in context.roles.fields:
            # A field that no page showed: it has been signed now, or appears.
            context.placed.setdefault(ref, page if page is not None else 0)
            context.add(Fact("signature_field", "new_field", page, context.roles.fields[ref][0]))
            return
    _annotation(context, page, context.now(value), value)


def _annotation(context: Context, page: int | None, node: Thing, value: Thing) -> None:
    ref = ref_of(value) if isinstance(value, generic.IndirectObject) else None
    subtype = str(context.history.look(node, "/Subtype", context.new))
    if not isinstance(node, generic.DictionaryObject):
        if node is not None or ref in context.history.unreadable:
            context.add(Fact("annotation", "forbidden", page, "", None, ref))
        return
    if keys_of(node) & ACTIONS and subtype != "/Link":
        context.add(Fact("action", "forbidden", page, subtype))
    if subtype == "/Widget" or isinstance(node, generic.StreamObject):
        context.add(Fact("annotation", "forbidden", page, subtype, None, ref))
    else:
        level: Level = "comment" if is_comment(context, node, context.new) else "annotation"
        context.add(Fact("annotation", level, page, subtype, None, ref, context.rectangle(node)))


def _annot(context: Context, role: Role, ref: Ref, dirty: Dirty) -> None:
    before, after = dirty.before, dirty.after
    if ref in context.roles.fields:
        return
    if after is None:
        context.add(Fact("annotation_removed", "annotation", role.page))
        return
    if before is None:
        _annotation(context, role.page, after, generic.IndirectObject(ref[0], ref[1], None))
        return
    changed = changed_keys(before, after) - ANNOTATION_BOOKKEEPING
    if not changed:
        return
    if changed & (ACTIONS | {"/Subtype"}):
        context.add(Fact("action", "forbidden", role.page))
    comment = is_comment(context, before, context.old) and is_comment(context, after, context.new)
    rectangle = context.rectangle(after)
    subtype = str(raw(after, "/Subtype"))
    context.add(Fact("annotation", "comment" if comment else "annotation", role.page, subtype, None, ref, rectangle))


def _content(context: Context, role: Role, _ref: Ref, dirty: Dirty) -> None:
    kinds = {str(raw(one, "/Type")) for one in (dirty.before, dirty.after)}
    programs = {str(raw(one, "/Subtype")) for one in (dirty.before, dirty.after)} | keys_of(dirty.before)
    if kinds & FONT or programs & (PROGRAMS | {"/Length1", "/FontName"}):
        kind = "font"
    elif "/OCG" in kinds or "/OCMD" in kinds:
        kind = "layers"
    else:
        kind = "image" if "/Image" in programs else "page_content"
    context.add(Fact(kind, "forbidden", role.page))


JUDGES: dict[str, Callable[[Context, Role, Ref, Dirty], None]] = {
    "page": _page,
    "pages": _pages,
    "annots": _listed,
    "annot": _annot,
    "content": _content,
}
"""Who judges an overwritten object, by what it is there for."""
