"""Is the name on the document the name of the person? Letters, particles, several first names, two surnames.

A machine readable zone has capitals from A to Z only: each issuing state writes other letters after the table of ICAO
9303-3 section 6 A, or by what it did before. So every way of writing a name is tried, on both sides, and separators
play no part where two names are the same without them.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from itertools import islice, product
from typing import Literal

from paraphe.proofing.claim import Claim

#: ICAO 9303-3 section 6 A; first what the table recommends, then what states also do.
_WRITTEN: dict[str, tuple[str, ...]] = {
    "Ä": ("AE", "A"),
    "Å": ("AA", "A"),
    "Æ": ("AE",),
    "Ð": ("D",),
    "Đ": ("D",),
    "Ħ": ("H",),
    "ĸ": ("Q",),
    "Ł": ("L",),
    "Ñ": ("N", "NXX"),
    "Ŋ": ("N",),
    "Ö": ("OE", "O"),
    "Ø": ("OE", "O"),
    "Œ": ("OE",),
    "Ŧ": ("T",),
    "Ü": ("UE", "U", "UXX"),
    "Þ": ("TH",),
    "ẞ": ("SS",),
}
_DROPPED = dict.fromkeys(map(ord, "'’‘ʼʹ′´`·."))
_HYPHENS = "-‐‑‒–"
#: Most ways of writing one name that are tried: an issuer writes the same letter the same way throughout.
_MOST_WAYS = 24
#: Longer texts are not names; they are compared letter by letter and nothing more.
_LONGEST = 120

#: What may stand before a name or be left out. By itself it is no name.
_PARTICLES = frozenset(
    [
        "A",
        "AF",
        "AL",
        "AN",
        "AV",
        "D",
        "DA",
        "DAS",
        "DE",
        "DEL",
        "DELLA",
        "DELLE",
        "DEM",
        "DEN",
        "DER",
        "DES",
        "DI",
        "DO",
        "DOS",
        "DU",
        "E",
        "EL",
        "L",
        "LA",
        "LE",
        "LES",
        "TE",
        "TEN",
        "TER",
        "VAN",
        "VOM",
        "VON",
        "Y",
        "ZU",
        "ZUM",
        "ZUR",
    ]
)
#: What makes another name of the word that follows: Saint-Martin is not Martin, Ben Ali not Ali.
_BOUND = frozenset(
    [
        "ABD",
        "ABOU",
        "ABU",
        "AIT",
        "BEN",
        "BIN",
        "BINT",
        "IBN",
        "MAC",
        "MC",
        "N",
        "O",
        "OULD",
        "SAINT",
        "SAINTE",
        "ST",
        "STE",
    ]
)

#: Letters from which one difference may be a slip of reading, and from which two may.
_NEAR_FROM, _TWO_FROM = 5, 9
#: A name cut to fewer letters says nothing.
_CUT_LEAST = 3


_Which = Literal["birth", "usage"]


class NameOutcome(IntEnum):
    """How well two names go together; higher is better. The first two are the same person's as far as names go."""

    MISMATCH = 0
    #: A slip of reading or typing, or the usual first name is not the first one: an officer looks.
    FUZZY = 1
    #: One is a part of the other in a way in which documents leave parts out.
    COMPATIBLE = 2
    EXACT = 3


@dataclass(frozen=True)
class NameDifference:
    """A part of the name that is not exactly the same, as claimed and as seen."""

    part: Literal["surname", "given_name"]
    claimed: str
    seen: str
    outcome: NameOutcome


@dataclass(frozen=True)
class NameMatch:
    """The worse of surname and given names; which of the person's surnames it was, none when neither."""

    outcome: NameOutcome
    matched: _Which | None
    differences: tuple[NameDifference, ...] = ()


@dataclass(frozen=True)
class SeenName:
    """A name on a document, from its machine readable zone or its print.

    ``given_names`` separated by spaces, None where the document or zone has none (the French driving licence's).
    ``surname_cut`` and ``given_names_cut`` say that the field was full, so that the name may go on.
    """

    surname: str
    given_names: str | None
    usage_name: str = ""
    surname_cut: bool = False
    given_names_cut: bool = False


def match(claim: Claim, seen: SeenName) -> NameMatch:
    """Return how the name of ``claim`` and the one on the document go together.

    Documents of one state show the surname at birth, those of another the one in use: either is accepted, and
    ``matched`` records which.
    """
    surname, which, claimed, shown = _best_surname(claim, seen)
    given = _given(claim.given_name, seen)
    differences: list[NameDifference] = []
    if surname is not NameOutcome.EXACT:
        differences.append(NameDifference("surname", claimed, shown, surname))
    if given is not NameOutcome.EXACT and seen.given_names is not None:
        differences.append(NameDifference("given_name", claim.given_name, seen.given_names, given))
    matched = which if surname is not NameOutcome.MISMATCH else None
    return NameMatch(min(surname, given), matched, tuple(differences))


