"""Keys that stand twice in a dictionary: readers disagree on which value counts (ISO 32000-2 §7.3.7 leaves it open)."""

from collections.abc import Iterator, Sequence

from paraphe.pdf.values import Finding
from paraphe.pdf.verdict.revisions import Chain, Section, decoded
from paraphe.pdf.verdict.tokens import Bytes, Dictionary, Lexer, LexError, Ref, Value

MAX_NESTED = 20_000
MAX_OBJECTS = 200_000
HEAD = 1 << 20
"""How long an object may be to be read here; what is longer is a list or a stream, not a page or a field."""
BUDGET = 64 << 20
"""How many bytes are read in all, beyond the length of the file."""


def check(
    data: Bytes, found: Chain, later: Sequence[Section], root: tuple[int, int] | None
) -> tuple[list[Finding], list[Finding]]:
    """Return the tricks and the notes of a signed file: ``later`` are the sections written after a signature."""
    tricks: dict[str, Finding] = {}
    notes: dict[str, Finding] = {}
    if not found.sections:
        return [], []
    reading = _Objects(data, found)
    trailer = found.sections[0].trailer
    catalog = trailer.get("Root")
    if root is not None and isinstance(catalog, Ref) and tuple(catalog) != root:
        tricks["/Root"] = Finding("two_readings", params={"number": str(catalog.number)})
    for one in (*(one.trailer for one in found.sections), *_top(reading, catalog), *reading.written(later)):
        for dictionary in _nested(one):
            for key, others in dictionary.duplicates.items():
                same = all(other == dictionary.entries[key] for other in others)
                (notes if same else tricks)[key] = Finding("duplicate_keys", params={"key": key})
    return list(tricks.values()), list(notes.values())


def doubled(dictionary: Dictionary) -> set[str]:
    """Return the keys that stand more than once in ``dictionary`` or in what is directly inside it."""
    return {key for one in _nested(dictionary) for key in one.duplicates}


def _top(reading: "_Objects", catalog: Value) -> Iterator[Value]:
    top = reading.get(catalog)
    yield top
    if isinstance(top, Dictionary):
        yield from (reading.get(top.get(key)) for key in ("Pages", "AcroForm", "Perms"))


def _nested(value: Value) -> Iterator[Dictionary]:
    waiting: list[Value] = [value]
    for _ in range(MAX_NESTED):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, Dictionary):
            yield one
            waiting += [*one.entries.values(), *(value for values in one.duplicates.values() for value in values)]
        elif isinstance(one, list):
            waiting += [inner for inner in one if isinstance(inner, Dictionary | list)]


class _Objects:
    """Reads single objects, those in object streams included, except in an encrypted file."""

    def __init__(self, data: Bytes, found: Chain) -> None:
        self._data = data
        self._found = found
        self._encrypted = any(one.trailer.get("Encrypt") is not None for one in found.sections)
        self._budget = BUDGET + 4 * len(data)
        self._packed: dict[int, dict[int, Value]] = {}

    def get(self, value: Value) -> Value:
        """Return what ``value`` refers to, or itself; None for what cannot be read."""
        if not isinstance(value, Ref):
            return value
        place = self._found.offset(value.number)
        if place is not None:
            return self._at(place)
        parts = (part for one in self._found.sections for part in (one, one.hybrid) if part is not None)
        container = next((part.packed[value.number][0] for part in parts if value.number in part.packed), None)
        return self._contained(container).get(value.number) if container is not None else None

    def written(self, later: Sequence[Section]) -> Iterator[Value]:
        """Yield the objects that ``later`` sections list, as far as the budget goes."""
        parts = [part for one in later for part in (one, one.hybrid) if part is not None]
        places = sorted({place for part in parts for place in part.offsets.values()})
        yield from (self._at(place) for place in places[:MAX_OBJECTS])
        for container in sorted({holder for part in parts for holder, _ in part.packed.values()}):
            yield from self._contained(container).values()

    def _at(self, place: int) -> Value:
        if self._budget <= 0:
            return None
        lexer = Lexer(self._data, place + HEAD)
        try:
            return lexer.indirect(lexer.skip(place)).value
        except LexError:
            return None
        finally:
            self._budget -= max(lexer.furthest - place, 1)

    def _contained(self, container: int) -> dict[int, Value]:
        """Return the objects of an object stream (ISO 32000-2 §7.5.7)."""
        if container not in self._packed:
            self._packed[container] = {}
            place = self._found.offset(container)
            if place is not None and not self._encrypted and self._budget > 0:
                try:
                    self._unpack(container, place)
                except LexError:
                    return self._packed[container]
        return self._packed[container]

    def _unpack(self, container: int, place: int) -> None:
        lexer = Lexer(self._data)
        holder = lexer.indirect(lexer.skip(place))
        if holder.stream is None or not isinstance(holder.value, Dictionary):
            return
        plain = decoded(self._data, holder.stream, holder.value)
        self._budget -= 2 * len(plain)
        first, count = holder.value.get("First"), holder.value.get("N")
        if not isinstance(first, int) or not isinstance(count, int):
            return
        inside, at = Lexer(plain), 0
        for _ in range(min(count, MAX_OBJECTS)):
            number, at = inside.value(at)
            offset, at = inside.value(at)
            if isinstance(number, int) and isinstance(offset, int) and self._budget > 0:
                value, end = inside.value(first + offset)
                self._budget -= max(end - first - offset, 1)
                self._packed[container][number] = value
