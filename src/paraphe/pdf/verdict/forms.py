"""What changed in the form: fields filled, signatures added, and what is dressed up as either (ISO 32000-2 §12.7)."""

from collections.abc import Callable

from pyhanko.pdf_utils import generic

from paraphe.pdf.verdict.appearances import says_otherwise
from paraphe.pdf.verdict.context import HIDDEN, Context, Dirty, draws, grown
from paraphe.pdf.verdict.facts import Fact
from paraphe.pdf.verdict.history import Ref, Thing, changed_keys, keys_of, raw, raw_items, ref_of, same
from paraphe.pdf.verdict.roles import Role

IDENTITY = frozenset({"/T", "/FT", "/Parent", "/Rect"})
VALUES = frozenset({"/V", "/AS", "/AP", "/RV", "/DA", "/Q", "/DS", "/I", "/TI"})
BOOKKEEPING = frozenset({"/Ff", "/Type", "/StructParent", "/M", "/P", "/NM", "/TU", "/TM", "/DV"})
LOOKS = frozenset({"/AP", "/AS", "/MK", "/BS", "/Border", "/DA", "/Q", "/OC"})
ONCE = frozenset({"/Type", "/P", "/StructParent", "/Subtype"})
"""What a program may add to a widget, never change."""
KNOWN = IDENTITY | BOOKKEEPING | LOOKS | frozenset({"/V", "/Lock", "/SV", "/Kids", "/F", "/Subtype", "/Contents"})
ACTIONS = frozenset({"/A", "/AA"})
MAX_DEPTH = 32


def prepare(context: Context) -> None:
    """Find out which fields are signed and which are filled in this step, before anything is judged by it."""
    for node, name, kind in context.roles.forms:
        if kind == "/Sig" and context.history.look(node, "/V", context.old) is not None:
            context.signed.add(name)
    for ref, dirty in context.dirty.items():
        if ref in context.roles.fields and not same(raw(dirty.before, "/V"), raw(dirty.after, "/V")):
            context.filled.add(context.roles.fields[ref][0])


def form(context: Context, before: Thing, after: Thing) -> None:
    """Judge /AcroForm itself."""
    if not isinstance(after, generic.DictionaryObject) or isinstance(after, generic.StreamObject):
        context.add(Fact("form_removed", "forbidden"))
        return
    for key in sorted(changed_keys(before, after)):
        old, new = context.pair(before, after, key)
        if key == "/Fields":
            _fields(context, old, new, "")
        elif key == "/DR":
            _resources(context, old, new)
        elif key == "/XFA":
            context.add(Fact("xfa", "forbidden"))
        elif key == "/NeedAppearances":
            # Set: from now on readers draw the fields anew, by their own lights.
            context.add(Fact("form_entry", "suspicious" if str(new) in ("true", "True") else "form", detail=key))
        elif key in ("/SigFlags", "/DA", "/Q") and (old is None or key == "/SigFlags"):
            context.add(Fact("form_entry", "proof", detail=key))
        else:
            context.add(Fact("form_entry", "suspicious", detail=key))


def _resources(context: Context, before: Thing, after: Thing) -> None:
    """Judge /DR: new fonts for the form may come; those that are there must stay what they are."""
    kinds = keys_of(before)
    whole = all(grown(*context.pair(before, after, key)) for key in kinds) if before is not None else True
    context.add(Fact("form_resources", "form") if whole else Fact("font", "suspicious", detail="/DR"))


def _form(context: Context, _role: Role, _ref: Ref, dirty: Dirty) -> None:
    form(context, dirty.before, dirty.after)


def _listed(context: Context, role: Role, _ref: Ref, dirty: Dirty) -> None:
    _fields(context, dirty.before, dirty.after, role.name)


def _fields(context: Context, before: Thing, after: Thing, parent: str) -> None:
    """Compare two lists of fields, or of the kids of ``parent``."""
    if after is not None and not isinstance(after, generic.ArrayObject):
        context.add(Fact("field", "suspicious", detail=parent))
    old = {ref_of(one) for one in raw_items(before) if isinstance(one, generic.IndirectObject)}
    new = [one for one in raw_items(after) if isinstance(one, generic.IndirectObject)]
    for ref in sorted(old - {ref_of(one) for one in new}):
        context.add(Fact("field_removed", "forbidden", detail=context.roles.fields.get(ref, ("", ""))[0]))
    if len(new) != len(raw_items(after)) and not same(before, after):
        context.add(Fact("field_added", "forbidden", detail=parent))
    for one in new:
        if ref_of(one) not in old:
            _new_field(context, one, parent)