def differing(claim: Claim, seen: SeenName) -> tuple[str, ...]:
    """Return the parts of a name, ``surname`` and ``given_name``, that are not those of the person."""
    return tuple(one.part for one in match(claim, seen).differences if one.outcome < NameOutcome.COMPATIBLE)


def _best_surname(claim: Claim, seen: SeenName) -> tuple[NameOutcome, _Which, str, str]:
    owned: tuple[tuple[_Which, str], ...] = (("birth", claim.surname), ("usage", claim.usage_name))
    shown = ((seen.surname, seen.surname_cut), (seen.usage_name, False))
    found = [
        (_surname(claimed, text, cut=cut), which, claimed, text) for which, claimed in owned for text, cut in shown
    ]
    # The first of the best: the name at birth before the one in use.
    return max(found, key=lambda each: each[0])


@dataclass(frozen=True)
class _Name:
    """A name in one way of writing: what spaces part, each a tuple of what hyphens part.

    ``cut`` says that its last word may go on.
    """

    units: tuple[tuple[str, ...], ...]
    cut: bool = False

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(word for unit in self.units for word in unit)

    @cached_property
    def joined(self) -> str:
        return "".join(self.words)

    def heads(self) -> Iterator[tuple[int, str]]:
        """Yield how many units were taken from the front, and what they make."""
        head = ""
        for count, unit in enumerate(self.units, 1):
            head += "".join(unit)
            yield count, head

    def rest(self, units: int) -> list[tuple[str, bool]]:
        """Return the words after so many units, each with whether it may go on."""
        words = [word for unit in self.units[units:] for word in unit]
        return [(word, self.cut and at == len(words) - 1) for at, word in enumerate(words)]


def _ways(text: str, *, cut: bool = False) -> list[_Name]:
    """Return the ways in which ``text`` may be written in A to Z. Letters that have no such way stay as they are."""
    plain = text.translate(_DROPPED)[:_LONGEST]
    capitals = unicodedata.normalize("NFKC", plain).replace("ß", "ẞ").upper().translate(_DROPPED)
    special = [letter for letter in dict.fromkeys(capitals) if letter in _WRITTEN]
    names = (
        _Name(_units(capitals, dict(zip(special, chosen, strict=True))), cut)
        for chosen in islice(product(*(_WRITTEN[letter] for letter in special)), _MOST_WAYS)
    )
    return list(dict.fromkeys(name for name in names if name.units))


def _units(capitals: str, written: dict[str, str]) -> tuple[tuple[str, ...], ...]:
    spelt = "".join(written.get(letter, letter) for letter in capitals)
    letters = [one for one in unicodedata.normalize("NFD", spelt) if not unicodedata.combining(one)]
    kept = "".join("-" if one in _HYPHENS else one if one.isalnum() else " " for one in letters)
    units = (tuple(word for word in unit.split("-") if word) for unit in kept.split())
    return tuple(unit for unit in units if unit)


def _best(outcomes: Iterable[NameOutcome]) -> NameOutcome:
    return max(outcomes, default=NameOutcome.MISMATCH)


def _surname(claimed: str, seen: str, *, cut: bool) -> NameOutcome:
    pairs = product(_ways(claimed), _ways(seen, cut=cut))
    return _best(_surname_pair(ours, theirs) for ours, theirs in pairs)


def _surname_pair(ours: _Name, theirs: _Name) -> NameOutcome:
    if ours.joined == theirs.joined:
        return NameOutcome.EXACT
    if _goes_on(ours, theirs) or _part_of_double(ours, theirs) or _part_of_double(theirs, ours):
        return NameOutcome.COMPATIBLE
    bare_ours, bare_theirs = _without_particles(ours), _without_particles(theirs)
    if bare_ours and bare_ours == bare_theirs:
        return NameOutcome.COMPATIBLE
    reordered = sorted(bare_ours) == sorted(bare_theirs) and bool(bare_ours)
    compared = ours.joined[: len(theirs.joined)] if theirs.cut else ours.joined
    return NameOutcome.FUZZY if reordered or _near(compared, theirs.joined) else NameOutcome.MISMATCH


def _goes_on(ours: _Name, theirs: _Name) -> bool:
    """Tell whether what was seen is the beginning of our name, cut by the end of its field."""
    return theirs.cut and len(theirs.joined) >= _CUT_LEAST and ours.joined.startswith(theirs.joined)


