"""One step in the history of a file: what a revision changed of the one before, told object by object.

What is new is judged where something old begins to refer to it; what is overwritten by everything it was used for.
"""

from collections.abc import Iterable

from pyhanko.pdf_utils import generic

from paraphe.pdf.verdict import forms, pagediffs
from paraphe.pdf.verdict.context import Context, Dirty, grown
from paraphe.pdf.verdict.facts import Fact, Rectangle, rectangle_of
from paraphe.pdf.verdict.history import History, Ref, Thing, changed_keys, raw, raw_items, same
from paraphe.pdf.verdict.roles import CATALOG, Role, Roles
from paraphe.pdf.verdict.tokens import Bytes

ORDER = {"catalog": 0, "form": 1, "fields": 2, "field": 3}
RESOURCES = frozenset(
    {"/XObject", "/Font", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties", "/Resources", "/Contents"}
)
HARMLESS_IN_CATALOG = {
    "/DSS": "dss",
    "/Metadata": "metadata",
    "/Extensions": "catalog_entry",
    "/Version": "catalog_entry",
    "/MarkInfo": "catalog_entry",
    "/PieceInfo": "catalog_entry",
    "/LastModified": "catalog_entry",
}
VIEW = frozenset({"/ViewerPreferences", "/PageMode", "/PageLayout", "/PageLabels", "/Lang", "/OutputIntents"})
GROWING = frozenset(
    {"/K", "/ParentTree", "/ParentTreeNextKey", "/IDTree", "/Nums", "/Names", "/Limits", "/Kids", "/RoleMap"}
)
"""Entries of the structure that grow with a new widget; /ActualText or /Alt do not."""
NAMED = {"/JavaScript": "javascript", "/EmbeddedFiles": "embedded_file"}


def facts(history: History, revision: int, data: Bytes) -> list[Fact]:
    """Return what ``revision`` changed of the one before it; ``data`` are the bytes of the file."""
    context = Context(history, revision, Roles(history, revision - 1))
    context.roles.top()
    fresh = _collect(context)
    _trailer(context)
    _walk(context, fresh, data)
    todo = [(role, ref) for ref in context.dirty for role in context.roles.of.get(ref, ())]
    todo.sort(key=lambda one: (ORDER.get(one[0].kind, 4), one[1], one[0].kind, one[0].name))
    forms.prepare(context)
    for role, ref in todo:
        _judge(context, role, ref, context.dirty[ref])
    return context.finished()


def _collect(context: Context) -> set[Ref]:
    """Find what was overwritten; return what is new."""
    history, old = context.history, context.old
    fresh: set[Ref] = set()
    containers = history.containers(old)
    for ref in sorted(history.touched(context.new)):
        alive = history.generations(ref[0], old)
        if ref[0] > 0 and alive and ref[1] not in alive:
            # Readers that do not look at generation numbers would take the other object.
            context.add(Fact("object_generation", "forbidden", detail=str(ref[0])))
            continue
        before, after = history.get(ref, old), history.get(ref, context.new)
        if before is None and after is not None:
            fresh.add(ref)
        elif before is not None and not same(before, after):
            context.dirty[ref] = Dirty(before, after)
            if ref[0] in containers:
                context.add(Fact("object_stream", "forbidden", detail=str(ref[0])))
    return fresh


def _trailer(context: Context) -> None:
    before, after = context.history.trailer(context.old), context.history.trailer(context.new)
    if not same(raw(before, "/Root"), raw(after, "/Root")):
        context.add(Fact("catalog_swapped", "forbidden"))
    if not same(raw(before, "/Encrypt"), raw(after, "/Encrypt")):
        context.add(Fact("encryption", "forbidden"))
    if not same(raw(before, "/Info"), raw(after, "/Info")):
        context.add(Fact("info", "proof"))


def _walk(context: Context, fresh: set[Ref], data: Bytes) -> None:
    """Walk as much of the old revision as is needed to know every use of what was overwritten."""
    roles = context.roles
    if _unknown(context):
        roles.tree()
    suspects = _unknown(context)
    shared = [ref for ref, one in context.dirty.items() if _may_draw(context, one)]
    mentioned = context.history.mentions({*shared, *fresh}, data, context.old)
    if suspects or any(mentioned[ref[0]] > 1 for ref in shared):
        roles.everything()
    if any(mentioned[ref[0]] for ref in fresh):
        # The signed revision refers to something that came later: a trap that was laid before signing.
        roles.everything()
        for ref in fresh & roles.of.keys():
            context.dirty[ref] = Dirty(None, context.history.get(ref, context.new))
        suspects |= fresh
    if suspects - roles.of.keys() and context.history.unreadable:
        # Nothing seems to use what was written, but not everything that might could be read.
        context.add(Fact("unreadable", "suspicious", detail=str(min(context.history.unreadable)[0])))


def _unknown(context: Context) -> set[Ref]:
    return context.dirty.keys() - context.roles.of.keys()


def _may_draw(context: Context, dirty: Dirty) -> bool:
    """Tell whether what changed would matter if a page used the same object for something else."""
    before, after = dirty.before, dirty.after
    if isinstance(before, generic.StreamObject) or isinstance(after, generic.StreamObject):
        return True
    if isinstance(before, generic.DictionaryObject):
        keys = changed_keys(before, after)
        values = [(raw(one, key), where) for one, where in context.sides(dirty) for key in keys]
        return bool(keys & RESOURCES) or _streams(context, values)
    new = [(one, context.new) for one in raw_items(after) if not any(same(one, two) for two in raw_items(before))]
    return _streams(context, new)


def _streams(context: Context, values: Iterable[tuple[Thing, int]]) -> bool:
    return any(isinstance(context.history.resolve(one, where), generic.StreamObject) for one, where in values)


def _judge(context: Context, role: Role, ref: Ref, dirty: Dirty) -> None:
    kind = role.kind
    if kind == "catalog":
        _catalog(context, dirty)
    elif kind in forms.JUDGES:
        forms.JUDGES[kind](context, role, ref, dirty)
    elif kind in pagediffs.JUDGES:
        pagediffs.JUDGES[kind](context, role, ref, dirty)
    else:
        _entry(context, role, dirty)


def _entry(context: Context, role: Role, dirty: Dirty) -> None:
    """Judge what hangs below the trailer or the catalog and is neither page nor form."""
    if role.kind in ("info", "metadata", "dss", "piece"):
        context.add(Fact({"piece": "catalog_entry"}.get(role.kind, role.kind), "proof"))
    elif role.kind == "structure":
        _structure(context, dirty.before, dirty.after)
    elif role.kind == "permissions":
        context.add(Fact("certification", "suspicious"))
    elif role.kind in ("xfa", "form_entry", "field_entry", "annot_entry"):
        context.add(Fact({"xfa": "xfa", "annot_entry": "annotation"}.get(role.kind, "field"), "suspicious", role.page))
    elif role.kind == "catalog_entry" and role.name in VIEW:
        context.add(Fact("catalog_entry", "suspicious", detail=role.name))
    else:
        context.add(Fact(role.kind, "forbidden", role.page, role.name))


def _catalog(context: Context, dirty: Dirty) -> None:
    before, after = dirty.before, dirty.after
    if not isinstance(after, generic.DictionaryObject) or isinstance(after, generic.StreamObject):
        context.add(Fact("catalog_swapped", "forbidden"))
        return
    for key in sorted(changed_keys(before, after)):
        old, new = context.pair(before, after, key)
        if key == "/AcroForm":
            forms.form(context, old, new)
        elif key in HARMLESS_IN_CATALOG:
            kind = HARMLESS_IN_CATALOG[key]
            context.add(Fact(kind, "proof", detail=key if kind == "catalog_entry" else ""))
        elif key == "/StructTreeRoot":
            _structure(context, old, new)
        elif key == "/Perms":
            context.add(Fact("certification", "suspicious"))
        elif key == "/Pages":
            context.add(Fact("page_tree", "forbidden"))
        elif key == "/Names":
            _names(context, old, new)
        else:
            level = "suspicious" if key in VIEW else "forbidden"
            context.add(
                Fact(
                    CATALOG.get(key, "catalog_entry"),
                    "suspicious" if level == "suspicious" else "forbidden",
                    detail=key,
                )
            )


def _names(context: Context, before: Thing, after: Thing) -> None:
    for key in sorted(changed_keys(before, after)):
        context.add(Fact(NAMED.get(key, "names"), "forbidden", detail=key))


def _structure(context: Context, before: Thing, after: Thing) -> None:
    """Judge the structure of a tagged document: it grows with every widget, what it says of the text must stay."""
    other = changed_keys(before, after) - GROWING if isinstance(before, generic.DictionaryObject) else set()
    if before is not None and not other and grown(before, after, numbers=True):
        context.add(Fact("structure", "signature"))
    else:
        context.add(Fact("structure", "suspicious"))


def seen_at(history: History, value: Thing, revision: int) -> Rectangle | None:
    """Return where the annotation ``value`` draws something in ``revision``; None where it does not."""
    node = history.resolve(value, revision)
    if str(raw(node, "/Subtype")) in ("/Link", "/Popup") or history.look(node, "/AP", revision) is None:
        return None
    return rectangle_of(history.look(node, "/Rect", revision))