def _new_field(context: Context, value: generic.IndirectObject, parent: str) -> None:
    """Judge a field that is new: one for a signature may come, nothing else."""
    ref, node = ref_of(value), context.now(value)
    name = ".".join(one for one in (parent, str(context.history.look(node, "/T", context.new) or "")) if one)
    is_dictionary = isinstance(node, generic.DictionaryObject) and not isinstance(node, generic.StreamObject)
    existed = context.history.get(ref, context.old) is not None
    if parent or not is_dictionary or existed or str(context.history.look(node, "/FT", context.new)) != "/Sig":
        context.add(Fact("field_added", "forbidden", detail=name))
        return
    widgets = _widgets(context, value)
    nodes = [context.history.get(one, context.new) for one in widgets]
    if any(keys_of(one) & ACTIONS for one in (node, *nodes)):
        context.add(Fact("action", "forbidden", detail=name))
    context.widgets |= set(widgets)
    seen = next((one for one in widgets if context.rectangle(context.history.get(one, context.new))), None)
    if seen is not None:
        rectangle = context.rectangle(context.history.get(seen, context.new))
        context.add(Fact("signature_field", "new_field", None, name, name, seen, rectangle))
    if raw(node, "/V") is not None:
        _signature(context, name, node, seen)
    elif any(draws(raw(one, "/AP"), context) for one in (node, *nodes) if raw(one, "/AP") is not None):
        context.add(Fact("signature_field", "forbidden", None, name, name, seen))
    elif seen is None:
        context.add(Fact("signature_field", "signature", detail=name))


def _widgets(context: Context, value: generic.IndirectObject) -> list[Ref]:
    """Return the field itself and the widgets below it."""
    found, waiting, depth = [ref_of(value)], [context.now(value)], 0
    while waiting and depth < MAX_DEPTH:
        depth += 1
        kids = context.history.listed(waiting.pop(), "/Kids", context.new)
        found += [ref_of(one) for one in kids if isinstance(one, generic.IndirectObject)]
    return found


def _signature(context: Context, name: str, node: Thing, seen: Ref | None) -> None:
    """Judge a signature or document timestamp that a field got in this step."""
    value = raw(node, "/V")
    signature = context.now(value)
    taken = isinstance(value, generic.IndirectObject) and context.history.get(ref_of(value), context.old) is not None
    is_dictionary = isinstance(signature, generic.DictionaryObject) and not isinstance(signature, generic.StreamObject)
    if taken or not is_dictionary or not isinstance(value, generic.IndirectObject):
        context.add(Fact("signature_replaced", "forbidden", detail=name, field=name))
        return
    rectangle = context.rectangle(context.history.get(seen, context.new)) if seen else None
    if str(context.history.look(signature, "/Type", context.new)) == "/DocTimeStamp" and rectangle is None:
        context.add(Fact("document_timestamp", "proof", detail=name))
    else:
        context.add(Fact("signature", "signature", None, name, name, seen, rectangle))


def _field(context: Context, role: Role, ref: Ref, dirty: Dirty) -> None:
    before, after = dirty.before, dirty.after
    name, kind = context.roles.fields.get(ref, (role.name, ""))
    if before is None:
        context.add(Fact("field_added", "forbidden", detail=name))
        return
    if not isinstance(after, generic.DictionaryObject) or isinstance(after, generic.StreamObject):
        context.add(Fact("field_removed", "forbidden", detail=name))
        return
    changed = changed_keys(before, after)
    if "/Kids" in changed:
        _fields(context, *context.pair(before, after, "/Kids"), name)
    if changed & ACTIONS:
        context.add(Fact("action", "forbidden", detail=name))
    if any(raw(before, key) is not None for key in changed & ONCE):
        context.add(Fact("field", "suspicious", detail=name))
    _flags(context, name, before, after)
    rest = changed - ACTIONS - {"/Kids", "/F"}
    if kind == "/Sig":
        _signature_field(context, name, ref, dirty, rest)
    else:
        _filled_field(context, name, ref, dirty, rest)


def _flags(context: Context, name: str, before: Thing, after: Thing) -> None:
    """Say when a widget is hidden or shown; bits for printing and locking may change."""
    old, new = (int(one) if isinstance(one, generic.NumberObject) else 0 for one in context.pair(before, after, "/F"))
    if (old ^ new) & HIDDEN:
        context.add(Fact("field_hidden", "forbidden" if name in context.signed else "suspicious", detail=name))
    elif not same(raw(before, "/F"), raw(after, "/F")):
        context.add(Fact("field_flags", "form", detail=name))