def _bound(name: _Name) -> list[str]:
    """Return the words of a surname, each joined to the word before that makes another name of it."""
    words: list[str] = []
    before = ""
    for word in name.words:
        if word in _BOUND:
            before += word
            continue
        words.append(before + word)
        before = ""
    return [*words, before] if before else words


def _without_particles(name: _Name) -> list[str]:
    return [word for word in _bound(name) if word not in _PARTICLES]


def _part_of_double(part: _Name, whole: _Name) -> bool:
    """Tell whether ``part`` is some of the names that ``whole`` joins, more than a particle."""
    words = _bound(whole)
    if len(words) < 2 or not _without_particles(part):
        return False
    return any(
        "".join(words[start:end]) == part.joined
        and any(word not in _PARTICLES and len(word) > 1 for word in words[start:end])
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
    )


def _given(claimed: str, seen: SeenName) -> NameOutcome:
    if seen.given_names is None or (not seen.given_names and seen.given_names_cut):
        return NameOutcome.COMPATIBLE
    pairs = product(_ways(claimed), _ways(seen.given_names, cut=seen.given_names_cut))
    return _best(_given_pair(ours, theirs) for ours, theirs in pairs)


def _given_pair(ours: _Name, theirs: _Name) -> NameOutcome:
    if ours.joined == theirs.joined:
        return NameOutcome.EXACT
    if _goes_on(ours, theirs) or _begins_and_is_within(ours, theirs) or _begins_and_is_within(theirs, ours):
        return NameOutcome.COMPATIBLE
    same_word = ours.words[0] == theirs.words[0]
    usual = _has_later(ours, theirs) or _has_later(theirs, ours)
    heads = ["".join(theirs.units[0]), *(head for _, head in theirs.heads())]
    near = any(_near(ours.joined, head) for head in heads) or _near("".join(ours.units[0]), heads[0])
    return NameOutcome.FUZZY if same_word or usual or near else NameOutcome.MISMATCH


def _begins_and_is_within(few: _Name, many: _Name) -> bool:
    """Tell whether both begin with the same given name and ``many`` has the others of ``few`` in their order.

    Jean-Paul begins JEAN PAUL PIERRE; Jean does not begin JEAN-PAUL.
    """
    for taken, head in few.heads():
        for count, other in many.heads():
            if head == other:
                return _within(few.rest(taken), many.rest(count))
    return False


def _within(few: list[tuple[str, bool]], many: list[tuple[str, bool]]) -> bool:
    remaining = iter(many)
    return all(any(_same(word, other) for other in remaining) for word in few)


def _same(one: tuple[str, bool], other: tuple[str, bool]) -> bool:
    (word, open_word), (text, open_text) = one, other
    return word == text or (open_word and text.startswith(word)) or (open_text and word.startswith(text))


def _has_later(name: _Name, among: _Name) -> bool:
    """Tell whether the first given name of ``name`` stands in ``among``, but not in first place."""
    first = "".join(name.units[0])
    return any("".join(among.words[start:end]) == first for start, end in _later_runs(len(among.words)))


def _later_runs(words: int) -> Iterator[tuple[int, int]]:
    return ((start, end) for start in range(1, words) for end in range(start + 1, words + 1))


def _near(one: str, other: str) -> bool:
    """Tell whether the two differ by what a slip makes of a name: one letter, two in a long name, none in a short."""
    shorter = min(len(one), len(other))
    if shorter < _NEAR_FROM:
        return False
    return _edits(one, other, 2 if shorter >= _TWO_FROM else 1)


def _edits(one: str, other: str, most: int) -> bool:
    """Tell whether one is the other with at most ``most`` letters added, left out, changed or exchanged."""
    if abs(len(one) - len(other)) > most:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        after = [at]
        for column, each in enumerate(other, 1):
            cost = min(row[column] + 1, after[column - 1] + 1, row[column - 1] + (letter != each))
            if at > 1 and column > 1 and letter == other[column - 2] and one[at - 2] == each:
                cost = min(cost, before[column - 2] + 1)
            after.append(cost)
        if min(after) > most:
            return False
        before, row = row, after
    return row[-1] <= most


def plain_name(text: str) -> str:
    """Return ``text`` in its first way of writing: capitals from A to Z, words parted by one space."""
    return next(iter(ways_of_writing(text)), "")


def ways_of_writing(text: str) -> tuple[str, ...]:
    """Return ``text`` as a machine readable zone may write it: capitals from A to Z, words parted by one space."""
    return tuple(dict.fromkeys(" ".join(name.words) for name in _ways(text)))
