"""What changed after a signature, and whether that was allowed (ISO 32000-2 §12.8.2.2 to §12.8.2.4).

Every revision is compared with the one before it, object by object, once; each signature then judges what came after
it by its own limits, by those of the signatures before it, and by the author's certification.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature

from paraphe.kernel.errors import DomainError
from paraphe.pdf.pages import Page, read_pages
from paraphe.pdf.values import Box, Change, Modifications
from paraphe.pdf.verdict import steps
from paraphe.pdf.verdict.facts import PERMITTED, Fact, Rectangle, Verdict
from paraphe.pdf.verdict.history import History, Ref, Thing, raw, raw_items, ref_of, whole
from paraphe.pdf.verdict.revisions import Raw, as_bytes
from paraphe.pdf.verdict.roles import Roles
from paraphe.pdf.verdict.tokens import Bytes

WORST: tuple[Modifications, ...] = ("none", "permitted", "suspicious", "forbidden")
HIDES = 0.5
SHOWN = frozenset({"signature", "new_field", "form", "comment"})
BROKEN = (PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError)


@dataclass(frozen=True)
class Covering:
    """A later signature whose appearance lies over a page: whether it hides something, its own verdict decides."""

    field: str
    box: Box
    covers_content: bool
    """Whether it hides more than half of a form field, stamp or signature that was seen there before.

    Of the text only a picture can tell.
    """


@dataclass(frozen=True)
class Since:
    """Every change after one signature."""

    changes: tuple[Change, ...]
    worst: Modifications
    """``none`` when nothing follows but proofs: what PAdES itself adds is not a change of the document."""
    unsigned: bool
    """Whether something other than proofs (DSS, document timestamps) follows the last signature of the file."""
    explained: tuple[Box, ...]
    """Where pages may look different because of permitted changes: the visual comparison leaves these out."""
    covering: tuple[Covering, ...]


@dataclass(frozen=True)
class _Limits:
    """What a signature allows afterwards."""

    docmdp: int | None
    action: str = ""
    """``/All``, ``/Include``, ``/Exclude`` of a lock of form fields, empty for no lock."""
    fields: tuple[str, ...] = ()

    def locks(self, name: str) -> bool:
        """Tell whether the field ``name``, or one above it, is locked (ISO 32000-2 table 258)."""
        listed = any(name == one or name.startswith(one + ".") for one in self.fields)
        return {"/All": True, "/Include": listed, "/Exclude": not listed}.get(self.action, False)


@dataclass(frozen=True)
class Filled:
    """A signature field with its dictionary, whatever its /Contents: named as the library names the same."""

    field_name: str
    sig_field: Thing
    sig_object: Thing
    signed_revision: int
    """The revision, from 0, that wrote the dictionary last."""

    @property
    def is_timestamp(self) -> bool:
        """Tell whether it is a document timestamp."""
        return str(raw(self.sig_object, "/Type")) == "/DocTimeStamp"


Signature = EmbeddedPdfSignature | Filled


class Review:
    """The changes of one file, revision by revision: computed once, judged for each signature."""

    def __init__(self, reader: PdfFileReader, data: Raw | None = None) -> None:
        """Take ``data``, the bytes that ``reader`` reads, from who has them; else they are read once more."""
        self._reader = reader
        self._history = History(reader)
        self._facts: dict[int, tuple[Fact, ...]] = {}
        self._pages: list[Page] | None = None
        self._drawn: dict[tuple[Ref, Any], Rectangle | None] = {}
        self._filled: tuple[Filled, ...] | None = None
        self._data: Bytes | None = as_bytes(data) if data is not None else None

    def since(self, embedded: Signature) -> Since:
        """Return every change after ``embedded``, under its own limits and those of the signatures before it.

        Never raises for what a file contains: what cannot be compared is the change ``unreadable``, forbidden.
        """
        try:
            return self._since(embedded)
        except (DomainError, *BROKEN) as error:
            return Since((Change("unreadable", "forbidden", detail=type(error).__name__),), "forbidden", True, (), ())

    def _since(self, embedded: Signature) -> Since:
        limits = self._limits(embedded)
        found = [
            one for revision in range(embedded.signed_revision + 1, self._history.count) for one in self.facts(revision)
        ]
        changes: dict[Change, None] = {}
        explained: dict[Box, None] = {}
        covering: dict[Covering, None] = {}
        for fact in found:
            verdict = _verdict(fact, limits)
            changes[Change(fact.kind, verdict, fact.page, fact.detail)] = None
            box = self._box(fact) if fact.level in SHOWN and verdict == "permitted" else None
            if box is not None:
                explained[box] = None
            if box is not None and fact.kind == "signature":
                covering[Covering(fact.detail, box, self._covers(fact, embedded.signed_revision))] = None
        proofs = all(fact.level == "proof" for fact in found)
        worst: Modifications = "none" if proofs else max((one.verdict for one in changes), key=WORST.index)
        return Since(tuple(changes), worst, self.unsigned(), tuple(explained), tuple(covering))

    def allowed_after(self, judged: int) -> bool:
        """Tell whether what was signed in the first ``judged`` octets allows what the revisions after them changed."""
        try:
            new = [one for one in range(self._history.count) if self._history.place(one) >= judged]
            if not new:
                return True
            signed = [one for one in self.filled() if one.signed_revision < new[0]]
            docmdp = min((one for each in signed for one in self._docmdp(each)), default=None)
            locks = [_Limits(docmdp, *self._lock(each)) for each in signed]
            found = [fact for revision in new for fact in self.facts(revision)]
            # Few signatures lock anything: the others allow the same.
            limits = {*locks, _Limits(docmdp)}
            return all(_verdict(fact, one) == "permitted" for fact in found for one in limits)
        except (DomainError, *BROKEN):
            return False

    def facts(self, revision: int) -> tuple[Fact, ...]:
        """Return what ``revision`` (from 0, as the cross-reference sections) changed, not judged yet."""
        if revision not in self._facts:
            if self._data is None:
                self._data = whole(self._reader)
            self._facts[revision] = tuple(steps.facts(self._history, revision, self._data))
        return self._facts[revision]

    def unsigned(self) -> bool:
        """Tell whether more than proofs follows the last signature; a document timestamp answers for nothing."""
        signatures = [one for one in self.filled() if not one.is_timestamp]
        last = max((one.signed_revision for one in signatures or self.filled()), default=-1)
        later = range(last + 1, self._history.count) if last >= 0 else range(0)
        return any(fact.level != "proof" for revision in later for fact in self.facts(revision))

    def filled(self) -> tuple[Filled, ...]:
        """Return every signature field that has a dictionary, those included whose signature cannot be read."""
        if self._filled is None:
            last = self._history.count - 1
            roles = Roles(self._history, last)
            roles.top()
            found = [self._filled_field(node, name, last) for node, name, kind in roles.forms if kind == "/Sig"]
            self._filled = tuple(one for one in found if one is not None)
        return self._filled

    def _filled_field(self, node: Thing, name: str, last: int) -> Filled | None:
        value = raw(node, "/V")
        signature = self._history.resolve(value, last)
        if not isinstance(value, generic.IndirectObject) or not isinstance(signature, generic.DictionaryObject):
            return None
        return Filled(name, node, signature, int(self._reader.xrefs.get_last_change(value.reference)))

    def _limits(self, embedded: Signature) -> _Limits:
        """Return the strictest DocMDP in force when ``embedded`` was made, its own included, and its own lock."""
        earlier = [one for one in self.filled() if one.signed_revision <= embedded.signed_revision]
        permissions = [one for each in (*earlier, embedded) for one in self._docmdp(each)]
        action, fields = self._lock(embedded)
        return _Limits(min(permissions, default=None), action, fields)

    def _docmdp(self, embedded: Signature) -> Iterator[int]:
        """Yield what the signature and the lock of its field say (ISO 32000-2 tables 237 and 257)."""
        where = embedded.signed_revision
        for method, parameters in self._references(embedded):
            if method == "/DocMDP":
                value = self._history.look(parameters, "/P", where)
                yield int(value) if isinstance(value, generic.NumberObject) and int(value) in (1, 2, 3) else 2
        value = self._history.look(self._history.look(embedded.sig_field, "/Lock", where), "/P", where)
        if isinstance(value, generic.NumberObject) and int(value) in (1, 2, 3):
            yield int(value)

    def _references(self, embedded: Signature) -> Iterator[tuple[str, Thing]]:
        where = embedded.signed_revision
        for one in self._history.listed(embedded.sig_object, "/Reference", where):
            node = self._history.resolve(one, where)
            method = str(self._history.look(node, "/TransformMethod", where))
            yield method, self._history.look(node, "/TransformParams", where)

    def _lock(self, embedded: Signature) -> tuple[str, tuple[str, ...]]:
        where = embedded.signed_revision
        locks = [parameters for method, parameters in self._references(embedded) if method == "/FieldMDP"]
        lock = locks[0] if locks else self._history.look(embedded.sig_field, "/Lock", where)
        if lock is None:
            return "", ()
        names = raw_items(self._history.look(lock, "/Fields", where))
        return str(self._history.look(lock, "/Action", where)), tuple(
            str(self._history.resolve(one, where)) for one in names
        )

    def _box(self, fact: Fact) -> Box | None:
        """Return where a change is seen, upright as a person sees the page."""
        if fact.page is None or fact.rectangle is None:
            return None
        if self._pages is None:
            self._pages = read_pages(self._reader)
        if fact.page >= len(self._pages):
            return None
        return self._pages[fact.page].to_seen(fact.page, fact.rectangle)

    def _covers(self, fact: Fact, revision: int) -> bool:
        """Tell whether the widget of ``fact`` hides the better half of something drawn in the signed revision."""
        if self._pages is None or fact.page is None or fact.rectangle is None:
            return False
        page = self._pages[fact.page].dictionary
        for value in self._history.listed(page, "/Annots", revision):
            if isinstance(value, generic.IndirectObject) and (value.idnum, value.generation) == fact.widget:
                continue
            if _hidden_part(fact.rectangle, self._seen(value, revision)) > HIDES:
                return True
        return False

    def _seen(self, value: Thing, revision: int) -> Rectangle | None:
        """Return where an annotation draws something in ``revision``, looked up once for each of its versions."""
        if not isinstance(value, generic.IndirectObject):
            return steps.seen_at(self._history, value, revision)
        node = self._history.resolve(value, revision)
        if any(isinstance(raw(node, key), generic.IndirectObject) for key in ("/AP", "/Rect", "/Subtype")):
            return steps.seen_at(self._history, value, revision)
        key = (ref_of(value), self._history.marker(ref_of(value), revision))
        if key not in self._drawn:
            self._drawn[key] = steps.seen_at(self._history, value, revision)
        return self._drawn[key]


def since(reader: PdfFileReader, embedded: Signature) -> Since:
    """Return every change after ``embedded``; for several signatures of one file, ask one Review."""
    return Review(reader).since(embedded)


def _hidden_part(above: Rectangle, below: Rectangle | None) -> float:
    """Return how much of ``below`` lies under ``above``, from 0 to 1."""
    if below is None:
        return 0.0
    width = min(above[2], below[2]) - max(above[0], below[0])
    height = min(above[3], below[3]) - max(above[1], below[1])
    return max(width, 0.0) * max(height, 0.0) / ((below[2] - below[0]) * (below[3] - below[1]))


def _verdict(fact: Fact, limits: _Limits) -> Verdict:
    if fact.field is not None and fact.level in ("form", "signature", "new_field") and limits.locks(fact.field):
        return "forbidden"
    return PERMITTED[fact.level][limits.docmdp]
