"""What every object of one revision is there for: page content, a field, an appearance, a proof.

An object that changed is judged by all its roles: a form field that is also a resource of a page is page content.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pyhanko.pdf_utils import generic

from paraphe.pdf.verdict.history import History, Ref, Thing, keys_of, raw, raw_items, ref_of

MAX_STEPS = 3_000_000
MAX_DEPTH = 64
FEW_PAGES = 64
"""Up to here what several pages share is named with each of them; beyond, walking it once must do."""
DRAWN = frozenset({"content", "appearance", "form_resources"})


@dataclass(frozen=True)
class Role:
    """One reason for an object to be there; ``name`` of the field or entry, ``page`` from 0 where there is one."""

    kind: str
    name: str = ""
    page: int | None = None


CATALOG = {
    "/DSS": "dss",
    "/Metadata": "metadata",
    "/OCProperties": "layers",
    "/OpenAction": "action",
    "/AA": "action",
    "/Outlines": "outlines",
    "/StructTreeRoot": "structure",
    "/Names": "names",
    "/AF": "embedded_file",
    "/Perms": "permissions",
}
"""Roles of what hangs below the catalog; everything else there is a ``catalog_entry``."""
ANNOT = {"/AP": "appearance", "/A": "action", "/AA": "action", "/PA": "action", "/FS": "embedded_file"}
FIELD = {**ANNOT, "/V": "value", "/DV": "value", "/RV": "value"}
DOCUMENT = frozenset({"catalog", "page", "pages"})
PAGE_SKIPPED = frozenset({"/Parent", "/Annots"})
FREE_OF_CONTENT = {"/Metadata": "metadata", "/AA": "action", "/PieceInfo": "piece", "/AF": "embedded_file"}


@dataclass
class Roles:
    """The roles of the objects of one revision, as far as they were walked."""

    history: History
    revision: int
    of: dict[Ref, set[Role]] = field(default_factory=dict)
    pages: list[Ref | None] = field(default_factory=list)
    fields: dict[Ref, tuple[str, str]] = field(default_factory=dict)
    """Field or widget → full name and type of the field."""
    widgets: dict[Ref, int] = field(default_factory=dict)
    """Annotation → the page that shows it."""
    _nodes: list[tuple[Thing, Role]] = field(default_factory=list)
    forms: list[tuple[Thing, str, str]] = field(default_factory=list)
    _done: set[str] = field(default_factory=set)
    _steps: int = 0

    def top(self) -> None:
        """Walk the trailer, the catalog, the form and its fields."""
        self._once("top", self._top)

    def tree(self) -> None:
        """Walk the pages and their annotations, not what they draw."""
        self._once("tree", self._tree)

    def everything(self) -> None:
        """Walk all that is left, so that no use of an object is missed."""
        self.top()
        self.tree()
        self._once("everything", self._everything)
        self._once("structure", self._structure)

    def _once(self, name: str, walk: Callable[[], None]) -> None:
        if name not in self._done:
            self._done.add(name)
            walk()

    def page_number(self, value: Thing) -> int | None:
        """Return the number of the page that ``value`` refers to; None for no page."""
        if isinstance(value, generic.IndirectObject):
            ref = ref_of(value)
            return next((role.page for role in self.of.get(ref, ()) if role.kind == "page"), None)
        return None

    def _enter(self, value: Thing, role: Role) -> tuple[Thing, bool]:
        """Note the role of what ``value`` refers to; return the object and whether it is new in this role."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise ValueError("too many objects")
        new = True
        while isinstance(value, generic.IndirectObject):
            ref = ref_of(value)
            roles = self.of.setdefault(ref, set())
            if role in roles:
                return None, False
            roles.add(role)
            value = self.history.get(ref, self.revision)
        return value, new

    def _top(self) -> None:
        trailer = self.history.trailer(self.revision)
        self._enter(raw(trailer, "/Info"), Role("info", "/Info"))
        catalog, _ = self._enter(raw(trailer, "/Root"), Role("catalog"))
        self._enter(raw(catalog, "/Metadata"), Role("metadata", "/Metadata"))
        self._proofs(raw(catalog, "/DSS"))
        form, _ = self._enter(raw(catalog, "/AcroForm"), Role("form"))
        fields, _ = self._enter(raw(form, "/Fields"), Role("fields"))
        for one in raw_items(fields):
            self._field(one, "", "", 0)

    def _proofs(self, value: Thing) -> None:
        """Walk the document security store down to its lists (ETSI EN 319 142-1 §5.4.2)."""
        role = Role("dss", "/DSS")
        store, _ = self._enter(value, role)
        entries, _ = self._enter(raw(store, "/VRI"), role)
        for holder in (store, *(self._enter(raw(entries, key), role)[0] for key in keys_of(entries))):
            for key in ("/Certs", "/CRLs", "/OCSPs", "/Cert", "/CRL", "/OCSP"):
                self._enter(raw(holder, key), role)

    def _field(self, value: Thing, above: str, kind: str, depth: int) -> None:
        node = self.history.resolve(value, self.revision)
        title = self.history.look(node, "/T", self.revision)
        own = str(title) if isinstance(title, generic.TextStringObject | generic.ByteStringObject) else ""
        name = ".".join(one for one in (above, own) if one)
        kind = str(self.history.look(node, "/FT", self.revision) or kind)
        _, new = self._enter(value, Role("field", name))
        if not new or depth > MAX_DEPTH:
            return
        if isinstance(value, generic.IndirectObject):
            self.fields[ref_of(value)] = (name, kind)
        self.forms.append((node, name, kind))
        kids, _ = self._enter(raw(node, "/Kids"), Role("fields", name))
        for one in raw_items(kids):
            self._field(one, name, kind, depth + 1)

    def _tree(self) -> None:
        catalog = self.history.look(self.history.trailer(self.revision), "/Root", self.revision)
        waiting: list[tuple[Thing, int]] = [(raw(catalog, "/Pages"), 0)]
        while waiting:
            value, depth = waiting.pop()
            node = self.history.resolve(value, self.revision)
            if depth > MAX_DEPTH:
                continue
            if "/Kids" in keys_of(node):
                _, new = self._enter(value, Role("pages"))
                self._nodes.append((node, Role("pages")))
                kids, _ = self._enter(raw(node, "/Kids"), Role("pages"))
                waiting += [(one, depth + 1) for one in reversed(raw_items(kids))] if new else []
            elif isinstance(node, generic.DictionaryObject):
                self._page(value, node)

    def _page(self, value: Thing, node: Thing) -> None:
        number = len(self.pages)
        self.pages.append(ref_of(value) if isinstance(value, generic.IndirectObject) else None)
        self._enter(value, Role("page", page=number))
        self._nodes.append((node, Role("page", page=number)))
        annots, _ = self._enter(raw(node, "/Annots"), Role("annots", page=number))
        for one in raw_items(annots):
            role = Role("annot", page=number)
            if isinstance(one, generic.IndirectObject):
                self.widgets.setdefault(ref_of(one), number)
            if not isinstance(one, generic.IndirectObject) or ref_of(one) not in self.fields:
                self._nodes.append((self.history.resolve(one, self.revision), role))
            self._enter(one, role)

    def _everything(self) -> None:
        trailer = self.history.trailer(self.revision)
        self._below(raw(trailer, "/Encrypt"), Role("encryption"))
        self._below(raw(trailer, "/Info"), Role("info"))
        catalog = self.history.look(trailer, "/Root", self.revision)
        for key in keys_of(catalog) - {"/Pages", "/AcroForm", "/StructTreeRoot"}:
            kind = CATALOG.get(key, "catalog_entry")
            self._below(raw(catalog, key), Role(kind, "" if kind in ("dss", "metadata") else key))
        self._form_below(self.history.look(catalog, "/AcroForm", self.revision))
        for node, name, kind in self.forms:
            self._field_below(node, name, kind)
        for node, role in self._nodes:
            self._page_below(node, role)

    def _form_below(self, form: Thing) -> None:
        kinds = {"/DR": "form_resources", "/XFA": "xfa"}
        for key in keys_of(form) - {"/Fields"}:
            self._below(raw(form, key), Role(kinds.get(key, "form_entry"), key))

    def _field_below(self, node: Thing, name: str, kind: str) -> None:
        for key in keys_of(node) - {"/Kids", "/Parent", "/P"}:
            role = "signature" if key == "/V" and kind == "/Sig" else FIELD.get(key, "field_entry")
            self._below(raw(node, key), Role(role, name))

    def _page_below(self, node: Thing, role: Role) -> None:
        if role.kind == "annot":
            for key in keys_of(node) - {"/P", "/Parent", "/V", "/Popup"}:
                self._below(raw(node, key), Role(ANNOT.get(key, "annot_entry"), "", role.page))
        elif role.kind == "page":
            page = role.page if len(self.pages) <= FEW_PAGES else None
            for key in keys_of(node) - PAGE_SKIPPED:
                self._below(raw(node, key), Role(FREE_OF_CONTENT.get(key, "content"), "", page))
        elif isinstance(node, generic.DictionaryObject):
            for key in keys_of(node) - {"/Kids", "/Parent"}:
                self._below(raw(node, key), Role("content"))

    def _structure(self) -> None:
        catalog = self.history.look(self.history.trailer(self.revision), "/Root", self.revision)
        self._below(raw(catalog, "/StructTreeRoot"), Role("structure"))

    def _below(self, value: Thing, role: Role) -> None:
        """Give ``role`` to everything below ``value``, but for pages, which have their own.

        Destinations, scripts and the structure name fields and annotations without showing anything of them.
        """
        waiting = [value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, generic.IndirectObject) and self._has_own(one, role):
                continue
            found, new = self._enter(one, role)
            if new:
                waiting += children(found)

    def _has_own(self, value: generic.IndirectObject, role: Role) -> bool:
        own = DOCUMENT if role.kind in DRAWN else DOCUMENT | {"annot", "field"}
        if any(one.kind in own for one in self.of.get(ref_of(value), ())):
            return True
        # Destinations may name elements of the structure.
        other = role.kind in ("action", "outlines", "names", "catalog_entry", "annot_entry")
        return other and str(raw(self.history.resolve(value, self.revision), "/Type")) == "/StructElem"


def children(value: Thing) -> Iterator[Thing]:
    """Yield what is directly inside a dictionary, a stream's dictionary or an array."""
    if isinstance(value, generic.DictionaryObject):
        yield from (raw(value, key) for key in keys_of(value))
    elif isinstance(value, generic.ArrayObject):
        yield from raw_items(value)