def _signature_field(context: Context, name: str, ref: Ref, dirty: Dirty, changed: set[str]) -> None:
    before, after = dirty.before, dirty.after
    if name in context.signed:
        if "/V" in changed:
            context.add(Fact("signature_replaced", "forbidden", detail=name))
        if changed - BOOKKEEPING - {"/V"}:
            context.add(Fact("signature_appearance", "forbidden", detail=name))
        return
    if changed & IDENTITY:
        context.add(Fact("field_moved", "forbidden", detail=name))
    if "/V" in changed:
        widgets = [ref, *(ref_of(one) for one in context.history.listed(after, "/Kids", context.new)
                          if isinstance(one, generic.IndirectObject))]  # fmt: skip
        seen = next((one for one in widgets if context.rectangle(context.history.get(one, context.new))), None)
        _signature(context, name, after, seen)
    elif changed & LOOKS and name not in context.filled and not same(raw(before, "/AP"), raw(after, "/AP")):
        context.add(Fact("signature_field", "forbidden" if draws(raw(after, "/AP"), context) else "form", detail=name))
    looks = changed & LOOKS - {"/AP"} if "/V" not in changed and name not in context.filled else changed & {"/OC"}
    if changed & {"/Lock", "/SV"} or changed - KNOWN or looks:
        context.add(Fact("field", "suspicious", detail=name))


def _filled_field(context: Context, name: str, ref: Ref, dirty: Dirty, changed: set[str]) -> None:
    """Judge a field of another kind: its value and what shows it may change together."""
    after = dirty.after
    rectangle = context.rectangle(after)
    if changed & IDENTITY:
        context.add(Fact("field_moved", "forbidden", detail=name))
    if changed & VALUES:
        if name in context.filled:
            context.add(Fact("form_value", "form", None, name, name, ref, rectangle))
        elif "/AP" in changed or "/AS" in changed or "/V" in changed:
            context.add(Fact("form_appearance", "suspicious", None, name, name, ref, rectangle))
        else:
            context.add(Fact("field", "suspicious", None, name, name, ref))
        left_as_it_was = "/AP" not in changed and "/V" in changed and not _needs_appearances(context)
        # A value in a field that showed nothing is left to the reader to draw; beside another text it deceives.
        if ("/AP" in changed or left_as_it_was) and says_otherwise(context, after, blank_is_fine=left_as_it_was):
            context.add(Fact("form_appearance", "suspicious", None, name, name, ref, rectangle))
    if changed - IDENTITY - VALUES - BOOKKEEPING:
        context.add(Fact("field", "suspicious", detail=name, field=name))
    elif changed & {"/Ff", "/DV"}:
        context.add(Fact("field_flags", "form", detail=name))


def _needs_appearances(context: Context) -> bool:
    """Tell whether readers are asked to draw the values of the form themselves (ISO 32000-2 table 224)."""
    catalog = context.history.look(context.history.trailer(context.new), "/Root", context.new)
    form = context.history.look(catalog, "/AcroForm", context.new)
    return str(context.history.look(form, "/NeedAppearances", context.new)).lower() == "true"


def _appearance(context: Context, role: Role, _ref: Ref, dirty: Dirty) -> None:
    """Judge a drawing that was overwritten in place: only of a field that is filled in the same step."""
    name = role.name
    is_drawing = isinstance(dirty.before, generic.StreamObject) and str(raw(dirty.before, "/Type")) in (
        "None",
        "/XObject",
    )
    is_list = isinstance(dirty.before, generic.DictionaryObject) and raw(dirty.before, "/Type") is None
    if name in context.signed:
        context.add(Fact("signature_appearance", "forbidden", detail=name))
    elif not name:
        context.add(Fact("annotation", "annotation", role.page))
    elif name in context.filled and (is_drawing or is_list):
        context.add(Fact("form_value", "form", None, name, name))
    else:
        context.add(
            Fact("font" if not is_drawing and not is_list else "form_appearance", "suspicious", None, name, name)
        )


def _form_resources(context: Context, _role: Role, _ref: Ref, dirty: Dirty) -> None:
    typed = raw(dirty.before, "/Type") is not None
    if not typed and dirty.before is not None and grown(dirty.before, dirty.after):
        context.add(Fact("form_resources", "form"))
    else:
        context.add(Fact("font", "suspicious", detail="/DR"))


def _value(context: Context, role: Role, _ref: Ref, _dirty: Dirty) -> None:
    context.add(Fact("form_value", "form", None, role.name, role.name))


def _replaced(context: Context, role: Role, _ref: Ref, _dirty: Dirty) -> None:
    context.add(Fact("signature_replaced", "forbidden", detail=role.name))


JUDGES: dict[str, Callable[[Context, Role, Ref, Dirty], None]] = {
    "form": _form,
    "fields": _listed,
    "field": _field,
    "appearance": _appearance,
    "form_resources": _form_resources,
    "value": _value,
    "signature": _replaced,
}
"""Who judges an overwritten object, by what it is there for."""
