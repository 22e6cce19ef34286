"""What the parts of one comparison share: the two revisions, what was overwritten, what was found."""

from dataclasses import dataclass, field, replace

from pyhanko.pdf_utils import generic

from paraphe.pdf.verdict.facts import Fact, Rectangle, rectangle_of
from paraphe.pdf.verdict.history import History, Ref, Thing, keys_of, raw, raw_items, same
from paraphe.pdf.verdict.roles import Roles

MAX_FACTS = 2000
HIDDEN = 1 | 2 | 32
"""Annotation flags Invisible, Hidden, NoView (ISO 32000-2 table 167)."""


@dataclass(frozen=True)
class Dirty:
    """An object before and after; None for none."""

    before: Thing
    after: Thing


@dataclass
class Context:
    """One comparison: revision ``new`` with the one before it, whose uses of objects are ``roles``."""

    history: History
    new: int
    roles: Roles
    dirty: dict[Ref, Dirty] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)
    """Fields that get another value in this step."""
    signed: set[str] = field(default_factory=set)
    """Fields that have a signature already."""
    placed: dict[Ref, int] = field(default_factory=dict)
    """Widgets that a page shows for the first time, and which."""
    widgets: set[Ref] = field(default_factory=set)
    """Widgets of signature fields that are new."""
    _facts: dict[Fact, None] = field(default_factory=dict)

    @property
    def old(self) -> int:
        """The revision before."""
        return self.new - 1

    def add(self, fact: Fact) -> None:
        """Note ``fact``, once."""
        if len(self._facts) < MAX_FACTS or fact.level == "forbidden":
            self._facts[fact] = None

    def pair(self, before: Thing, after: Thing, key: str) -> tuple[Thing, Thing]:
        """Return the entry ``key`` of the old and of the new dictionary, references followed."""
        return self.history.look(before, key, self.old), self.history.look(after, key, self.new)

    def now(self, value: Thing) -> Thing:
        """Return ``value``, references followed in the new revision."""
        return self.history.resolve(value, self.new)

    def sides(self, dirty: Dirty) -> list[tuple[Thing, int]]:
        """Return the object before and after, each with its revision."""
        return [(dirty.before, self.old), (dirty.after, self.new)]

    def rectangle(self, node: Thing, revision: int | None = None) -> Rectangle | None:
        """Return where a widget is seen in the new revision; None where it is not seen."""
        where = self.new if revision is None else revision
        flags = self.history.look(node, "/F", where)
        if isinstance(flags, generic.NumberObject) and int(flags) & HIDDEN:
            return None
        return rectangle_of(self.history.look(node, "/Rect", where))

    def finished(self) -> list[Fact]:
        """Return what was found, with the page of every widget."""
        return [self._on_page(one) for one in self._facts]

    def _on_page(self, fact: Fact) -> Fact:
        if fact.widget is None or fact.page is not None or fact.rectangle is None:
            return fact
        if fact.widget not in self.placed:
            self.roles.tree()
        return replace(fact, page=self.placed.get(fact.widget, self.roles.widgets.get(fact.widget)))


def grown(before: Thing, after: Thing, *, numbers: bool = False) -> bool:  # noqa: PLR0911 - one for each kind
    """Tell whether ``after`` is ``before`` with nothing but additions; ``numbers`` may become larger."""
    if same(before, after):
        return True
    if isinstance(before, generic.StreamObject) or isinstance(after, generic.StreamObject):
        return False
    if isinstance(before, generic.DictionaryObject) and isinstance(after, generic.DictionaryObject):
        return all(grown(raw(before, key), raw(after, key), numbers=numbers) for key in keys_of(before) - {"/Limits"})
    if isinstance(before, generic.ArrayObject) and isinstance(after, generic.ArrayObject):
        rest = iter(raw_items(after))
        return all(any(same(one, two) for two in rest) for one in raw_items(before))
    if isinstance(before, generic.NumberObject) and isinstance(after, generic.NumberObject):
        return numbers and int(after) >= int(before)
    if isinstance(after, generic.ArrayObject):
        # One child becomes several.
        return any(same(before, one) for one in raw_items(after))
    return False


def draws(value: Thing, context: Context) -> bool:
    """Tell whether an appearance is more than comments: some programs put such blanks into empty fields."""
    drawing = context.now(value)
    if isinstance(drawing, generic.StreamObject):
        return any(line.strip() and not line.lstrip().startswith(b"%") for line in drawing.data.splitlines())
    if isinstance(drawing, generic.DictionaryObject):
        return any(draws(raw(drawing, key), context) for key in keys_of(drawing))
    return drawing is not None
